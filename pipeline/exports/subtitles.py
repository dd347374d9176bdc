"""SubRip and WebVTT subtitles, in one language or two.

In: a ``Document``. Out: UTF-8 text. In two languages the heard words stand over the translation, lines of each kept
apart. Text from outside cannot end a cue or begin a tag: line breaks and arrows are taken out, WebVTT is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.exports.cues import Cue, cues, wrap
from pipeline.exports.lines import clock, lines
from pipeline.records import Document, Judgement


def write_srt(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """SubRip: what was heard."""
    return _srt(cues(lines(document)), _heard)


def write_vtt(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """WebVTT: what was heard."""
    return _vtt(cues(lines(document)), _heard)


def write_both_srt(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """SubRip: what was heard over its translation."""
    return _srt(cues(lines(document)), _both)


def write_both_vtt(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """WebVTT: what was heard over its translation."""
    return _vtt(cues(lines(document)), _both)


def _heard(cue: Cue) -> str:
    return wrap(cue.heard)


def _both(cue: Cue) -> str:
    return "\n".join(filter(None, (wrap(cue.heard), wrap(cue.translation))))


def _srt(found: Sequence[Cue], show: Callable[[Cue], str]) -> bytes:
    blocks = [
        f"{number}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n{_plain(show(cue))}\n"
        for number, cue in enumerate(filter(show, found), start=1)
    ]
    return "\n".join(blocks).encode("utf-8", "replace")


def _vtt(found: Sequence[Cue], show: Callable[[Cue], str]) -> bytes:
    blocks = [f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{_escaped(show(cue))}\n" for cue in filter(show, found)]
    return "\n".join(["WEBVTT\n", *blocks]).encode("utf-8", "replace")


def _plain(text: str) -> str:
    """SubRip knows no escapes: players read tags in angle and curly brackets, so look-alikes take their place."""
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›").replace("{", "(").replace("}", ")")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
