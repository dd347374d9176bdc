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
from pipeline.batch.documents import distinct, usable
from pipeline.batch.events import ItemDone, ItemFailed, Listener, Note, StageStarted
from pipeline.batch.guard import attempt
from pipeline.case.files import write_atomic
from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.errors import InputError
from pipeline.records import Check, Document, Failure
from pipeline.report.content import Clip, ClipRequest, ReportContent, clips_needed
from pipeline.report.page import render
from pipeline.settings import Embed, Settings
from pipeline.speech import audio
from pipeline.speech.clip import clips, waveform

STAGE = "report"
PAGE = "report.html"
_MOST_TRANSCRIPTS = 500  # a page with more would hardly open; beyond that it shows those that quotes were found in
_OPUS = "audio/ogg"
_MIME = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".wav": "audio/wav", ".webm": "audio/webm"}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page is made of."""

    checks: tuple[Check, ...]
    documents: tuple[Document, ...]
    failures: tuple[Failure, ...]


def contents_of(case: Case, checks: Sequence[Check], failures: Sequence[Failure], listen: Listener) -> Contents:
    """What the page shows: every transcript of a case of moderate size, only those with passages of a large one."""
    total = len(distinct(case))
    if total <= _MOST_TRANSCRIPTS:
        return Contents(tuple(checks), usable(case), tuple(failures))
    judgements = [judgement for check in checks for judgement in check.judgements]
    quoted = {passage.recording_id for one in judgements for passage in (*one.passages, *one.alternatives)}
    shown = usable(case, quoted)
    listen(Note(f"the report shows {len(shown)} of {total} transcripts: those that quotes point to"))
    return Contents(tuple(checks), shown, tuple(failures))


def write_report(
    case: Case, contents: Contents, settings: Settings, listen: Listener
) -> tuple[Path, tuple[Failure, ...]]:
    """Write the page; returns where it is, and the recordings whose sound could not be put into it."""
    cut, uncut = _cut(case, contents, settings.embed, listen)
    page = ReportContent(
        checks=contents.checks,
        documents=contents.documents,
        clips=cut,
        failures=(*contents.failures, *uncut),
        language=settings.page_language,
        embed=settings.embed,
        created_at=_today(),
        version=__version__,
    )
    write_atomic(case.folder / PAGE, render(page).encode("utf-8"))
    return case.folder / PAGE, uncut


def _cut(case: Case, contents: Contents, embed: Embed, listen: Listener) -> tuple[dict[str, Clip], tuple[Failure, ...]]:
    """The sound that the page wants, recording by recording."""
    wanted: dict[str, list[ClipRequest]] = {}
    for request in clips_needed(contents.checks, contents.documents, embed):
        wanted.setdefault(request.recording_id, []).append(request)
    listen(StageStarted(STAGE, len(wanted)))
    cut: dict[str, Clip] = {}
    uncut: list[Failure] = []
    for document in contents.documents:
        if requests := wanted.get(document.recording.id):
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
    path = _unchanged(case, document)
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


def _unchanged(case: Case, document: Document) -> Path:
    """The recording's file, when it is still what was heard."""
    path = case.audio_path(document.recording)
    if not path.is_file():
        raise InputError(
            f"{path.name} is no longer where it was; its passages are shown without sound",
            "put it back, or run the case again from where it is now",
        )
    if hash_file(path) != document.recording.sha256:
        raise InputError(
            f"{path.name} has changed since it was heard; its passages are shown without sound",
            "get the original back, or run the case again",
        )
    return path


def _today() -> str:
    """The day, in UTC: a page made twice on one day is the same page. SOURCE_DATE_EPOCH stands for another day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return moment.date().isoformat()
