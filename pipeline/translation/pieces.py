"""A sentence that is too long for the translator becomes pieces. Pure: no model, no I/O.

In: a text and a way to measure it. Out: half-open character ranges that cover every word of the text, in order.
Never drops a character other than the white space between pieces.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Where to cut, the best place first: the end of a sentence, a clause, a comma or dash, any white space.
_BOUNDARIES = (
    re.compile(r"[.!?…][\"»”)]*\s+"),
    re.compile(r"[;:]\s+"),
    re.compile(r",\s+|\s+[—–-]\s+"),
    re.compile(r"\s+"),
)
_MARGIN = 0.2  # a cut this close to either end of the text, as a share of it, leaves too little behind


def split_text(text: str, size: Callable[[str], int], limit: int) -> list[tuple[int, int]]:
    """Ranges of ``text`` whose ``size`` is at most ``limit`` (a single character is never cut)."""
    ranges: list[tuple[int, int]] = []
    waiting = [_strip(text, 0, len(text))]
    while waiting:
        start, end = waiting.pop()
        if start == end:
            continue
        if end - start == 1 or size(text[start:end]) <= limit:
            ranges.append((start, end))
            continue
        cut = _cut(text, start, end)
        waiting.append(_strip(text, cut, end))
        waiting.append(_strip(text, start, cut))
    return ranges


def halve(text: str) -> list[tuple[int, int]]:
    """Cut a text in two at the best place near its middle; one range when there is no white space to cut at."""
    start, end = _strip(text, 0, len(text))
    if not any(character.isspace() for character in text[start:end]):
        return [(start, end)] if end > start else []
    cut = _cut(text, start, end)
    return [_strip(text, start, cut), _strip(text, cut, end)]


def _cut(text: str, start: int, end: int) -> int:
    middle = (start + end) // 2
    margin = int((end - start) * _MARGIN)
    for boundary in _BOUNDARIES:
        cuts = [match.end() for match in boundary.finditer(text, start, end)]
        cuts = [cut for cut in cuts if start + margin < cut < end - margin]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - middle))
    return middle


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
