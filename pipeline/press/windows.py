"""The words around a span that may say who speaks: the rest of its sentence on either side.

In: text, paragraphs, spans. Out: for each span the range before its opening mark and after its closing mark. Never
crosses a paragraph or another span; never longer than ``_REACH_CHARS``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from pipeline.press.paragraphs import Range
from pipeline.press.spans import Span

_REACH_CHARS: Final = 400
_NAMES_AHEAD: Final = 3
_NAME_CHARS: Final = 40
_NOUN_BEFORE: Final = re.compile(r"[^\W\d_A-ZА-ЯЁ]\s\Z")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Capt|Sgt|Cpl|Brig|Adm|Rep|Sen|Gov|Prof|Rev|St|Jr|Sr|No|vs|Inc|Ltd|Co|Jan|Feb"
    r"|Aug|Sept|Oct|Nov|Dec|approx|г|гг|им|ул|руб|тыс|млн|млрд|др|пр|см|ст|стр|т)|(?<!\w)[A-ZА-ЯЁ]|U\.S|U\.K)\.$"
)
_ENDED: Final = re.compile(r"[.!?…][)\]»”\"’']*\s*\Z")
_BOUNDARY: Final = re.compile(r"[.!?…]+[)\]’']*(?=\s+[\"“«‘'(\[„]*[A-ZÀ-ÞА-ЯЁІЇЄҐ0-9—–]|\s*\Z)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The ranges of text in a span's sentence before its opening mark and after its closing mark."""

    before: Range
    after: Range
    paragraph: Range
    previous: Range  # the sentence before, when the span begins one; else empty
    introduction: Range | None = None  # a paragraph above that ends with a colon


def surroundings(text: str, paragraphs: list[Range], spans: list[Span]) -> list[Surroundings]:
    """The surroundings of each span; ``spans`` are in order."""
    starts = [start for start, _ in paragraphs]
    found = []
    for index, span in enumerate(spans):
        first = max(0, bisect_right(starts, span.start) - 1)
        last = max(0, bisect_right(starts, span.end) - 1)
        previous_end = _previous_speech(text, spans, index - 1)
        next_start = _next_speech(text, spans, index + 1)
        open_char = span.open_char
        close_char = min(span.close_char, paragraphs[last][1])
        low = max(paragraphs[first][0], previous_end, open_char - _REACH_CHARS)
        high = min(paragraphs[last][1], next_start, close_char + _REACH_CHARS)
        introduction = None
        if open_char <= paragraphs[first][0] and first and text[paragraphs[first - 1][1] - 1] == ":":
            above = paragraphs[first - 1]
            introduction = (
                sentence_start(text, max(above[0], previous_end, above[1] - _REACH_CHARS), above[1]),
                above[1],
            )
        start = sentence_start(text, min(low, open_char), open_char)
        begins = _ENDED.search(text, start, open_char) is not None
        found.append(
            Surroundings(
                (open_char, open_char) if begins else (start, open_char),
                (close_char, sentence_end(text, close_char, max(high, close_char))),
                (paragraphs[first][0], paragraphs[last][1]),
                (start, open_char) if begins else (open_char, open_char),
                introduction,
            )
        )
    return found


def _previous_speech(text: str, spans: list[Span], index: int) -> int:
    """Where the last span before closes that is more than a name in the author's words."""
    for span in spans[max(0, index + 1 - _NAMES_AHEAD) : index + 1][::-1]:
        if not _is_name(text, span):
            return span.end + 1
    return spans[index - _NAMES_AHEAD].end + 1 if index >= _NAMES_AHEAD else 0


def _next_speech(text: str, spans: list[Span], index: int) -> int:
    """Where the next span opens that is more than a name in the author's words."""
    for span in spans[index : index + _NAMES_AHEAD]:
        if not _is_name(text, span):
            return span.open_char
    following = index + _NAMES_AHEAD
    return spans[following].open_char if following < len(spans) else len(text)


def _is_name(text: str, span: Span) -> bool:
    """Whether it is a name within a sentence: "said the head of “Tram”, Ann Lee"."""
    open_char = span.open_char
    short = span.end - span.start <= _NAME_CHARS and len(span.parts) == 1
    capital = short and text[span.start].isupper() and text[span.end - 1].isalnum()
    return capital and _NOUN_BEFORE.search(text[max(0, open_char - 4) : open_char]) is not None


def sentence_start(text: str, low: int, char: int) -> int:
    """Where the sentence that holds ``char`` begins, not before ``low``."""
    start = low
    for match in _BOUNDARY.finditer(text, low, char):
        if match.end() < char and text[match.end() : char].strip() and not _is_abbreviation(text, low, match):
            start = match.end()
    return start


def sentence_end(text: str, char: int, high: int) -> int:
    """Where the sentence that holds ``char`` ends, not after ``high``."""
    for match in _BOUNDARY.finditer(text, char, high):
        if match.start() >= char and not _is_abbreviation(text, char, match):
            return match.end()
    return high


def _is_abbreviation(text: str, low: int, match: re.Match[str]) -> bool:
    return match[0] == "." and _ABBREVIATION.search(text[max(low, match.start() - 8) : match.end()]) is not None
