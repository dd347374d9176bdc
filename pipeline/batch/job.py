"""The stages, composed: what the commands run.

In: what to work on. Out: a case folder with what was asked for, and an Outcome that tells what was and was not
done. Holds the case's lock while it writes. Never prints.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.batch import checking, importing, reporting, retiming, transcribing, translating
from pipeline.batch.cluster import workers
from pipeline.batch.documents import distinct, documents, usable
from pipeline.batch.engines import speech_engine, starter_notes, translation_engine
from pipeline.batch.events import ItemFailed, Listener, Note
from pipeline.batch.importing import Import
from pipeline.batch.plan import Plan, look_for_recordings, make_plan, merged, require_usable
from pipeline.batch.transcribing import SpeechEngine
from pipeline.case import evidence, journal
from pipeline.case.files import write_atomic
from pipeline.case.journal import Work
from pipeline.case.lock import sole_writer
from pipeline.case.store import Case, CaseInfo
from pipeline.digest import hash_file
from pipeline.errors import WeightsError
from pipeline.records import Article, Check, Document, Failure, ModelInfo, QuoteKind, Recording, Verdict
from pipeline.settings import Settings

_ENGINES = ("argostranslate", "ctranslate2", "faster-whisper", "onnxruntime", "sentencepiece")
NEGATIVE = frozenset({Verdict.CHANGED, Verdict.NOT_FOUND})
SPOKEN = frozenset({QuoteKind.DIRECT, QuoteKind.PARTIAL})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the case, what failed, the answers to the articles, the report."""

    case: Case
    recordings: int = 0
    failures: tuple[Failure, ...] = ()
    checks: tuple[Check, ...] = ()
    report: Path | None = None

    @property
    def negative(self) -> bool:
        """Whether somebody's words were changed or not found; titles and scare words are nobody's."""
        judgements = [judgement for check in self.checks for judgement in check.judgements]
        return any(judgement.verdict in NEGATIVE and judgement.quote.kind in SPOKEN for judgement in judgements)


def run(
    sources: Sequence[Path], articles: Sequence[Path], folder: Path, settings: Settings, listen: Listener
) -> Outcome:
    """Everything: transcribe, translate, check, report, seal."""
    speech, translation = speech_engine(settings), translation_engine(settings)
    require_usable(sources, folder, look_for_recordings)
    for note in starter_notes(speech.model, translation.model):
        listen(Note(note))
    with sole_writer(folder):
        case = _case(folder, settings)
        asked, unread = checking.read_articles(articles, case)
        for failure in unread:  # told before hours of transcribing: the command can be mended at once
            listen(ItemFailed(failure))
        plan, failures = _transcribed(sources, case, speech, settings, listen)
        failures += translating.translate(translation, case, listen)
        failures += unread
        checks = _checked(asked, case, settings, listen, speech if settings.retime else None)
        case.write_failures(failures)
        contents = reporting.contents_of(case, checks, failures, listen)
        page, silent = reporting.write_report(case, contents, settings, listen)
        how = _how(settings, speech.model, translation.model)
        _write_provenance(case, how)
        made = [case.folder / name for name in ("recordings.jsonl", "provenance.json", reporting.PAGE)]
        journal.note(case.folder, Work("run", how, plan.told_by, made))
        evidence.seal(case.folder, [job.path for job in plan.jobs] + list(articles))
    return Outcome(case, len(plan.recordings), failures + silent, checks, page)


def transcribe(sources: Sequence[Path], folder: Path, settings: Settings, listen: Listener) -> Outcome:
    """One stage: recordings into transcripts."""
    speech = speech_engine(settings)
    require_usable(sources, folder, look_for_recordings)
    for note in starter_notes(speech.model):
        listen(Note(note))
    with sole_writer(folder):
        case = _case(folder, settings)
        plan, failures = _transcribed(sources, case, speech, settings, listen)
        case.write_failures(failures)
        how = {"asr": asdict(speech.model), "language": settings.language}
        journal.note(folder, Work("transcribe", how, plan.told_by, [folder / "recordings.jsonl"]))
    return Outcome(case, len(plan.recordings), failures)


def import_transcripts(wanted: Import, folder: Path, settings: Settings, listen: Listener) -> Outcome:
    """Add transcripts of other programs to a case."""
    require_usable(wanted.files, folder, partial(importing.look, wanted))
    with sole_writer(folder):
        case = _case(folder, settings)
        told_by = {case.portable(path): hash_file(path) for path in wanted.files if path.is_file()}
        failures = importing.import_transcripts(wanted, case, listen)
        case.write_failures(failures)
        journal.note(folder, Work("import", {"language": wanted.language}, told_by, [folder / "recordings.jsonl"]))
    return Outcome(case, len(wanted.files), failures)


def translate(folder: Path, settings: Settings, listen: Listener) -> Outcome:
    """One stage: transcripts into translations."""
    engine = translation_engine(settings)
    for note in starter_notes(engine.model):
        listen(Note(note))
    case = Case.open(folder)
    with sole_writer(folder):
        failures = translating.translate(engine, case, listen)
        case.write_failures(failures)
        journal.note(folder, Work("translate", {"mt": asdict(engine.model)}))
    return Outcome(case, len(distinct(case)), failures)


