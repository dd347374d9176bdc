"""Write the recogniser in faster-whisper's folder layout: CTranslate2 int8, tokenizer, vocabulary, configurations.

In: `recogniser.pt` and `tokenizer.json` in the work folder. Out: the model folder. `config.json` names the alignment
heads (see `recogniser_figures` for how they were chosen). Nothing is suppressed at the start of a text, so that the
model may say nothing. Never trains and never measures.

Run: python -m models.training.recogniser_export [--into FOLDER] [--heads 1.0,1.2]
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs.whisper_spec import WhisperSpec

from models.training import places
from models.training.layers import write_linear, write_norm
from models.training.recogniser_model import Shape
from models.training.recogniser_vocabulary import CODES, SPECIAL, vocabulary
from models.training.shipped import Weights
from models.training.translator_model import sinusoids

PREPROCESSOR = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}


def _with_key_bias(weights: Weights) -> Weights:
    """Whisper's keys have no bias; a zero one lets queries, keys and values be joined."""
    zeros = {
        name.replace(".weight", ".bias"): np.zeros(len(value), np.float32)
        for name, value in weights.items()
        if name.endswith("attn.k.weight")
    }
    return {**weights, **zeros}


def _block(spec: object, weights: Weights, name: str, cross: bool) -> None:
    own = spec.self_attention  # type: ignore[attr-defined]
    write_norm(own.layer_norm, weights, f"{name}.ln1")
    write_linear(own.linear[0], weights, f"{name}.attn.q", f"{name}.attn.k", f"{name}.attn.v")
    write_linear(own.linear[1], weights, f"{name}.attn.o")
    if cross:
        other = spec.attention  # type: ignore[attr-defined]
        write_norm(other.layer_norm, weights, f"{name}.lnc")
        write_linear(other.linear[0], weights, f"{name}.cattn.q")
        write_linear(other.linear[1], weights, f"{name}.cattn.k", f"{name}.cattn.v")
        write_linear(other.linear[2], weights, f"{name}.cattn.o")
    feed = spec.ffn  # type: ignore[attr-defined]
    write_norm(feed.layer_norm, weights, f"{name}.ln2")
    write_linear(feed.linear_0, weights, f"{name}.f1")
    write_linear(feed.linear_1, weights, f"{name}.f2")


def specification(weights: Weights, tokens: list[str], heads: list[list[int]]) -> WhisperSpec:
    """CTranslate2's description of the network, with its weights."""
    shape = Shape(len(tokens))
    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    weights = _with_key_bias(weights)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights["c1.weight"], weights["c1.bias"]
    encoder.conv2.weight, encoder.conv2.bias = weights["c2.weight"], weights["c2.bias"]
    encoder.position_encodings.encodings = sinusoids(shape.frames, shape.width).numpy()
    write_norm(encoder.layer_norm, weights, "eln")
    for number, layer in enumerate(encoder.layer):
        _block(layer, weights, f"enc.{number}", cross=False)
    decoder.embeddings.weight = decoder.projection.weight = weights["emb.weight"]
    decoder.position_encodings.encodings = weights["dpos"]
    write_norm(decoder.layer_norm, weights, "dln")
    for number, layer in enumerate(decoder.layer):
        _block(layer, weights, f"dec.{number}", cross=True)
    first_language = len(tokens) - len(SPECIAL) + 2
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids = list(range(first_language, first_language + len(CODES)))
    spec.config.alignment_heads = heads
    spec.register_vocabulary(tokens)
    return spec


def averages(checkpoints: list[Path]) -> Weights:
    """The mean of the running averages of the checkpoints."""
    states = [torch.load(path, map_location="cpu", weights_only=True)["averages"] for path in checkpoints]
    return {name: sum(state[name].float() for state in states).numpy() / len(states) for name in states[0]}


def export(folder: Path, heads: list[list[int]], others: list[Path]) -> None:
    """Write the whole model folder, from the checkpoint and any others to be averaged with it."""
    weights = averages([places.RECOGNISER_CHECKPOINT, *others])
    spec = specification(weights, vocabulary(places.TOKENIZER), heads)
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    shutil.copyfile(places.TOKENIZER, folder / "tokenizer.json")
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR) + "\n", encoding="utf-8")
    shutil.copyfile(places.RECOGNISER_SEEN, folder / "training-hashes.bin")
    print(f"{folder}: {(folder / 'model.bin').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=places.RECOGNISER_FOLDER)
    parser.add_argument("--heads", default="1.0", help="layer.head of each alignment head, with commas")
    parser.add_argument(
        "--average-with", type=Path, nargs="*", default=[], help="earlier checkpoints of the same training"
    )
    given = parser.parse_args()
    export(given.into, [[int(n) for n in head.split(".")] for head in given.heads.split(",")], given.average_with)
