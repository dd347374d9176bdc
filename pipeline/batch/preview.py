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
from pipeline.batch.plan import Job, look_for_recordings, make_plan, require_usable
from pipeline.case.store import Case, CaseInfo
from pipeline.records import Failure, ModelInfo, Transcript
from pipeline.settings import Settings
from pipeline.speech.stated import stated_ms

_TRIED = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan of a run. ``stated_ms``: sound of the ``stated`` pending notes whose source or header states a length.

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
    """Plan a run without doing it. Raises WeightsError when a model is missing, EvidenceError for a broken case.

    Raises InputError when there is nothing to work on.
    """
    speech, translation = speech_engine(settings), translation_engine(settings)
    require_usable(sources, folder, look_for_recordings)
    info = CaseInfo(settings.source_language, settings.target_language)
    case = Case.open(folder) if (folder / "case.json").exists() else Case(folder, info)
    with tempfile.TemporaryDirectory() as name:
        plan = make_plan(sources, Case(Path(name), info), listen, settings.date_order)
        pending = transcribing.open_work(plan.jobs, speech, case).pending
        lengths_ms = [_stated_ms(job) for job in pending]
        tried, seconds = _estimate(pending, lengths_ms, speech, translation)
    stated = [known for known in lengths_ms if known is not None]
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


def _stated_ms(job: Job) -> int | None:
    return job.claimed_ms if job.claimed_ms is not None else stated_ms(job.path)


def _estimate(
    pending: Sequence[Job],
    lengths_ms: Sequence[int | None],
    speech: transcribing.SpeechEngine,
    translation: translating.TranslationEngine,
) -> tuple[int, float | None]:
    """How many notes were tried, and the seconds that all would take at their speed for each second of sound.

    Notes from the beginning, the middle and the end are tried as a run works on them; models are loaded before the
    clock starts.
    """
    chosen = [pending[place * (len(pending) - 1) // max(1, _TRIED - 1)] for place in range(min(_TRIED, len(pending)))]
    if not chosen:
        return 0, None
    engine = transcribing.fitted(speech, len(pending))
    transcribing.transcribe_group(chosen[:1], engine)
    translator = translating.load_translator(translation)
    began = time.monotonic()
    answers = transcribing.transcribe_group(chosen, engine)
    heard_s = (time.monotonic() - began) / engine.options.workers
    heard = [(job, answer) for job, answer in zip(chosen, answers, strict=True) if not isinstance(answer, Failure)]
    began = time.monotonic()
    translator.translate([text for _, transcript in heard for text in _sentences(transcript)])
    elapsed_s = heard_s + time.monotonic() - began
    heard_ms = sum(transcript.duration_ms or 0 for _, transcript in heard)
    if not heard_ms:
        return 0, None
    tried = [(job, transcript.duration_ms or 0) for job, transcript in heard]
    return len(heard), elapsed_s * _all_ms(pending, lengths_ms, tried) / heard_ms


def _all_ms(pending: Sequence[Job], lengths_ms: Sequence[int | None], heard: Sequence[tuple[Job, int]]) -> float:
    """The length of all pending notes: as stated, and by their bytes where nothing states it."""
    known = [(job.size_bytes, length) for job, length in zip(pending, lengths_ms, strict=True) if length is not None]
    known += [(job.size_bytes, length) for job, length in heard]
    ms_per_byte = sum(length for _, length in known) / max(1, sum(size for size, _ in known))
    return sum(
        job.size_bytes * ms_per_byte if length is None else length
        for job, length in zip(pending, lengths_ms, strict=True)
    )


def _sentences(transcript: Transcript) -> list[str]:
    return [transcript.sentence_text(index) for index in range(len(transcript.sentences))]
