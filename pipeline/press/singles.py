"""Single quotation marks told from apostrophes.

In: the single marks of one paragraph. Out: for each, when asked in order, whether it opens, closes or does nothing.
Never looks inside double marks: a single there belongs to the quote's own text.

Apostrophes: inside a word (don't, O’Brien); before a clipped word ('tis, ’em, ’90s); after a word when a single mark
that ends a clause still follows (the soldiers' homes are gone,').
"""

from __future__ import annotations

import re
from typing import Final, Literal

from pipeline.press.marks import Mark

Action = Literal["open", "close", "stray", "skip"]

_OPENING: Final = frozenset("'‘`")
_STRONG: Final = frozenset(".,?!…—–-")
_CLIPPED: Final = re.compile(
    r"(?:tis|twas|twere|twill|em|til|till|n|cause|round|bout|cos|cuz|nough|neath|gainst|kay|tween|\d\ds?)(?!\w)", re.I
)
_LOWER_NEXT: Final = re.compile(r"\s+[a-zа-яё]")


class Singles:
    """Answers for the single marks of one paragraph, in their order."""

    def __init__(self, text: str, marks: list[Mark]) -> None:
        self._text = text
        self._position = {mark.start: index for index, mark in enumerate(marks)}
        self._marks = marks
        self._next_strong = self._strong_closers_ahead()
        self._last_closer = max((m.start for m in marks if m.closes and m.text != "‘"), default=-1)

    def action(self, mark: Mark, top: Mark | None, paragraph_start: int) -> Action:
        """What ``mark`` does when ``top`` is the innermost open mark."""
        if mark.left == "text" and mark.right == "text":
            return "skip"
        if top is not None and not top.single:
            return "skip"
        if top is None:
            return self._opening(mark, paragraph_start)
        if mark.closes and mark.text != "‘":
            return "skip" if self._is_possessive(mark) else "close"
        return "open" if mark.text == "‘" and mark.opens and not self._is_clipped(mark) else "skip"

    def _opening(self, mark: Mark, paragraph_start: int) -> Action:
        if mark.text not in _OPENING or mark.left != "space" or mark.right == "space":
            return "skip"
        if self._is_clipped(mark):
            return "skip"
        at_start = mark.start == paragraph_start and mark.text == "‘"
        return "open" if at_start or self._last_closer > mark.start else "skip"

    def _is_clipped(self, mark: Mark) -> bool:
        """A clipped word, unless the marks only balance when it opens a quote."""
        if not _CLIPPED.match(self._text, mark.end):
            return False
        return not self._next_strong[self._position[mark.start]] or mark.text == "’"

    def _is_possessive(self, mark: Mark) -> bool:
        if self._text[mark.start - 1] in _STRONG or not _LOWER_NEXT.match(self._text, mark.end):
            return False
        return self._next_strong[self._position[mark.start]]

    def _strong_closers_ahead(self) -> list[bool]:
        """For each mark: whether the next one that is no apostrophe closes after punctuation."""
        ahead = [False] * len(self._marks)
        strong = False
        for index in range(len(self._marks) - 1, -1, -1):
            ahead[index] = strong
            mark = self._marks[index]
            if mark.closes and mark.text != "‘":
                before = self._text[mark.start - 1]
                strong = before in _STRONG or (strong and before.isalnum())
            elif mark.opens and mark.text != "’" and not _CLIPPED.match(self._text, mark.end):
                strong = False
        return ahead
