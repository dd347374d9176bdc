"""Words left out, passages joined, order changed.

In: a ``Finding`` and the quote's text. Out: differences. Never blames a quote for ending early or starting late.

A silent omission is a run of heard content words that no printed word accounts for, between two printed words that stand
side by side; printed words without an account of their own are set against it, since a free rendering leaves both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.match.align import NONE
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.library import Library, sentence_bounds
from pipeline.records import QuoteFlagKind

MARK = re.compile(r"…|\.\.\.|\[\s*\]")
LEFT_OUT = 2.5
USED = 0.45


def cuts(library: Library, finding: Finding, text: str) -> list[Difference]:
    """Omissions, stitches and changes of order, in that order."""
    return [*_omissions(finding, text), *_stitches(library, finding)]


def _omissions(finding: Finding, text: str) -> list[Difference]:
    value, run = silent_cut(finding, text)
    if value < LEFT_OUT:
        return []
    heard = " ".join(finding.row[column].heard.text for column in range(run[0], run[-1] + 1))
    return [Difference(QuoteFlagKind.OMISSION, "", heard, False)]


def silent_cut(finding: Finding, text: str) -> tuple[float, Sequence[int]]:
    """The greatest unmarked gap: heard content words left out less printed ones unaccounted for, and its slots."""
    covered = _covered(finding)
    marks = [found.start() for found in MARK.finditer(text)]
    placed = [(p, c) for p, (c, s) in enumerate(zip(finding.path, finding.support, strict=True)) if c != NONE and s >= USED]
    best: tuple[float, Sequence[int]] = (0.0, ())
    columns = sorted({c for _, c in placed})
    place_of = {c: p for p, c in placed}
    for left, right in zip(columns, columns[1:], strict=False):
        if finding.row[left].line != finding.row[right].line:
            continue
        gap = [c for c in range(left + 1, right) if finding.row[c].heard.content and c not in covered]
        if not gap:
            continue
        low, high = sorted((place_of[left], place_of[right]))
        between = finding.quoted[low].end_char, finding.quoted[high].start_char
        if any(between[0] <= mark <= between[1] for mark in marks):
            continue
        spare = sum(
            1.0 for place in range(low + 1, high) if finding.quoted[place].content and finding.support[place] < USED
        ) if high - low <= 12 else 3.0
        value = len(gap) - spare
        if value > best[0]:
            best = (value, gap)
    return best


def _covered(finding: Finding) -> set[int]:
    """Slots that some printed word could account for, aligned with it or not."""
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    return {
        column for column, slot in enumerate(finding.row)
        if any(row.get(key, 0.0) >= USED for row in wanted for key in slot.keys)
    }


def _stitches(library: Library, finding: Finding) -> list[Difference]:
    if not finding.seam:
        return []
    one, two = finding.lines
    words = finding.quoted[max(0, finding.seam - 3) : finding.seam + 3]
    seam = " ".join(token.text for token in words)
    return [Difference(QuoteFlagKind.STITCH, seam, _between(library, one.number, two.number), False)]


def _between(library: Library, one: int, two: int) -> str:
    left, right = library.lines[one], library.lines[two]
    if left.recording != right.recording:
        return "two recordings"
    transcript = library.documents[left.recording].transcript
    early, late = sorted((left.index, right.index))
    gap = sentence_bounds(transcript, late)[0] - sentence_bounds(transcript, early)[1]
    return f"{gap / 1000:.1f} s apart"
