"""What the page shows, and which stretches of audio it wants.

In: checks, documents and clips that others made. Out: one frozen record for ``page.render`` and, from
``clips_needed``, the list of stretches to cut. Never opens a file, never decodes audio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.records import Check, Document, Failure, Passage

Embed = Literal["clips", "full", "none"]
Language = Literal["en", "ru"]

CLIP_PADDING_MS = 3_000  # what a listener needs to hear that a sentence was not cut out of another
PEAK_STEP_MS = 40  # one bar of a waveform


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """A stretch of a recording that the page wants to play, in milliseconds of the original file."""

    recording_id: str
    start_ms: int
    end_ms: int

    @property
    def key(self) -> str:
        """The key of this stretch in ``ReportContent.clips``."""
        return clip_key(self.recording_id, self.start_ms, self.end_ms)

    @property
    def peak_count(self) -> int:
        """How many peaks draw it well: one for each ``PEAK_STEP_MS``."""
        return max(1, (self.end_ms - self.start_ms) // PEAK_STEP_MS)


@dataclass(frozen=True, slots=True)
class Clip:
    """Audio of ``start_ms``..``end_ms`` of a recording: bytes to embed, or a relative address to link to.

    Second zero of the audio is ``start_ms`` of the recording. ``peaks`` are the loudest samples of equal steps of the
    stretch, 0..100, or empty where nothing is known. A ``url`` must be a relative path or a file address, written as an
    address (percent-encoded); any other is ignored.
    """

    data: bytes | None
    mime: str
    url: str | None
    start_ms: int
    end_ms: int
    peaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything on the page. ``left_out`` counts the transcripts of the case that are not among ``documents``.

    ``created_at`` is an ISO 8601 time given by the caller: the same input, the same page.
    """

    checks: tuple[Check, ...] = ()
    documents: tuple[Document, ...] = ()
    clips: Mapping[str, Clip] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    left_out: int = 0
    language: Language = "en"
    embed: Embed = "clips"
    created_at: str = ""
    version: str = ""


def clip_key(recording_id: str, start_ms: int, end_ms: int) -> str:
    """The name of a stretch: ``<recording_id>:<start_ms>-<end_ms>``."""
    return f"{recording_id}:{start_ms}-{end_ms}"


def clips_needed(checks: Iterable[Check], documents: Iterable[Document], embed: Embed) -> tuple[ClipRequest, ...]:
    """The stretches that the page plays, without overlaps, in the order of the documents and of time.

    ``clips``: every passage and runner-up with ``CLIP_PADDING_MS`` around it; stretches that touch become one.
    ``full`` and ``none``: each recording as a whole, to be embedded or linked.
    """
    listed = tuple(documents)
    if embed != "clips":
        return tuple(
            ClipRequest(document.recording.id, 0, document.recording.duration_ms)
            for document in listed
            if document.recording.duration_ms > 0
        )
    wanted: dict[str, list[tuple[int, int]]] = {}
    for passage in _passages(checks):
        wanted.setdefault(passage.recording_id, []).append((passage.start_ms, passage.end_ms))
    requests: list[ClipRequest] = []
    for document in listed:
        recording = document.recording
        stretches = _padded(wanted.get(recording.id, []), recording.duration_ms)
        requests.extend(ClipRequest(recording.id, start, end) for start, end in stretches)
    return tuple(requests)


def _passages(checks: Iterable[Check]) -> Iterable[Passage]:
    for check in checks:
        for judgement in check.judgements:
            yield from judgement.passages
            yield from judgement.alternatives


def _padded(stretches: Iterable[tuple[int, int]], duration_ms: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start_ms, end_ms in sorted(stretches):
        start = max(0, start_ms - CLIP_PADDING_MS)
        end = min(duration_ms, end_ms + CLIP_PADDING_MS)
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
