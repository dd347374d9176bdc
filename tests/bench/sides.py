"""What is compared: each side loads its models, then does the same notes as the others, turn by turn.

In: ``python -m tests.bench.sides SIDE MODELS``, then one line a turn on standard input: a JSON list of files. Out: one
line a turn: seconds of each stage, processor seconds, and the text of each file.

    exact, fast   voxquote's own stages, from the files to the transcripts and translations on disk
    plain         faster-whisper's loop (language unknown, beam 5, word times), then argostranslate's translate a note
    batched       faster-whisper's batched pipeline, file by file; no translation

argostranslate's translate loop is its own. Two things that it imports are not installed here and stand in as empty
modules: stanza, and minisbd, whose models it would download; sentences are cut by razdel, which costs it nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

CORES = os.cpu_count() or 1
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Turn:
    """What one turn took and gave; ``models_s``: processor seconds inside the models, 0 where it is not known."""

    speech_s: float = 0.0
    translation_s: float = 0.0
    cpu_s: float = 0.0
    models_s: float = 0.0
    texts: dict[str, str] = field(default_factory=dict)


Side = Callable[[Sequence[Path]], Turn]


def voxquote(models: Path, fast: bool) -> Side:
    """The batch's own stages over a fresh case, with the models kept from turn to turn."""
    from pipeline.batch import transcribing, translating
    from pipeline.batch.engines import speech_engine, translation_engine
    from pipeline.batch.events import silent
    from pipeline.batch.plan import make_plan
    from pipeline.case.store import Case, CaseInfo
    from pipeline.settings import Settings

    settings = Settings(asr=str(models / "whisper"), mt=str(models / "package"), threads=CORES, fast=fast)
    speech, translation = speech_engine(settings), translation_engine(settings)
    translating.load_translator = cache(translating.load_translator)

    def turn(files: Sequence[Path]) -> Turn:
        with tempfile.TemporaryDirectory() as folder:
            case = Case.open_or_create(Path(folder), CaseInfo())
            started, models_s = time.perf_counter(), _other_threads_s()
            plan = make_plan(files, case, silent)
            case.write_recordings(plan.recordings)
            work = transcribing.open_work(plan.jobs, speech, case)
            _, failures = transcribing.transcribe(work, speech, case, silent)
            heard = time.perf_counter()
            failures += translating.translate(translation, case, silent)
            done = time.perf_counter()
            assert not failures, failures[0].message
            texts = {}
            for recording in plan.recordings:
                transcript = case.transcript(recording.id)
                assert transcript is not None
                texts[Path(recording.path).name] = " ".join(word.text for word in transcript.words)
        time.sleep(0.3)  # the forks that decoded end; their time counts
        return Turn(heard - started, done - heard, models_s=_other_threads_s() - models_s, texts=texts)

    return turn


def plain(models: Path) -> Side:
    """A loop over the files, then a loop over the notes."""
    whisper, argos = _whisper(models), _argos(models / "package")

    def turn(files: Sequence[Path]) -> Turn:
        started = time.perf_counter()
        texts = {}
        for path in files:
            segments, _ = whisper.transcribe(str(path), beam_size=5, word_timestamps=True)
            texts[path.name] = _words(segments)
        heard = time.perf_counter()
        for text in texts.values():
            argos.translate(text)
        return Turn(heard - started, time.perf_counter() - heard, texts=texts)

    return turn


def batched(models: Path) -> Side:
    """faster-whisper's batched pipeline, file by file."""
    from faster_whisper import BatchedInferencePipeline

    pipeline = BatchedInferencePipeline(_whisper(models))

    def turn(files: Sequence[Path]) -> Turn:
        started = time.perf_counter()
        texts = {}
        for path in files:
            segments, _ = pipeline.transcribe(str(path), beam_size=5, word_timestamps=True, batch_size=8)
            texts[path.name] = _words(segments)
        return Turn(time.perf_counter() - started, texts=texts)

    return turn


SIDES: dict[str, Callable[[Path], Side]] = {
    "exact": lambda models: voxquote(models, fast=False),
    "fast": lambda models: voxquote(models, fast=True),
    "plain": plain,
    "batched": batched,
}


def _whisper(models: Path) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(models / "whisper"), device="cpu", cpu_threads=CORES, local_files_only=True)


def _words(segments: Any) -> str:
    return " ".join(word.word.strip() for segment in segments for word in segment.words if word.word.strip())


def _argos(folder: Path) -> Any:
    """argostranslate's own translation of a package, with razdel in the place of its sentence models."""
    for name in ("stanza", "minisbd", "minisbd.models"):
        sys.modules[name] = ModuleType(name)
    sys.modules["minisbd"].SBDetect = None  # type: ignore[attr-defined]
    sys.modules["minisbd"].models = sys.modules["minisbd.models"]  # type: ignore[attr-defined]
    sys.modules["minisbd.models"].list_models = lambda: ["ru"]  # type: ignore[attr-defined]
    import razdel
    from argostranslate import translate
    from argostranslate.package import Package

    class Sentences(translate.sbd.ISentenceBoundaryDetectionModel):  # type: ignore[misc]
        def split_sentences(self, text: str) -> list[str]:
            return [sentence.text for sentence in razdel.sentenize(text)]

    package = Package(folder)
    languages = [translate.Language(code, code) for code in (package.from_code, package.to_code)]
    translation = translate.PackageTranslation(*languages, package)
    translation.sentencizer = Sentences()
    return translate.CachedTranslation(translation)


def _other_threads_s() -> float:
    """Processor seconds of the threads that are not Python's: those in which CTranslate2 works."""
    own = {str(thread.native_id) for thread in threading.enumerate()}
    total = 0
    for task in Path("/proc/self/task").iterdir():
        if task.name not in own:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def cpu_s() -> float:
    """Processor seconds of this process and of all that descend from it, those that still live among them."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used) + descendants_s(os.getpid())


def descendants_s(process: int) -> float:
    """Processor seconds of the living descendants of a process, and of their children that have ended."""
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
            spent[int(stat.parent.name)] = sum(map(int, fields[11:15])) / _TICKS
    total, waiting = 0.0, list(children.get(process, ()))
    while waiting:
        child = waiting.pop()
        total += spent[child]
        waiting += children.get(child, ())
    return total


def main() -> None:
    """Serve turns until standard input ends."""
    name, models = sys.argv[1:]
    side = SIDES[name](Path(models))
    for line in sys.stdin:
        before = cpu_s()
        turn = side([Path(path) for path in json.loads(line)])
        turn.cpu_s = cpu_s() - before
        print(json.dumps(turn.__dict__), flush=True)


if __name__ == "__main__":
    main()
