"""A case becomes a page.

In: checks and documents of a case, and the recordings where they still lie. Out: ``report.html``. A recording that is
gone or has changed since it was heard is never embedded: its passages stand there without sound. Never prints.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from pipeline import __version__
from pipeline.batch.documents import distinct, documents
from pipeline.batch.events import ItemDone, ItemFailed, Listener, Note, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.originals import has_sound, original
from pipeline.batch.retiming import as_measured
from pipeline.case.files import write_atomic
from pipeline.case.store import Case
from pipeline.records import Check, Document, Failure
from pipeline.report.content import Clip, ClipRequest, ReportContent, clips_needed
from pipeline.report.page import render
from pipeline.settings import Embed, Settings
from pipeline.speech import audio
from pipeline.speech.clip import clips, waveform

STAGE = "report"
PAGE = "report.html"
_MOST_TRANSCRIPTS = 1000  # a page with more would hardly open; beyond that it shows those that quotes were found in
_OPUS = "audio/ogg"
_MIME = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".wav": "audio/wav", ".webm": "audio/webm"}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page is made of; ``broken``: why some files of the case cannot be used, where no run has told of it."""

    checks: tuple[Check, ...]
    documents: tuple[Document, ...]
    failures: tuple[Failure, ...]
    broken: tuple[Failure, ...] = ()
    left_out: int = 0


def contents_of(case: Case, checks: Sequence[Check], failures: Sequence[Failure], listen: Listener) -> Contents:
    """What the page shows: every transcript of a case of moderate size, only those with passages of a large one."""
    total = len(distinct(case))
    everything = total <= _MOST_TRANSCRIPTS
    judgements = [judgement for check in checks for judgement in check.judgements]
    quoted = {passage.recording_id for one in judgements for passage in (*one.passages, *one.alternatives)}
    found = tuple(documents(case, None if everything else quoted))
    shown = tuple(item for item in found if isinstance(item, Document))
    broken = tuple(item for item in found if isinstance(item, Failure) and item not in failures)
    for failure in broken:
        listen(ItemFailed(failure))
    if not everything:
        listen(Note(f"the report shows {len(shown)} of {total} transcripts: those that quotes point to"))
    return Contents(tuple(checks), shown, tuple(failures), broken, 0 if everything else total - len(shown))


def write_report(
    case: Case, contents: Contents, settings: Settings, listen: Listener
) -> tuple[Path, tuple[Failure, ...]]:
    """Write the page; returns where it is, and what is missing in it: broken files, and sound that could not be cut."""
    cut, uncut = _cut(case, contents, settings.embed, listen)
    found = [passage for check in contents.checks for one in check.judgements for passage in one.passages]
    page = ReportContent(
        checks=contents.checks,
        documents=tuple(as_measured(document, found) for document in contents.documents),
        clips=cut,
        failures=(*contents.failures, *contents.broken, *uncut),
        left_out=contents.left_out,
        language=settings.page_language,
        embed=settings.embed,
        created_at=_today(),
        version=__version__,
    )
    write_atomic(case.folder / PAGE, render(page).encode("utf-8"))
    return case.folder / PAGE, (*contents.broken, *uncut)


def _cut(case: Case, contents: Contents, embed: Embed, listen: Listener) -> tuple[dict[str, Clip], tuple[Failure, ...]]:
    """The sound that the page wants, recording by recording."""
    wanted: dict[str, list[ClipRequest]] = {}
    for request in clips_needed(contents.checks, contents.documents, embed):
        wanted.setdefault(request.recording_id, []).append(request)
    listen(StageStarted(STAGE, len(wanted)))
    cut: dict[str, Clip] = {}
    uncut: list[Failure] = []
    for document in contents.documents:
        requests = wanted.get(document.recording.id)
        if requests and has_sound(document.recording):
            path = document.recording.path
            result = attempt(partial(_clips, case, document, requests, embed), path, STAGE)
            if isinstance(result, Failure):
                uncut.append(result)
                listen(ItemFailed(result))
            else:
                cut |= result
                listen(ItemDone(STAGE, Path(path).name))
    return cut, tuple(uncut)


def _clips(case: Case, document: Document, requests: Sequence[ClipRequest], embed: Embed) -> dict[str, Clip]:
    _, path = original(case, document.recording.id, "its passages are shown without sound")
    samples = audio.decode(path).samples
    sounds: Sequence[bytes | None]
    if embed == "clips":
        sounds, mime = clips(path, [(request.start_ms, request.end_ms) for request in requests]), _OPUS
    else:
        sounds = [path.read_bytes() if embed == "full" else None for _ in requests]
        mime = _MIME.get(path.suffix.lower(), _OPUS)
    url = quote(document.recording.path) if embed == "none" else None
    return {
        request.key: Clip(sound, mime, url, request.start_ms, request.end_ms, _peaks(samples, request))
        for request, sound in zip(requests, sounds, strict=True)
    }


def _peaks(samples: audio.Samples, request: ClipRequest) -> tuple[int, ...]:
    first, last = (ms * audio.SAMPLE_RATE_HZ // 1000 for ms in (request.start_ms, request.end_ms))
    return waveform(samples[first:last], request.peak_count)


def _today() -> str:
    """The day, in UTC: a page made twice on one day is the same page. SOURCE_DATE_EPOCH stands for another day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return moment.date().isoformat()
