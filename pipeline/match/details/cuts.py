"""Words left out without a mark.

In: a ``Finding`` and the quote's text. Out: differences. Never blames a quote for ending early or starting late.

A silent omission is a run of heard content words that no printed word accounts for, between two printed words that
stand side by side; printed words without an account are set against it, since a free rendering leaves both. A quote
without a mark that is shorter than the translation of its passage makes a gap weigh more, a longer one less.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.difference import Difference
from pipeline.match.words.numerals import word_value
from pipeline.match.words.tokens import Token
from pipeline.match.words.units import units_of
from pipeline.records import QuoteFlagKind

MARK = re.compile(r"…|\.\.\.|\[\s*\]")
LEFT_OUT = 2.1
PLAINLY_LEFT_OUT = 3.25
SHORTNESS = 2.0
JUDGED_WORDS = 10  # the length of a shorter quote tells nothing
USED = 0.45
CUT_OFF = 2  # content words beside a mark that a cut may have torn from what turned them


@dataclass(frozen=True, slots=True)
class Gap:
    """Heard words between two used ones that no printed word accounts for: how much is missing, and its slots."""

    size: float
    columns: tuple[int, ...]
    place: int


def omissions(finding: Finding, text: str) -> list[Difference]:
    """The largest silent omission, if it is large enough."""
    gap = max(gaps(finding, text), key=lambda gap: gap.size, default=None)
    if gap is None or gap.size < LEFT_OUT:
        return []
    heard = " ".join(finding.row[column].heard.text for column in range(gap.columns[0], gap.columns[-1] + 1))
    printed = " ".join(token.text for token in finding.quoted[max(0, gap.place - 1) : gap.place + 2])
    return [Difference(QuoteFlagKind.OMISSION, printed, heard, False, gap.size >= PLAINLY_LEFT_OUT)]


def gaps(finding: Finding, text: str) -> list[Gap]:
    """The unmarked gaps of a quote.

    The size is the mean of the heard and the translated content words left out, plus part of the function words, less
    part of the printed words at that place that have no account of their own, plus how much shorter the quote is.
    """
    covered = _covered(finding)
    marks = [found.start() for found in MARK.finditer(text)]
    places = _content_places(finding)
    columns = sorted(places)
    short = 0.0 if marks else SHORTNESS * _shortness(finding)
    found = []
    for left, right in pairwise(columns):
        if finding.row[left].line != finding.row[right].line or right - left < 2:
            continue
        low, high = _seam(places[left], places[right])
        if any(finding.quoted[low].end_char <= mark <= finding.quoted[high].start_char for mark in marks):
            continue
        between = (c for c in range(left + 1, right) if c not in covered and not _counted(finding, c))
        missing = [c for c in between if finding.row[c].heard.content]
        if missing:
            size = short + _size(finding, (left, right), (low, high), missing)
            found.append(Gap(size, tuple(missing), low))
    return found


def _counted(finding: Finding, column: int) -> bool:
    """Whether a heard word is what the number before it counts: a sign or nothing is enough for it in print."""
    before = finding.row[column - 1].heard.text
    return bool(units_of(finding.row[column].heard)) and (before[0].isdigit() or word_value(before) is not None)


def marked_slots(finding: Finding, text: str) -> set[int]:
    """Slots that a marked ellipsis leaves out: those between the printed words on either side of a mark."""
    found: set[int] = set()
    placed = [
        (place, column)
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED and finding.quoted[place].content
    ]
    for mark in (match.start() for match in MARK.finditer(text)):
        before = [column for place, column in placed if finding.quoted[place].end_char <= mark]
        after = [column for place, column in placed if finding.quoted[place].start_char >= mark]
        if before and after:
            found.update(range(min(before[-1], after[0]) + 1, max(before[-1], after[0])))
    return found


def beside_marks(words: Sequence[Token], text: str, reach: int = CUT_OFF) -> set[int]:
    """The places of the printed content words nearest to a mark inside a quote, ``reach`` on either side of each."""
    content = [place for place, token in enumerate(words) if token.content]
    found: set[int] = set()
    for mark in (match.start() for match in MARK.finditer(text)):
        before = [place for place in content if words[place].end_char <= mark]
        after = [place for place in content if words[place].start_char >= mark]
        found.update((*before[-reach:], *after[:reach]) if before and after else ())
    return found


def _content_places(finding: Finding) -> dict[int, list[int]]:
    """Used slots with the printed content words that stand on them."""
    places: dict[int, list[int]] = {}
    for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True)):
        if column != NONE and held >= USED and finding.quoted[place].content:
            places.setdefault(column, []).append(place)
    return places


def _seam(left: Sequence[int], right: Sequence[int]) -> tuple[int, int]:
    """The two printed words nearest to each other, in the order of print."""
    _, one, two = min((abs(a - b), a, b) for a in left for b in right)
    return min(one, two), max(one, two)


def _size(finding: Finding, ends: tuple[int, int], seam: tuple[int, int], missing: Sequence[int]) -> float:
    translated = sum(token.content for column in missing for token in finding.row[column].translated)
    used = {column for column, held in zip(finding.path, finding.support, strict=True) if held >= USED}
    light = sum(1 for c in range(ends[0] + 1, ends[1]) if not finding.row[c].heard.content and c not in used)
    spare = sum(
        1 for place in range(seam[0] + 1, seam[1]) if finding.quoted[place].content and finding.support[place] < USED
    )
    heavy = (len(missing) + min(translated, 8)) / 2 if any(slot.translated for slot in finding.row) else len(missing)
    return heavy + 0.4 * light - 0.5 * spare


def _shortness(finding: Finding) -> float:
    """Logarithm of the length of the passage's translation over that of the words printed of it; 0 is as long."""
    used = [
        (place, column)
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED
    ]
    if len(used) < 2 or len(finding.quoted) < JUDGED_WORDS:
        return 0.0
    columns = [column for _, column in used]
    said = [token for slot in finding.row[min(columns) : max(columns) + 1] for token in slot.translated]
    printed = finding.quoted[used[0][0] : used[-1][0] + 1]
    return math.log(_length(said) / _length(printed)) if said else 0.0


def _length(words: Sequence[Token]) -> int:
    return sum(len(word.text) for word in words)


def _covered(finding: Finding) -> set[int]:
    """Slots that some printed word could account for, aligned with it or not."""
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    return {
        column
        for column, slot in enumerate(finding.row)
        if any(row.get(key, 0.0) >= USED for row in wanted for key in slot.keys)
    }
