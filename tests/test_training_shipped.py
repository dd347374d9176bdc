"""The shipped weights come back as the numbers that were exported, so that a training can go on from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from ctranslate2.specs import TransformerSpec

from models.training.shipped import Weights, read_model, training_weights

WIDTH, PIECES = 16, 40
SHAPES: dict[str, tuple[int, ...]] = {
    "embedding": (PIECES, WIDTH),
    "query": (WIDTH, WIDTH),
    "keys": (2 * WIDTH, WIDTH),
    "unshipped": (3, 3),
}


def lay_out(weights: Weights) -> TransformerSpec:
    """One layer a side; of all its weights, three kinds carry what they are given, the others ones."""
    spec = TransformerSpec.from_config((1, 1), 2, pre_norm=True)
    _fill(spec, weights)
    return spec


def _fill(spec: TransformerSpec, weights: Weights) -> None:
    def ones(*shape: int) -> npt.NDArray[np.float32]:
        return np.ones(shape, np.float32)

    for stack in (spec.encoder, spec.decoder):
        stack.layer_norm.gamma = stack.layer_norm.beta = ones(WIDTH)
        stack.position_encodings.encodings = np.sin(np.arange(8 * WIDTH, dtype=np.float32)).reshape(8, WIDTH)
        for layer in stack.layer:
            parts = [layer.self_attention, *([layer.attention] if hasattr(layer, "attention") else [])]
            for part in parts:
                part.layer_norm.gamma = part.layer_norm.beta = ones(WIDTH)
            own = layer.self_attention.linear
            own[0].weight = np.concatenate([weights["query"], weights["keys"]])
            own[0].bias, own[1].weight, own[1].bias = ones(3 * WIDTH), ones(WIDTH, WIDTH), ones(WIDTH)
            for part in parts[1:]:
                part.linear[0].weight, part.linear[0].bias = ones(WIDTH, WIDTH), ones(WIDTH)
                part.linear[1].weight, part.linear[1].bias = ones(2 * WIDTH, WIDTH), ones(2 * WIDTH)
                part.linear[2].weight, part.linear[2].bias = ones(WIDTH, WIDTH), ones(WIDTH)
            layer.ffn.layer_norm.gamma = layer.ffn.layer_norm.beta = ones(WIDTH)
            layer.ffn.linear_0.weight, layer.ffn.linear_0.bias = ones(4 * WIDTH, WIDTH), ones(4 * WIDTH)
            layer.ffn.linear_1.weight, layer.ffn.linear_1.bias = ones(WIDTH, 4 * WIDTH), ones(WIDTH)
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = weights["embedding"]
    spec.decoder.projection.weight = weights["embedding"]


@pytest.mark.parametrize("quantization", [None, "int8"])
def test_exported_weights_come_back(tmp_path: Path, quantization: str | None) -> None:
    chance = np.random.default_rng(1)
    weights = {name: chance.standard_normal(shape).astype(np.float32) for name, shape in SHAPES.items()}
    spec = lay_out({name: value.copy() for name, value in weights.items()})  # quantizing writes into the arrays
    spec.register_source_vocabulary([str(number) for number in range(PIECES)])
    spec.register_target_vocabulary([str(number) for number in range(PIECES)])
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(tmp_path))
    found = training_weights(tmp_path / "model.bin", lay_out, SHAPES)
    assert set(found) == {"embedding", "query", "keys"}  # what was never exported is not made up
    for name, value in found.items():
        assert np.abs(value - weights[name]).max() <= (0.02 if quantization else 0), name


def test_the_shipped_models_can_be_read() -> None:
    folder = Path(__file__).resolve().parent.parent / "models" / "starter"
    assert read_model(folder / "whisper-ru" / "model.bin")["encoder/conv1/weight"].shape[1:] == (80, 3)
    assert read_model(folder / "translate-ru_en" / "model" / "model.bin")["decoder/embeddings/weight"].ndim == 2
