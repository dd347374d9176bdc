"""How much of what the processor and its memory can do each stage uses, on one core.

In: ``python -m tests.bench.limits MODELS``. Out: one JSON line. The peaks are measured in the same run: products of
large matrices in 32-bit floats (numpy) and in 8-bit integers (onnxruntime), and reading memory. A stage's bound is the
least time in which its integer and float operations can be done, or its bytes be read, whatever takes longer; its share
is that bound over the time that it took. Operations and bytes are counted from the shapes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import numpy as np

from models.training.recogniser_vocabulary import SPECIAL
from pipeline.batch.memory import keep_memory
from tests.bench.shapes import FRAMES, LAYERS, PACKAGE_TOKENS, SENTENCE_TOKENS, TEXT_TOKENS, WHISPER_TOKENS, WIDTH

BEAM, TOGETHER, SENTENCES, SOURCE_TOKENS = 5, 8, 64, 24
ROUNDS = 5
_FLOAT, _U8, _I8 = 1, 2, 3  # ONNX's numbers of element types


@dataclass(frozen=True)
class Work:
    """What a stage has to do: multiplications and additions of integers and of floats, and bytes to read."""

    integer: float
    floating: float
    read_bytes: float


def encoder() -> Work:
    """One window: projections and feed-forward as integers; convolutions and attention as floats."""
    dense = LAYERS * 12 * WIDTH**2 * FRAMES * 2
    attention = LAYERS * 2 * FRAMES**2 * WIDTH * 2
    convolutions = 2 * (2 * FRAMES * 80 * 3 * WIDTH + FRAMES * WIDTH * 3 * WIDTH)
    return Work(dense, attention + convolutions, LAYERS * 12 * WIDTH**2)


def decoder(rows: int, windows: int, steps: int, tokens: int, heard: int) -> Work:
    """Steps of ``rows`` hypotheses over ``windows`` encoder outputs of ``heard`` frames each."""
    weights = LAYERS * 14 * WIDTH**2 + tokens * WIDTH
    keys = windows * LAYERS * 2 * heard * WIDTH
    dense = steps * rows * weights * 2 + keys * WIDTH * 2
    attention = steps * rows * LAYERS * 2 * (heard + steps / 2) * WIDTH * 2
    return Work(dense, attention, steps * (weights + 4 * keys + 4 * rows * tokens))


def product_model(size: int) -> bytes:
    """An ONNX model of one integer matrix product, u8 [size, size] by i8 [size, size], as protocol buffer bytes."""

    def field(number: int, value: bytes | int) -> bytes:
        if isinstance(value, int):
            return _varint(number << 3) + _varint(value)
        return _varint(number << 3 | 2) + _varint(len(value)) + value

    def tensor(name: bytes, kind: int) -> bytes:
        shape = field(1, field(1, size)) * 2
        return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))

    node = field(1, b"a") + field(1, b"b") + field(2, b"c") + field(4, b"MatMulInteger")
    weights = field(1, size) * 2 + field(2, _I8) + field(8, b"b") + field(9, np.ones((size, size), np.int8).tobytes())
    graph = field(1, node) + field(2, b"g") + field(5, weights) + field(11, tensor(b"a", _U8))
    graph += field(12, field(1, b"c") + field(2, field(1, field(1, 6) + field(2, field(1, field(1, size)) * 2))))
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def best(work: Callable[[], object]) -> float:
    """Processor seconds of this process, at best: other programs take time, they do not give any."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def peaks() -> tuple[float, float, float]:
    """Operations a second of integers and of floats, and bytes read a second."""
    import onnxruntime  # type: ignore[import-untyped]

    size = 2048
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(product_model(size), options, providers=["CPUExecutionProvider"])
    left = np.ones((size, size), np.uint8)
    floats = np.ones((size, size), np.float32)
    large = np.ones(64 << 20, np.float32)
    integer = 2 * size**3 / best(lambda: session.run(None, {"a": left}))
    return integer, 2 * size**3 / best(lambda: floats @ floats), large.nbytes / best(lambda: np.dot(large, large))


def stages(models: Path) -> dict[str, tuple[Work, float]]:
    """What each stage has to do, and the processor seconds that it takes."""
    import ctranslate2

    keep_memory()
    whisper = ctranslate2.models.Whisper(str(models / "whisper"), device="cpu", intra_threads=1)
    chance = np.random.default_rng(0)
    windows = ctranslate2.StorageView.from_array(chance.standard_normal((TOGETHER, 80, 2 * FRAMES)).astype(np.float32))
    window = ctranslate2.StorageView.from_array(chance.standard_normal((1, 80, 2 * FRAMES)).astype(np.float32))
    encoded = whisper.encode(windows)
    first = WHISPER_TOKENS - len(SPECIAL)
    prompt = [first + 1, first + 6, first + 102]
    texts = [list(range(300, 300 + TEXT_TOKENS))] * TOGETHER
    translator = ctranslate2.Translator(str(models / "package/model"), device="cpu", intra_threads=1)
    sources = [[f"▁unused{chance.integers(20000)}" for _ in range(SOURCE_TOKENS)] for _ in range(SENTENCES)]
    source_work = SENTENCES * SOURCE_TOKENS * LAYERS * 12 * WIDTH**2 * 2
    search = decoder(4 * SENTENCES, SENTENCES, SENTENCE_TOKENS + 1, PACKAGE_TOKENS, SOURCE_TOKENS)
    return {
        "encoder, one window": (encoder(), best(lambda: whisper.encode(window))),
        f"decoder, {TOGETHER} windows": (
            decoder(BEAM * TOGETHER, TOGETHER, TEXT_TOKENS + 2, WHISPER_TOKENS, FRAMES),
            best(
                lambda: whisper.generate(encoded, [prompt] * TOGETHER, beam_size=BEAM, max_initial_timestamp_index=50)
            ),
        ),
        f"word times, {TOGETHER} windows": (
            decoder(TEXT_TOKENS * TOGETHER, TOGETHER, 1, WHISPER_TOKENS, FRAMES),
            best(lambda: whisper.align(encoded, prompt, texts, [FRAMES] * TOGETHER)),
        ),
        f"translator, {SENTENCES} sentences": (
            Work(search.integer + source_work, search.floating, search.read_bytes),
            best(lambda: translator.translate_batch(sources, beam_size=4)),
        ),
    }


def main() -> None:
    """Print peaks and stages."""
    integer, floating, read = peaks()
    rows = {}
    for name, (work, seconds) in stages(Path(sys.argv[1])).items():
        operations_s = work.integer / integer + work.floating / floating
        bytes_s = work.read_bytes / read
        rows[name] = {"seconds": seconds, "operations_s": operations_s, "bytes_s": bytes_s}
    print(json.dumps({"integer": integer, "floating": floating, "read": read, "stages": rows}))


if __name__ == "__main__":
    main()
