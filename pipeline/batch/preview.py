"""What a run would do, and about how long it would take.

In: what a run gets. Out: a Preview. Writes nothing into the case: sources are listed beside it, in a folder that goes
away, and the few notes that are tried for their speed are not kept.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch import transcribing, translating
from pipeline.batch.engines import speech_engine, translation_engine
from pipeline.batch.events import Listener
from pipeline.batch.plan import Job, make_plan
from pipeline.case.store import Case, CaseInfo
from pipeline.records import Failure, ModelInfo
from pipeline.settings import Settings

_TRIED = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan of a run. ``stated_ms``: sound of the pending notes as far as their sources state it (``stated`` notes).

    ``seconds``: the estimate, from ``tried`` notes; None when nothing is pending or none of them could be heard.
    """

    recordings: int
    distinct: int
    finished: int
    pending: int
    pending_bytes: int
    stated: int
    stated_ms: int
    models: tuple[ModelInfo, ModelInfo]
    failures: tuple[Failure, ...]
    tried: int
    seconds: float | None


def preview(sources: Sequence[Path], folder: Path, settings: Settings, listen: Listener) -> Preview:
    """Plan a run without doing it. Raises WeightsError when a model is missing, EvidenceError for a broken case."""
    speech, translation = speech_engine(settings), translation_engine(settings)
    info = CaseInfo(settings.source_language, settings.target_language)
    case = Case.open(folder) if (folder / "case.json").exists() else Case(folder, info)
    with tempfile.TemporaryDirectory() as name:
        plan = make_plan(sources, Case(Path(name), info), listen, settings.date_order)
        pending = transcribing.open_work(plan.jobs, speech, case).pending
        tried, seconds = _estimate(pending, speech, translation)
    stated = [job.claimed_ms for job in pending if job.claimed_ms is not None]
    return Preview(
        recordings=len(plan.recordings),
        distinct=len(plan.jobs),
        finished=len(plan.jobs) - len(pending),
        pending=len(pending),
        pending_bytes=sum(job.size_bytes for job in pending),
        stated=len(stated),
        stated_ms=sum(stated),
        models=(speech.model, translation.model),
        failures=plan.failures,
        tried=tried,
        seconds=seconds,
    )


def _estimate(
    pending: Sequence[Job], speech: transcribing.SpeechEngine, translation: translating.TranslationEngine
) -> tuple[int, float | None]:
    """How many notes were tried, and the seconds that all would take at their speed for each byte.

    Notes from the beginning, the middle and the end are tried; models are loaded before the clock starts.
    """
    chosen = [pending[place * (len(pending) - 1) // max(1, _TRIED - 1)] for place in range(min(_TRIED, len(pending)))]
    if not chosen:
        return 0, None
    transcribing.transcribe_group(chosen[:1], speech)
    translator = translating.load_translator(translation)
    tried, heard_bytes, began = 0, 0, time.monotonic()
    for job in chosen:
        (transcript,) = transcribing.transcribe_group([job], speech)
        if not isinstance(transcript, Failure):
            translator.translate([transcript.sentence_text(index) for index in range(len(transcript.sentences))])
            tried, heard_bytes = tried + 1, heard_bytes + job.size_bytes
    elapsed_s = time.monotonic() - began
    if not heard_bytes:
        return 0, None
    return tried, elapsed_s * sum(job.size_bytes for job in pending) / heard_bytes
