"""Models of the true sizes with random weights: what is measured on them is the work, not the words.

In: a folder. Out: a Whisper of the base shape and an Argos package of its usual shape (six layers each way, width 512,
32,000 pieces), both int8. Lengths are forced: a note gets TEXT_TOKENS tokens of text, a sentence SENTENCE_TOKENS pieces
of translation, whatever is in it. The language is always Russian, and the words are Russian word pieces, so that
texts divide and compress as texts do.

How a length is forced: the first WIRED numbers of the residual stream are written by the position encodings alone (no
layer adds to them), and the rows of single tokens in the last projection read them. The alignment heads read them too:
the text is spread evenly over SPREAD_S seconds of sound, so that no voice is left without words.
"""

from __future__ import annotations

import json
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.common_spec import Activation
from ctranslate2.specs.whisper_spec import WhisperSpec

from models.training.recogniser_vocabulary import CODES, SPECIAL

STARTER_PACKAGE = Path(__file__).parents[2] / "models/starter/translate-ru_en"
WIDTH, LAYERS, HEADS, FRAMES, POSITIONS, BANDS = 512, 6, 8, 1500, 448, 80
WHISPER_TOKENS, PACKAGE_TOKENS = 51865, 32000
TEXT_TOKENS, SENTENCE_EVERY = 60, 20
SENTENCE_TOKENS = 18
ALIGNMENT_HEADS = [[3, 1], [4, 2], [4, 3], [4, 7], [5, 1], [5, 2], [5, 4], [5, 6]]

SPREAD_S = 20.0
_END, _STOP, _LANGUAGE, _STAMP = range(4)
_PERIODS_S = (60.0, 20.0, 8.0, 3.0)
_CLOCK = slice(4, 4 + 2 * len(_PERIODS_S))
WIRED = _CLOCK.stop
_STRENGTH, _NEVER = 40.0, -60.0
_SURENESS = 10.0  # the spread of the scores: the best token is usually more probable than all others
_PROMPT = 3

Matrix = npt.NDArray[np.float32]


