"""Quoted spans of a whole text: pairs of marks, joined over paragraphs.

In: text and its paragraphs. Out: spans in order, none inside another, each with one part per paragraph. Never decides
who speaks or what a span means, never raises.

A quote that runs over paragraphs is recognised in two forms. Each further paragraph opens with a mark and only the
last one closes (English agencies); or one mark opens and one closes some paragraphs later (Russian guillemets). An
opening mark that fits neither is kept when it stands where speech begins; it then ends with its paragraph or before
the next quote. A closing mark that fits no opening one is kept when speech ends there; it then begins its paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.press.marks import Mark
from pipeline.press.pairs import ParagraphMarks, pair_marks
from pipeline.press.paragraphs import Range

_LOOK_AHEAD_PARAGRAPHS: Final = 12
_CLOSER: Final = {"«": "»", "“": "”", "„": "“”", "‟": "”", "‹": "›", '"': '"'}
_SENTENCE_END: Final = re.compile(r"[.?!…:;,—–][\])’']*\Z")
_SPEECH_BEGINS: Final = re.compile(r"(?:[:,]\s*|^\s*)\Z")
_DASH_FOLLOWS: Final = re.compile(r",?\s*[—–]\s")
_UNCLOSED_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Span:
    """What one pair of marks encloses. ``opened`` or ``closed`` is False when that mark is missing."""

    mark: str
    parts: tuple[Range, ...]
    closed: bool = True
    opened: bool = True
    author: tuple[Range, ...] = ()  # words of the author between or after the parts, inside the marks

    @property
    def start(self) -> int:
        """The first character after the opening mark."""
        return self.parts[0][0]

    @property
    def open_char(self) -> int:
        """Where the opening mark begins."""
        return self.start - len(self.mark) if self.opened else self.start

    @property
    def close_char(self) -> int:
        """Where the closing mark ends."""
        return self.end + len(self.mark) if self.closed else self.end

    @property
    def end(self) -> int:
        """The first character after the quoted text."""
        return self.parts[-1][1]


def quoted_spans(text: str, paragraphs: list[Range]) -> list[Span]:
    """All outermost quoted spans, empty ones left out."""
    marked = [pair_marks(text, start, end) for start, end in paragraphs]
    ends = _reopened_ends(text, marked)
    spans: list[Span] = []
    index = 0
    skip_to = -1
    while index < len(marked):
        paragraph = marked[index]
        spans += [Span(pair.mark, ((pair.start, pair.end),)) for pair in paragraph.pairs if pair.start > skip_to]
        spans += _unopened(text, paragraph, skip_to)
        opener = paragraph.unclosed
        index += 1
        if opener is None or opener.start < skip_to:
            continue
        chain = _reopened(marked, index - 1, opener, ends[index - 1]) or _closed_later(marked, index - 1, opener)
        if chain:
            skip_to = chain.end
            spans = [*_without_inner(spans, opener.end), chain]
            index = _paragraph_of(marked, index, skip_to)
        else:
            spans += _unclosed(text, paragraph, opener)
    return sorted((span for span in spans if any(text[a:b].strip() for a, b in span.parts)), key=lambda s: s.start)


def _without_inner(spans: list[Span], start: int) -> list[Span]:
    while spans and spans[-1].start >= start:
        spans.pop()
    return spans


def _paragraph_of(marked: list[ParagraphMarks], index: int, char: int) -> int:
    """The paragraph that holds ``char``; what follows there is still to be read."""
    while index < len(marked) and marked[index].end < char:
        index += 1
    return index


def _reopened_ends(text: str, marked: list[ParagraphMarks]) -> list[int | None]:
    """For each paragraph the one in which a quote that it leaves open is closed, when each one between reopens it."""
    ends: list[int | None] = [None] * (len(marked) + 1)
    for index in range(len(marked) - 2, -1, -1):
        opener, again = marked[index].unclosed, marked[index + 1]
        paragraph_end = text[max(marked[index].start, marked[index].end - 3) : marked[index].end]
        if opener is None or not text.startswith(opener.text, again.start) or not _SENTENCE_END.search(paragraph_end):
            continue
        start = again.start + len(opener.text)
        if again.pairs and again.pairs[0].start == start:
            ends[index] = index + 1
        elif again.unclosed is not None and again.unclosed.end == start:
            ends[index] = ends[index + 1]
    return ends


def _reopened(marked: list[ParagraphMarks], index: int, opener: Mark, last: int | None) -> Span | None:
    """A quote whose next paragraphs, up to ``last``, begin with the mark again."""
    if last is None:
        return None
    width = len(opener.text)
    parts = [(opener.end, marked[index].end)]
    parts += [(paragraph.start + width, paragraph.end) for paragraph in marked[index + 1 : last]]
    return Span(opener.text, (*parts, (marked[last].start + width, marked[last].pairs[0].end)))


def _closed_later(marked: list[ParagraphMarks], index: int, opener: Mark) -> Span | None:
    """A quote that one mark opens and one closes, some paragraphs later."""
    closers = _CLOSER.get(opener.text, "")
    parts: list[Range] = [(opener.end, marked[index].end)]
    for paragraph in marked[index + 1 : index + 1 + _LOOK_AHEAD_PARAGRAPHS]:
        closer = paragraph.stray_closer
        if closer is not None and closer.text in closers:
            return Span(opener.text, (*parts, (paragraph.start, closer.start)))
        if paragraph.unclosed is not None:
            return None
        parts.append((paragraph.start, paragraph.end))
    return None


def _unopened(text: str, paragraph: ParagraphMarks, skip_to: int) -> list[Span]:
    """A closing mark without an opening one, where speech ends: from the beginning of the paragraph."""
    closer = paragraph.stray_closer
    if closer is None or closer.start <= skip_to or (paragraph.pairs and paragraph.pairs[0].start < closer.start):
        return []
    speech = text[paragraph.start : closer.start]
    ends = speech[-1:] in (",", "?", "!") or _DASH_FOLLOWS.match(text, closer.end, paragraph.end)
    if not speech[:1].isupper() or not ends or closer.single or len(speech.split()) < _UNCLOSED_WORDS:
        return []
    return [Span(closer.text, ((paragraph.start, closer.start),), opened=False)]


def _unclosed(text: str, paragraph: ParagraphMarks, opener: Mark) -> list[Span]:
    """A mark without an end, where speech begins: up to the next quote or the end of the paragraph."""
    following = [pair.start - len(pair.mark) for pair in paragraph.pairs if pair.start > opener.end]
    end = min(following, default=paragraph.end)
    before = text[max(paragraph.start, opener.start - 3) : opener.start]
    words = len(text[opener.end : end].split())
    if opener.single or not _SPEECH_BEGINS.search(before) or words < _UNCLOSED_WORDS:
        return []
    return [Span(opener.text, ((opener.end, end),), closed=False)]
