"""Quotation marks, paired within one paragraph.

In: text and the range of one paragraph. Out: the outermost pairs, an opening mark that is never closed, and a closing
mark that was never opened. Never joins paragraphs (see ``spans``), never decides what a pair means, never raises.

Singles inside doubles are left alone: only the outermost pair is a quote. Linear in the length of the paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from pipeline.press.marks import DIRECTED_OPENERS, STRAIGHT, Mark, find_marks
from pipeline.press.singles import Action, Singles

_OPENERS_OF: Final = {
    "»": ("«",),
    "›": ("‹",),
    "”": ("“", "„", "‟", '"', "＂", "``"),
    "“": ("„", "“"),
    '"': ('"', "＂", "“", "„", "``"),
    "＂": ("＂", '"'),
    "''": ("''", "``"),
}
_SINGLE_OPENERS: Final = ("'", "‘", "`")
_NUMBER: Final = re.compile(r"(?<!\d)\d{1,3}(?:[.,/]\d+)?[½¼¾]?\Z|[½¼¾]\Z")
_NUMBER_CHARS: Final = 8
_GOES_ON: Final = re.compile(r"\s*(?:[a-zа-яё\d×(]|-\w)")


@dataclass(frozen=True, slots=True)
class Pair:
    """A quoted stretch: ``start`` and ``end`` frame what stands between the marks."""

    mark: str
    start: int
    end: int


@dataclass(slots=True)
class ParagraphMarks:
    """The outermost pairs of one paragraph and what is left over."""

    start: int
    end: int
    pairs: list[Pair] = field(default_factory=list)
    unclosed: Mark | None = None
    stray_closer: Mark | None = None


@dataclass(slots=True)
class _Stack:
    """The marks that are open, innermost last, counted by sign so that no search is needed."""

    marks: list[Mark] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)

    def holds_opener_of(self, mark: Mark) -> bool:
        return any(self.count[opener] for opener in _OPENERS_OF.get(mark.text, ()))

    def push(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.count[mark.text] += 1

    def pop_opener_of(self, mark: Mark) -> Mark:
        """The opener of ``mark``; what was opened after it and never closed is dropped."""
        openers = _SINGLE_OPENERS if mark.single else _OPENERS_OF[mark.text]
        while True:
            opener = self.marks.pop()
            self.count[opener.text] -= 1
            if opener.text in openers:
                return opener


def pair_marks(text: str, start: int, end: int) -> ParagraphMarks:
    """Pair the marks of the paragraph ``text[start:end]``."""
    marks = find_marks(text, start, end)
    singles = Singles(text, [mark for mark in marks if mark.single])
    inches = _inch_marks(text, marks)
    found = ParagraphMarks(start, end)
    stack = _Stack()
    for mark in marks:
        action = _action(mark, stack, inches)
        if mark.single:
            action = singles.action(mark, stack.marks[-1] if stack.marks else None, start)
        if action == "open":
            stack.push(mark)
        elif action == "close":
            _add(found.pairs, Pair((opener := stack.pop_opener_of(mark)).text, opener.end, mark.start))
        elif action == "stray" and not stack.marks and found.stray_closer is None:
            found.stray_closer = mark
    found.unclosed = stack.marks[0] if stack.marks else None
    return found


def _add(pairs: list[Pair], pair: Pair) -> None:
    """Add a pair; those inside it go."""
    while pairs and pairs[-1].start >= pair.start:
        pairs.pop()
    pairs.append(pair)


def _action(mark: Mark, stack: _Stack, inches: dict[int, bool]) -> Action:
    """What a double mark does."""
    has_opener = stack.holds_opener_of(mark)
    if mark.text in STRAIGHT:
        if mark.start in inches and (inches[mark.start] or not has_opener):
            return "skip"
        return _straight_action(mark, has_opener)
    if mark.text in DIRECTED_OPENERS and not (mark.text == "“" and mark.closes):
        return "open"
    if has_opener:
        return "close"
    return "open" if mark.text == "”" and mark.opens else "stray"


def _straight_action(mark: Mark, has_opener: bool) -> Action:
    if has_opener:
        return "open" if mark.opens else "close"
    if mark.left == "space":
        return "stray" if mark.right == "space" else "open"
    return "open" if mark.right == "text" else "stray"


def _inch_marks(text: str, marks: list[Mark]) -> dict[int, bool]:
    """Straight marks after a number, and whether they mean inches even within an open quote.

    Within one they do when the sentence goes on and the next straight mark closes.
    """
    inches: dict[int, bool] = {}
    next_closes = False
    for mark in reversed(marks):
        if mark.text not in STRAIGHT:
            continue
        if mark.left == "text" and _NUMBER.search(text[max(0, mark.start - _NUMBER_CHARS) : mark.start]):
            inches[mark.start] = next_closes and _GOES_ON.match(text, mark.end) is not None
        next_closes = mark.closes
    return inches
