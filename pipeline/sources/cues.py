"""SubRip and WebVTT text becomes cues. Pure.

In: the text of a subtitle file. Out: ``Cue`` records in order of time, text on one line, without tags. One reader for
both: a cue is a line with an arrow between two times and the lines after it up to an empty one; everything else
(numbers, headers, notes, styles, cue names) is not a cue.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_ARROW = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """What was said between two times, on one line."""

    start_ms: int
    end_ms: int
    text: str


def read_cues(text: str) -> list[Cue]:
    """All cues of a file; one that ends before it begins is given no length, one without text is left out."""
    cues = []
    is_webvtt = text.lstrip("\ufeff").startswith("WEBVTT")
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        match = _ARROW.match(lines[index])
        index += 1
        if match is None:
            continue
        start_ms, end_ms = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
        rows = []
        while index < len(lines) and lines[index].strip() and not _ARROW.match(lines[index]):
            rows.append(lines[index])
            index += 1
        said = _TAG.sub("", " ".join(rows))
        said = " ".join((html.unescape(said) if is_webvtt else said).split())
        if said:
            cues.append(Cue(start_ms, max(start_ms, end_ms), said))
    return sorted(cues, key=lambda cue: cue.start_ms)


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))
