"""Where the paragraphs of a plain text are.

In: plain text with "\\n" line ends. Out: half-open character ranges, in order, without surrounding white space.
Never changes the text.

A line break ends a paragraph, except in text that was wrapped to a width by hand or by a mail program: such text has
blank lines between its paragraphs and no line is long; there a break is soft where the next word did not fit any more.
"""

from __future__ import annotations

import re
from typing import Final

_BLANK_LINE: Final = re.compile(r"\n[ \t\xa0]*\n")
_FIRST_WORD: Final = re.compile(r"\s*(\S+)")
_WRAP_WIDTH: Final = (40, 120)  # no one wraps to less than 40 columns or more than 120
_DASHES: Final = "—–"

Range = tuple[int, int]


def paragraph_ranges(text: str) -> list[Range]:
    """The ranges of the paragraphs of ``text``."""
    lines = _lines(text)
    width = max((end - start for start, end in lines), default=0)
    wrapped = _WRAP_WIDTH[0] <= width <= _WRAP_WIDTH[1] and _BLANK_LINE.search(text) is not None
    paragraphs: list[Range] = []
    joins = False
    for start, end in lines:
        stripped = _strip(text, start, end)
        if stripped is None:
            joins = False
            continue
        if joins and text[stripped[0]] not in _DASHES and _did_not_fit(text, paragraphs[-1], stripped, width):
            paragraphs[-1] = (paragraphs[-1][0], stripped[1])
        else:
            paragraphs.append(stripped)
        joins = wrapped
    return paragraphs


def _lines(text: str) -> list[Range]:
    ranges = []
    start = 0
    for line in text.split("\n"):
        ranges.append((start, start + len(line)))
        start += len(line) + 1
    return ranges


def _strip(text: str, start: int, end: int) -> Range | None:
    line = text[start:end]
    left = start + len(line) - len(line.lstrip())
    right = start + len(line.rstrip())
    return (left, right) if left < right else None


def _did_not_fit(text: str, paragraph: Range, line: Range, width: int) -> bool:
    """Whether the first word of ``line`` was too long for the line above it."""
    above = paragraph[1] - (text.rfind("\n", 0, paragraph[1]) + 1)
    word = _FIRST_WORD.match(text, *line)
    return above >= _WRAP_WIDTH[0] and word is not None and above + 1 + len(word[1]) > width
