"""Speed as ratios, measured in one run on this machine: ``make bench``.

Absolute times mean nothing on a shared machine, so every figure here is voxquote's time over another way's time for the
same work, with the same weights, in turns, and the median of several rounds is printed.

    speech       faster-whisper's own loop over the notes (language unknown, beam 5, word times)
    translation  one CTranslate2 call a sentence, as argostranslate's translate loop makes them, at the same beam

The starter models are small: what is compared here is the work around the models more than the models themselves.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.speech.audio import SAMPLE_RATE_HZ, decode
from pipeline.speech.recognise import Recogniser, RecogniserOptions, side_by_side
from pipeline.translation.translate import Translator

ROOT = Path(__file__).parent.parent
ASR, MT = ROOT / "models/starter/whisper-ru", ROOT / "models/starter/translate-ru_en"
ROUNDS = 3
NOTE_S = (5, 8, 12, 20)
THREADS = 2

Samples = npt.NDArray[np.float32]


def notes() -> list[Samples]:
    """Notes of 5 to 20 s, cut from the sample recordings."""
    sound = np.concatenate(
        [np.array(decode(ROOT / "audio_samples" / name).samples) for name in ("officer.ogg", "sergeant.ogg")]
    )
    cut, place = [], 0
    for number in range(100):
        length = NOTE_S[number % len(NOTE_S)] * SAMPLE_RATE_HZ
        if place + length > len(sound):
            break
        cut.append(sound[place : place + length])
        place += length
    return cut


def sentences() -> list[str]:
    """The reference sentences of the samples' Russian notes, six times over."""
    import tomllib

    texts = tomllib.loads((ROOT / "audio_samples/texts/notes.toml").read_text(encoding="utf-8"))["note"]
    lines = [line[4:] for note in texts if note["language"] == "ru" for line in note["text"].splitlines() if line]
    return lines * 6


def together(recogniser: Recogniser, sounds: Sequence[Samples]) -> None:
    """As the batch does it: as many notes at once as there are workers."""
    with ThreadPoolExecutor(recogniser.options.workers) as pool:
        list(pool.map(lambda sound: recogniser.transcribe(sound, "bench"), sounds))


def plain_whisper(model: Any, sounds: Sequence[Samples]) -> None:
    for sound in sounds:
        segments, _ = model.transcribe(sound, beam_size=5, word_timestamps=True)
        list(segments)


def one_by_one(translator: Translator, texts: Sequence[str]) -> None:
    for text in texts:
        tokens = translator.package.tokenizer.encode(text)
        result = translator._model.translate_batch([tokens], beam_size=translator.options.beam_size, return_scores=True)
        translator.package.tokenizer.decode(result[0].hypotheses[0])


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, float]:
    """How many times longer the other way takes: least, median, most over the rounds."""
    ours(), theirs()
    found = sorted(_seconds(theirs) / _seconds(ours) for _ in range(ROUNDS))
    return found[0], statistics.median(found), found[-1]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    from faster_whisper import WhisperModel

    sounds, texts = notes(), sentences()
    options = side_by_side(RecogniserOptions(device="cpu", threads=THREADS), len(sounds))
    recogniser = Recogniser(ASR, options)
    whisper = WhisperModel(str(ASR), device="cpu", cpu_threads=THREADS, local_files_only=True)
    translator = Translator(MT, device="cpu", threads=THREADS)
    ours = partial(together, recogniser, sounds)
    rows = {
        f"speech, {len(sounds)} notes": ratio(ours, lambda: plain_whisper(whisper, sounds)),
        f"translation, {len(texts)} sentences": ratio(
            lambda: translator.translate(texts), lambda: one_by_one(translator, texts)
        ),
    }
    print(f"{'times faster than the plain way':40} {'least':>7} {'median':>7} {'most':>7}")
    for name, figures in rows.items():
        print(f"{name:40} {figures[0]:7.2f} {figures[1]:7.2f} {figures[2]:7.2f}")


if __name__ == "__main__":
    main()