class _Weights:
    """Random weights, the same on every call."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Matrix:
        return (self._random.standard_normal(shape) * scale).astype(np.float32)

    def linear(self, spec: Any, rows: int, columns: int, scale: float = 1.0) -> None:
        spec.weight = self.normal(rows, columns, scale=scale / np.sqrt(columns))
        spec.bias = np.zeros(rows, np.float32)

    def into_stream(self, spec: Any, columns: int) -> None:
        """A projection that leaves the wired numbers of the residual stream alone."""
        self.linear(spec, WIDTH, columns, 0.3)
        spec.weight[:WIRED] = 0

    def block(self, layer: Any, cross: bool) -> None:
        _norm(layer.self_attention.layer_norm)
        self.linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        self.into_stream(layer.self_attention.linear[1], WIDTH)
        if cross:
            _norm(layer.attention.layer_norm)
            self.linear(layer.attention.linear[0], WIDTH, WIDTH)
            self.linear(layer.attention.linear[1], 2 * WIDTH, WIDTH)
            self.into_stream(layer.attention.linear[2], WIDTH)
        _norm(layer.ffn.layer_norm)
        self.linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        self.into_stream(layer.ffn.linear_1, 4 * WIDTH)

    def stacks(self, spec: Any) -> None:
        for layer in spec.encoder.layer:
            self.block(layer, cross=False)
        for layer in spec.decoder.layer:
            self.block(layer, cross=True)
        _norm(spec.encoder.layer_norm)
        _norm(spec.decoder.layer_norm)

    def embeddings(self, tokens: int) -> Matrix:
        table = self.normal(tokens, WIDTH, scale=0.5)
        table[:, :WIRED] = 0
        return table

    def places(self, positions: int) -> Matrix:
        table = self.normal(positions, WIDTH)
        table[:, :WIRED] = 0
        return table

    def wire_alignment(self, layers: Any) -> None:
        """Let the alignment heads look where the clock of the sound shows the time of the text."""
        size = WIDTH // HEADS
        for layer, head in ALIGNMENT_HEADS:
            for linear in layers[layer].attention.linear[:2]:
                rows = linear.weight[head * size : (head + 1) * size]
                rows[:] = 0
                rows[: WIRED - _CLOCK.start, _CLOCK] = 3 * np.eye(WIRED - _CLOCK.start)

    def output(self, spec: Any, tokens: int, allowed: list[int], wired: dict[int, int]) -> None:
        """The last projection: only ``allowed`` tokens are ever said, and each ``wired`` one where its number says."""
        spec.weight = self.normal(tokens, WIDTH, scale=_SURENESS / np.sqrt(WIDTH))
        spec.weight[:, :WIRED] = 0
        spec.bias = np.full(tokens, _NEVER, np.float32)
        spec.bias[allowed] = 0
        for token, number in wired.items():
            spec.weight[token], spec.bias[token] = 0, _NEVER
            spec.weight[token, number] = _STRENGTH


def whisper_base(folder: Path) -> Path:
    """Write the recogniser, in faster-whisper's layout."""
    weights, texts = _Weights(1), _text_tokens(WHISPER_TOKENS - len(SPECIAL))
    tokens = [*texts, *SPECIAL]
    at = {token: number for number, token in enumerate(tokens)}
    spec = WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    encoder, decoder = spec.encoder, spec.decoder
    weights.linear(encoder.conv1, WIDTH, BANDS * 3)
    weights.linear(encoder.conv2, WIDTH, WIDTH * 3)
    for convolution in (encoder.conv1, encoder.conv2):
        convolution.weight = convolution.weight.reshape(WIDTH, -1, 3)
        convolution.weight[:WIRED] = 0
    encoder.position_encodings.encodings = weights.places(FRAMES)
    encoder.position_encodings.encodings[:, _CLOCK] = _clock(np.arange(FRAMES) * 30 / FRAMES)
    weights.stacks(spec)
    weights.wire_alignment(decoder.layer)
    decoder.embeddings.weight = weights.embeddings(len(tokens))
    places = weights.places(POSITIONS)
    places[_PROMPT + TEXT_TOKENS, _STAMP] = 8
    places[_PROMPT + TEXT_TOKENS + 1 :, _END] = 8
    places[_PROMPT + SENTENCE_EVERY - 1 :: SENTENCE_EVERY, _STOP] = 8
    places[_PROMPT + TEXT_TOKENS :, _STOP] = 0
    places[0, _LANGUAGE] = 8
    places[:, _CLOCK] = _clock((np.arange(POSITIONS) - _PROMPT) * SPREAD_S / TEXT_TOKENS)
    decoder.position_encodings.encodings = places
    pieces = {_bytes_as_text(piece) for piece in _starter_pieces("а", "я")}
    allowed = [number for number, token in enumerate(texts) if token in pieces]
    wired = {at["<|endoftext|>"]: _END, at["."]: _STOP, at["<|ru|>"]: _LANGUAGE, at["<|20.00|>"]: _STAMP}
    weights.output(decoder.projection, len(tokens), [*allowed, at["<|0.00|>"]], wired)
    decoder.projection.bias[at["<|0.00|>"]] = _NEVER / 2  # the rules ask for a timestamp at the start, and nowhere else
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [at[f"<|{code}|>"] for code in CODES]
    spec.config.alignment_heads = ALIGNMENT_HEADS
    _save(spec, folder, lambda: spec.register_vocabulary([token if token != "Ā" else "" for token in tokens]))
    _write_tokenizer(folder, texts)
    return folder


