"""Quotation marks and what stands on either side of each.

In: text and the range of one paragraph. Out: its marks in order. Never pairs them (see ``pairs``), never raises.

Straight marks say neither open nor close; only their neighbours do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Left = Literal["space", "text"]
Right = Literal["space", "text", "mark", "ending", "punctuation"]

SINGLE: Final = frozenset("'‘’`")
STRAIGHT: Final = frozenset({'"', "＂", "''"})
DIRECTED_OPENERS: Final = frozenset({"«", "‹", "“", "„", "‟", "``"})
_MARK: Final = re.compile(r"''|``|[\"“”„‟«»‹›‘’'`＂]")
_MARK_CHARS: Final = frozenset("\"“”„‟«»‹›‘’'`＂")
_ENDING: Final = frozenset(".,;:!?)]}…")
_BEFORE_OPENER: Final = frozenset("([{—–-/")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark and its neighbours; ``left`` of a mark that follows another is that other's."""

    text: str
    start: int
    end: int
    left: Left
    right: Right

    @property
    def single(self) -> bool:
        """Whether it may also be an apostrophe."""
        return self.text in SINGLE

    @property
    def opens(self) -> bool:
        """Whether the neighbours are those of an opening mark."""
        return self.left == "space" and self.right not in ("space", "ending")

    @property
    def closes(self) -> bool:
        """Whether the neighbours are those of a closing mark."""
        return self.left == "text" and self.right != "text"


def find_marks(text: str, start: int, end: int) -> list[Mark]:
    """The marks of ``text[start:end]``; what lies outside counts as white space."""
    marks: list[Mark] = []
    for match in _MARK.finditer(text, start, end):
        previous = marks[-1] if marks and marks[-1].end == match.start() else None
        left = previous.left if previous else _left(text[match.start() - 1] if match.start() > start else " ")
        right = _right(text[match.end()] if match.end() < end else " ")
        marks.append(Mark(match[0], match.start(), match.end(), left, right))
    return marks


def _left(char: str) -> Left:
    return "space" if char.isspace() or char in _BEFORE_OPENER else "text"


def _right(char: str) -> Right:
    if char.isspace():
        return "space"
    if char.isalnum():
        return "text"
    if char in _MARK_CHARS:
        return "mark"
    return "ending" if char in _ENDING else "punctuation"
