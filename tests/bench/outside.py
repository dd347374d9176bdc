"""Where the processor time outside the models goes, part by part.

In: ``python -m tests.bench.outside [--notes 200] [--each 50]``. Out: a table, in shares of all processor time of the
exact mode. The models are what CTranslate2's threads do. Everything else is outside of them: the decoder process with
all its forks, the voice detector (a small neural network, run by onnxruntime in our own threads), the features, and
Python. What a part calls that is a part itself counts there only.
"""

from __future__ import annotations

import argparse
import functools
import os
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pipeline  # noqa: F401  # before numpy: it says how many threads numpy takes
from tests.bench import shapes
from tests.bench.sides import CORES, cpu_s, descendants_s, voxquote
from tests.reliability.notes import write_notes

LENGTHS_S = tuple(5.0 + 7 * number % 16 for number in range(16))


class Parts:
    """Seconds of processor time of each part, its own threads' alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._of_thread = threading.local()

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Count what ``owner.name`` takes to ``part``."""
        work = getattr(owner, name)

        @functools.wraps(work)
        def counted(*arguments: Any, **named: Any) -> Any:
            inner: list[float] = self._of_thread.__dict__.setdefault("inner", [0.0])
            inner.append(0.0)
            began = time.thread_time()
            try:
                return work(*arguments, **named)
            finally:
                whole_s = time.thread_time() - began
                self.spent[part] += whole_s - inner.pop()
                inner[-1] += whole_s

        setattr(owner, name, counted)


def watched() -> Parts:
    """The parts of the batch, watched from here on."""
    from faster_whisper.feature_extractor import FeatureExtractor

    from pipeline.batch import transcribing, translating
    from pipeline.case.store import Case
    from pipeline.speech import audio, recognise
    from pipeline.speech.engine import Engine
    from pipeline.translation.translate import Translator

    parts = Parts()
    parts.watch(audio, "decode", "asking the decoder process")
    parts.watch(recognise, "voice_stretches", "voice detector")
    parts.watch(FeatureExtractor, "__call__", "features")
    for name in ("encode", "languages", "align", "hear_once"):
        parts.watch(Engine, name, "asking the recogniser")
    parts.watch(recognise.Recogniser, "transcribe_together", "words, sentences, flags")
    parts.watch(Translator, "translate", "asking the translator")
    for name in ("write_transcript", "write_translation", "write_recordings", "transcript"):
        parts.watch(Case, name, "files of the case")
    parts.watch(transcribing, "transcribe_group", "groups and threads")
    parts.watch(transcribing, "transcribe", "groups and threads")
    parts.watch(translating, "translate", "groups and threads")
    return parts


def measure(models: Path, notes: list[Path], each: int) -> tuple[dict[str, float], float, float]:
    """Seconds of each part, of the models, and of everything."""
    side = voxquote(models, fast=False)
    parts = watched()
    side(notes[:CORES])  # it loads
    parts.spent.clear()
    began, decoding, models_s = cpu_s(), descendants_s(os.getpid()), 0.0
    for start in range(0, len(notes), each):
        models_s += side(notes[start : start + each]).models_s
    parts.spent["decoder process"] = descendants_s(os.getpid()) - decoding
    return parts.spent, models_s, cpu_s() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=200)
    parser.add_argument("--each", type=int, default=50, help="notes in a turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        shapes.whisper_base(models / "whisper")
        shapes.argos_package(models / "package")
        notes = write_notes(models / "notes", options.notes, LENGTHS_S)
        spent, models_s, all_s = measure(models, notes, options.each)
    spent["the rest"] = all_s - models_s - sum(spent.values())
    outside_s = all_s - models_s
    print(f"{len(notes)} notes, {all_s:.1f} s of processor time; outside the models {outside_s / all_s:.1%}   goal 5 %")
    print(f"with the voice detector among the models {(outside_s - spent['voice detector']) / all_s:.1%}")
    for part, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {part:28}{seconds / all_s:7.2%}{seconds / len(notes) * 1000:8.1f} ms a note")


if __name__ == "__main__":
    main()