def argos_package(folder: Path) -> Path:
    """Write the translator, as an Argos package from Russian to English with the starter model's sentence pieces."""
    weights = _Weights(2)
    pieces = [_processor().id_to_piece(number) for number in range(_processor().get_piece_size())]
    pieces += [f"▁unused{number}" for number in range(PACKAGE_TOKENS - len(pieces))]
    spec = TransformerSpec.from_config((LAYERS, LAYERS), HEADS, pre_norm=True, activation=Activation.RELU)
    weights.stacks(spec)
    spec.encoder.scale_embeddings = spec.decoder.scale_embeddings = False
    spec.encoder.embeddings[0].weight = weights.embeddings(len(pieces))
    spec.decoder.embeddings.weight = weights.embeddings(len(pieces))
    spec.encoder.position_encodings.encodings = weights.places(POSITIONS)
    places = weights.places(POSITIONS)
    places[SENTENCE_TOKENS:, _END] = 8
    spec.decoder.position_encodings.encodings = places
    said = {piece.replace(" ", "▁") for piece in _starter_pieces("a", "z")}
    allowed = [number for number, piece in enumerate(pieces) if piece in said]
    weights.output(spec.decoder.projection, len(pieces), allowed, {pieces.index("</s>"): _END})
    config = spec.config
    config.bos_token = config.decoder_start_token = "<s>"
    config.eos_token, config.unk_token = "</s>", "<unk>"
    config.add_source_bos = config.add_source_eos = False

    def register() -> None:
        spec.register_source_vocabulary(pieces)
        spec.register_target_vocabulary(pieces)

    _save(spec, folder / "model", register)
    for name in ("sentencepiece.model", "metadata.json"):
        shutil.copyfile(STARTER_PACKAGE / name, folder / name)
    return folder


def _clock(seconds: npt.NDArray[np.float64]) -> Matrix:
    """A time as hands that turn at several speeds: float32 [times, 2 * periods]."""
    angles = 2 * np.pi * seconds[:, None] / np.array(_PERIODS_S)
    return (3 * np.concatenate([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)


def _norm(spec: Any) -> None:
    spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _save(spec: Any, folder: Path, register: Any) -> None:
    register()
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _processor() -> Any:
    import sentencepiece

    return sentencepiece.SentencePieceProcessor(model_file=str(STARTER_PACKAGE / "sentencepiece.model"))


def _starter_pieces(first: str, last: str) -> list[str]:
    """The starter package's pieces of letters between two; a space stands where a word begins."""
    processor = _processor()
    pieces = (processor.id_to_piece(number).replace("▁", " ") for number in range(processor.get_piece_size()))
    return [piece for piece in pieces if piece.strip() and all(first <= letter <= last for letter in piece.strip())]


def _bytes_as_text(piece: str) -> str:
    """A piece as byte-level vocabularies write it: one letter a byte."""
    from tokenizers import pre_tokenizers

    return "".join(part for part, _ in pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(piece))


def _text_tokens(count: int) -> list[str]:
    """So many distinct tokens: all bytes, the starter package's Russian pieces, and made-up syllables."""
    from tokenizers import pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    syllables = ["".join(pair) for pair in product("бвгджзклмнпрстфхцчшщ", "аеиоуыюя")]
    made_up = (start + "".join(pair) for start in (" ", "") for pair in product(syllables, syllables))
    tokens = dict.fromkeys([*alphabet, *map(_bytes_as_text, _starter_pieces("а", "я"))])
    for piece in made_up:
        if len(tokens) == count:
            break
        tokens[_bytes_as_text(piece)] = None
    assert len(tokens) == count
    return list(tokens)


def _write_tokenizer(folder: Path, texts: list[str]) -> None:
    """A stand-in for Whisper's tokenizer: other text tokens, the same special tokens in the same places."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    content = {
        "version": "1.0",
        "added_tokens": [{"id": len(texts) + place, "content": token, **flags} for place, token in enumerate(SPECIAL)],
        "pre_tokenizer": level,
        "decoder": level,
        "model": {"type": "BPE", "vocab": {token: number for number, token in enumerate(texts)}, "merges": []},
    }
    (folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
