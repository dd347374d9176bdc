"""Passages joined, sentences moved.

In: a ``Finding`` and its library. Out: differences, with the seconds between the parts. Never blames the order of
clauses inside one sentence: languages differ in it.
"""

from __future__ import annotations

from itertools import pairwise

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.difference import Difference
from pipeline.match.index.library import Library, Line, sentence_bounds
from pipeline.records import QuoteFlagKind

USED = 0.45
LEAST_WORDS = 3


def moves(library: Library, finding: Finding) -> list[Difference]:
    """A stitch, and parts that were spoken in another order than they are printed."""
    return [*_stitches(library, finding), *_order(library, finding)]


def _stitches(library: Library, finding: Finding) -> list[Difference]:
    if not finding.seam:
        return []
    one, two = finding.lines
    words = finding.quoted[max(0, finding.seam - 3) : finding.seam + 3]
    seam = " ".join(token.text for token in words)
    return [Difference(QuoteFlagKind.STITCH, seam, _between(library, one, two), False, True)]


def _order(library: Library, finding: Finding) -> list[Difference]:
    """Sentences of one recording that are printed in another order than they were spoken in."""
    spans = [span for span in (_span(finding, line) for line in finding.lines) if span]
    for one, two in pairwise(sorted(spans, key=lambda span: span[0])):
        lines = one[2], two[2]
        if lines[0].recording == lines[1].recording and lines[0].number > lines[1].number and one[1] < two[0]:
            printed = " ".join(token.text for token in finding.quoted[max(0, two[0] - 2) : two[0] + 2])
            return [Difference(QuoteFlagKind.ORDER, printed, _between(library, *lines), False, True)]
    return []


def _span(finding: Finding, line: Line) -> tuple[int, int, Line] | None:
    """First and last printed content word that stands on a sentence; None where there are too few."""
    places = [
        place
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED and finding.quoted[place].content and finding.row[column].line == line.number
    ]
    return (places[0], places[-1], line) if len(places) >= LEAST_WORDS else None


def _between(library: Library, left: Line, right: Line) -> str:
    if left.recording != right.recording:
        return "two recordings"
    transcript = library.documents[left.recording].transcript
    early, late = sorted((left.index, right.index))
    gap = sentence_bounds(transcript, late)[0] - sentence_bounds(transcript, early)[1]
    return f"{max(0, gap) / 1000:.1f} s apart"
