"""Write the translator as an Argos package folder: CTranslate2 int8, SentencePiece model, metadata.

In: `translator.pt` and `pieces.model` in the work folder. Out: the package folder. The guided layer is declared as the
alignment layer, so that `return_attention=True` gives word links. Never trains and never measures.

Run: python -m models.training.translator_export [--into FOLDER]
"""

import argparse
import json
import shutil
from pathlib import Path

import sentencepiece as spm
import torch
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.common_spec import Activation

from models.training import places
from models.training.layers import write_linear, write_norm
from models.training.shipped import Weights
from models.training.translator_model import Shape, sinusoids


def _layer(spec: object, weights: Weights, name: str, cross: bool) -> None:
    own = spec.self_attention  # type: ignore[attr-defined]
    write_norm(own.layer_norm, weights, f"{name}.norm_self")
    write_linear(own.linear[0], weights, f"{name}.attention.query", f"{name}.attention.keys_values")
    write_linear(own.linear[1], weights, f"{name}.attention.out")
    if cross:
        other = spec.attention  # type: ignore[attr-defined]
        write_norm(other.layer_norm, weights, f"{name}.norm_cross")
        for number, part in enumerate(("query", "keys_values", "out")):
            write_linear(other.linear[number], weights, f"{name}.cross.{part}")
    feed = spec.ffn  # type: ignore[attr-defined]
    write_norm(feed.layer_norm, weights, f"{name}.norm_feed")
    write_linear(feed.linear_0, weights, f"{name}.feed_in")
    write_linear(feed.linear_1, weights, f"{name}.feed_out")


def specification(weights: Weights, pieces: list[str], shape: Shape) -> TransformerSpec:
    """CTranslate2's description of the network, with its weights."""
    spec = TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers), shape.heads, pre_norm=True, activation=Activation.RELU,
        alignment_layer=shape.guided_layer, alignment_heads=shape.heads,
    )  # fmt: skip
    for number, layer in enumerate(spec.encoder.layer):
        _layer(layer, weights, f"encoder.{number}", cross=False)
    for number, layer in enumerate(spec.decoder.layer):
        _layer(layer, weights, f"decoder.{number}", cross=True)
    write_norm(spec.encoder.layer_norm, weights, "encoder_norm")
    write_norm(spec.decoder.layer_norm, weights, "decoder_norm")
    places_ = sinusoids(shape.positions, shape.width).numpy()
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = weights["embedding.weight"]
    spec.decoder.projection.weight = weights["embedding.weight"]
    spec.encoder.position_encodings.encodings = spec.decoder.position_encodings.encodings = places_
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    config = spec.config
    config.bos_token = config.decoder_start_token = "<s>"
    config.eos_token, config.unk_token = "</s>", "<unk>"
    config.add_source_bos = config.add_source_eos = False
    return spec


def export(folder: Path, average: bool = True) -> None:
    """Write the whole package into `folder`."""
    state = torch.load(places.TRANSLATOR_CHECKPOINT, map_location="cpu", weights_only=True)
    values = state["averages" if average else "weights"]
    weights = {name: value.detach().float().numpy() for name, value in values.items()}
    processor = spm.SentencePieceProcessor(model_file=str(places.PIECES_MODEL))
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    spec = specification(weights, pieces, Shape())
    spec.validate()
    spec.optimize(quantization="int8")
    (folder / "model").mkdir(parents=True, exist_ok=True)
    spec.save(str(folder / "model"))
    shutil.copyfile(places.PIECES_MODEL, folder / "sentencepiece.model")
    metadata = {"package_version": "1.0", "argos_version": "1.11", "from_code": "ru", "from_name": "Russian",
                "to_code": "en", "to_name": "English"}  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(places.TRANSLATOR_SEEN, folder / "training-hashes.bin")
    print(f"{folder}: {(folder / 'model' / 'model.bin').stat().st_size / 1e6:.1f} MB after {state['step']} steps")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=places.TRANSLATOR_FOLDER)
    parser.add_argument("--last", action="store_true", help="the last weights instead of their running average")
    given = parser.parse_args()
    export(given.into, average=not given.last)