def check(articles: Sequence[Article], folder: Path, settings: Settings, listen: Listener, keep: bool) -> Outcome:
    """Judge the quotes of ``articles``, of those in the case when there are none; ``keep`` writes the answers."""
    case = Case.open(folder)
    found = tuple(documents(case))
    broken = tuple(item for item in found if isinstance(item, Failure))
    for failure in broken:
        listen(ItemFailed(failure))
    readable = tuple(item for item in found if isinstance(item, Document))
    given = (replace(article, path=case.portable(Path(article.path))) for article in articles)
    asked = tuple(given) or tuple(case.articles())
    checks = checking.check(asked, readable, settings, listen)
    if (engine := _at_hand(settings, listen)) is not None:
        checks = retiming.retimed(checks, readable, case, engine, listen)
    if keep and not os.access(folder, os.W_OK):
        listen(Note("the case cannot be written: the answers are shown and not kept"))
    elif keep:
        with sole_writer(folder):
            _keep(checks, case)
            kept = [folder / place / f"{item.article.id}.json" for item in checks for place in ("articles", "checks")]
            journal.note(folder, Work("check", {"style": settings.style, "retime": settings.retime}, files=kept))
    return Outcome(case, len(readable), broken, checks)


def report(folder: Path, settings: Settings, listen: Listener) -> Outcome:
    """The page of a case, from the checks it holds."""
    case = Case.open(folder)
    with sole_writer(folder):
        articles = sorted(case.articles(), key=lambda article: article.path)
        checks = tuple(kept for article in articles if (kept := case.check(article)) is not None)
        contents = reporting.contents_of(case, checks, case.failures(), listen)
        page, silent = reporting.write_report(case, contents, settings, listen)
        how = {"embed": settings.embed, "language": settings.page_language}
        journal.note(folder, Work("report", how, files=[page]))
    return Outcome(case, len(case.recordings()), silent, (), page)


def _case(folder: Path, settings: Settings) -> Case:
    return Case.open_or_create(folder, CaseInfo(settings.source_language, settings.target_language))


def _transcribed(
    sources: Sequence[Path], case: Case, engine: SpeechEngine, settings: Settings, listen: Listener
) -> tuple[Plan, tuple[Failure, ...]]:
    """Transcribe the sources and list in the case what was transcribed."""
    plan = make_plan(sources, case, listen, settings.date_order)
    work = transcribing.open_work(plan.jobs, engine, case)
    case.write_recordings(merged(case.recordings(), _with_durations(plan.recordings, work.durations_ms)))
    with workers(settings.cluster) if settings.cluster and work.pending else nullcontext() as executor:
        durations_ms, failed = transcribing.transcribe(work, engine, case, listen, executor)
    unheard = {failure.sha256 for failure in failed}
    listed = [recording for recording in case.recordings() if recording.sha256 not in unheard]
    heard = [recording for recording in plan.recordings if recording.sha256 not in unheard]
    case.write_recordings(merged(listed, _with_durations(heard, durations_ms)))
    return plan, plan.failures + transcribing.every_copy(failed, plan.recordings)


def _with_durations(recordings: Sequence[Recording], durations_ms: Mapping[str, int]) -> tuple[Recording, ...]:
    """The recordings with the lengths that their transcripts tell."""
    return tuple(replace(recording, duration_ms=durations_ms.get(recording.id, 0)) for recording in recordings)


def _checked(
    articles: Sequence[Article], case: Case, settings: Settings, listen: Listener, engine: SpeechEngine | None
) -> tuple[Check, ...]:
    """The answers to the articles, timed by ``engine`` and kept in the case."""
    if not articles:
        return ()
    readable = usable(case)
    checks = checking.check(articles, readable, settings, listen)
    if engine is not None:
        checks = retiming.retimed(checks, readable, case, engine, listen)
    _keep(checks, case)
    return checks


def _at_hand(settings: Settings, listen: Listener) -> SpeechEngine | None:
    """The recogniser that times passages once more; None where that is not asked for, or it is not there."""
    if not settings.retime:
        return None
    try:
        return speech_engine(replace(settings, language=None))  # a passage is in the language of its transcript
    except WeightsError as error:
        listen(Note(f"the times of passages stay estimated: {error.message}"))
        return None


def _keep(checks: Sequence[Check], case: Case) -> None:
    for answer in checks:
        case.write_article(answer.article)
        case.write_check(answer)


def _how(settings: Settings, asr: ModelInfo, mt: ModelInfo) -> dict[str, Any]:
    """The settings and models of a run, without any path."""
    return {
        "settings": {key: value for key, value in asdict(settings).items() if key not in ("asr", "mt", "cluster")},
        "models": {"asr": asdict(asr), "mt": asdict(mt)},
    }


def _write_provenance(case: Case, how: Mapping[str, Any]) -> None:
    """Which program, which engines, which settings; the models stand in each transcript and translation."""
    content = {
        "schema": "voxquote.provenance/1",
        "voxquote": __version__,
        "python": platform.python_version(),
        "engines": {name: version(name) for name in _ENGINES},
        **how,
    }
    write_atomic(case.folder / "provenance.json", (json.dumps(content, indent=1) + "\n").encode("utf-8"))
