"""Ten thousand notes: how much memory the job takes, and how fast a finished case is taken up again.

The transcripts are written by the script (the recogniser has done its work), the notes are small files of noise that
nobody decodes. Each step that is measured runs in a process of its own: planning and finding all work done, streaming
through the translations, the page, the seal.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.batch import job, reporting, transcribing, translating
from pipeline.batch.engines import speech_engine, translation_engine
from pipeline.batch.events import silent
from pipeline.batch.plan import make_plan
from pipeline.case import evidence
from pipeline.case.store import Case, CaseInfo
from pipeline.records import Sentence, Transcript, TranslatedSentence, Translation, Word
from pipeline.settings import Settings

NOTE_BYTES = 40_000  # about 15 s of a messenger's Opus
HEARD = ("мы", "не", "отступили", "снарядов", "хватает", "только", "на", "два", "дня", "приказ", "пришёл", "утром")
ENGLISH = "We did not retreat and there are shells for two days only."
SETTINGS = Settings()


def write_case(root: Path, count: int) -> None:
    """``count`` notes and a case in which all are transcribed and translated by the models that Settings name."""
    chance = random.Random(1)
    (root / "notes").mkdir()
    old = time.time() - 86_400
    for number in range(count):
        path = root / "notes" / f"note_{number:05}.ogg"
        path.write_bytes(chance.randbytes(NOTE_BYTES))
        os.utime(path, (old, old))
    case = Case.open_or_create(root / "case", CaseInfo())
    engines = speech_engine(SETTINGS), translation_engine(SETTINGS)
    plan = make_plan([root / "notes"], case, silent)
    os.fsync = lambda _: None  # type: ignore[assignment]  # the writing is not what is measured
    case.write_recordings(replace(recording, duration_ms=15_000) for recording in plan.recordings)
    for recording in plan.recordings:
        transcript = _transcript(recording.id, chance, engines[0])
        case.write_transcript(transcript)
        case.write_translation(_translation(transcript, engines[1]))


def _transcript(identifier: str, chance: random.Random, engine: transcribing.SpeechEngine) -> Transcript:
    count = chance.randint(20, 50)
    words = tuple(
        Word(chance.choice(HEARD), 300 * place, 300 * place + 250, round(chance.random(), 4)) for place in range(count)
    )
    sentences = tuple(Sentence(start, min(start + 10, count)) for start in range(0, count, 10))
    return Transcript(identifier, "ru", 0.99, words, sentences, (), engine.model, engine.identity(), 15_000)


def _translation(transcript: Transcript, engine: translating.TranslationEngine) -> Translation:
    texts = [transcript.sentence_text(index) for index in range(len(transcript.sentences))]
    links = tuple((place, place) for place in range(10))
    sentences = tuple(TranslatedSentence(ENGLISH, -0.7, links) for _ in texts)
    return Translation(transcript.recording_id, "en", sentences, engine.model, translating.source_hash(texts))


def plan(root: Path) -> None:
    """List, hash or remember, and find that nothing is to be transcribed."""
    case = Case.open(root / "case")
    listed = make_plan([root / "notes"], case, silent)
    work = transcribing.open_work(listed.jobs, speech_engine(SETTINGS), case)
    assert len(listed.jobs) == len(work.durations_ms)


def translations(root: Path) -> None:
    """Find that nothing is to be translated."""
    assert not translating.open_work(translation_engine(SETTINGS), Case.open(root / "case")).groups


def translate(root: Path, count: int) -> None:
    """Translate ``count`` notes again, with the real model."""
    case = Case.open(root / "case")
    for recording in case.recordings()[:count]:
        (root / f"case/translations/{recording.id}.en.json").unlink()
    assert not translating.translate(translation_engine(SETTINGS), case, silent)


def report(root: Path) -> None:
    """The page of a case without articles."""
    case = Case.open(root / "case")
    reporting.write_report(case, reporting.contents_of(case, (), (), silent), SETTINGS, silent)


def seal(root: Path) -> None:
    """Hash everything for the seal."""
    evidence.seal(root / "case")


def whole(root: Path) -> None:
    """The whole command again over the finished case."""
    outcome = job.run([root / "notes"], [], root / "case", SETTINGS, silent)
    assert not outcome.failures


def whole_with_article(root: Path) -> None:
    """The whole command again, with an article to check: all documents are indexed."""
    article = root / "article.txt"
    article.write_text("Полковник сказал: «Снарядов хватает только на два дня».", encoding="utf-8")
    job.run([root / "notes"], [article], root / "case", SETTINGS, silent)


STEPS: dict[str, Callable[[Path], None]] = {
    "plan, nothing remembered": plan,
    "plan, hashes remembered": plan,
    "translations, all done": translations,
    "translations, 64 to do": partial(translate, count=64),
    "translations, 512 to do": partial(translate, count=512),
    "report": report,
    "seal": seal,
    "whole run again": whole,
    "whole run with an article": whole_with_article,
}


def measured(step: Callable[[Path], None], root: Path) -> dict[str, float]:
    """Wall time, processor time and peak memory of one step in a forked process."""
    sys.stdout.flush()
    began = time.monotonic()
    process = os.fork()
    if not process:
        step(root)
        os._exit(0)
    _, status, usage = os.wait4(process, 0)
    assert status == 0, step
    return {
        "wall_s": round(time.monotonic() - began, 1),
        "processor_s": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }


def main() -> None:
    """Print the figures as JSON, a step at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000)
    options = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "1780000000"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        assert measured(lambda place: write_case(place, options.notes), root)
        print(
            json.dumps({"notes": options.notes, "start_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10})
        )
        for title, step in STEPS.items():
            if title == "plan, nothing remembered":
                (root / "case/.voxquote.hashes.jsonl").unlink(missing_ok=True)
            print(json.dumps({title: measured(step, root)}), flush=True)


if __name__ == "__main__":
    main()
