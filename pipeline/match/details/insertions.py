"""Words that a quote puts in.

In: a ``Finding``. Out: a difference for the largest run of printed words that nothing heard accounts for. Never blames
a free rendering: heard words that are left over at the place are set against the run, and words that the word lists do
not know count half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.difference import Difference
from pipeline.match.words.bridge import renderable
from pipeline.records import QuoteFlagKind

PUT_IN = 2.4
PLAINLY_PUT_IN = 2.9
USED = 0.45
STRAY = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Printed words (first, end) without an account, and how much they weigh more than what was left unsaid there."""

    first: int
    end: int
    size: float


def insertions(finding: Finding) -> list[Difference]:
    """The largest insertion, if it is large enough."""
    run = max(runs(finding), key=lambda run: run.size, default=None)
    if run is None or run.size < PUT_IN:
        return []
    printed = " ".join(token.text for token in finding.quoted[run.first : run.end])
    return [Difference(QuoteFlagKind.INSERTION, printed, "", False, run.size >= PLAINLY_PUT_IN)]


def runs(finding: Finding) -> Iterator[Run]:
    """Every run of printed content words that have no account of their own."""
    first, strangers = 0, 0.0
    for place, token in enumerate(finding.quoted):
        if not token.content:
            continue
        if finding.path[place] != NONE and finding.support[place] >= USED:
            if strangers:
                yield Run(first, place, strangers - _unsaid(finding, first, place))
            first, strangers = place + 1, 0.0
        else:
            strangers += 1.0 if token.key in renderable() or token.text[0].isdigit() else STRAY
    if strangers:
        end = len(finding.quoted)
        yield Run(first, end, strangers - _unsaid(finding, first, end))


def _unsaid(finding: Finding, first: int, end: int) -> float:
    """How many heard content words at the place of a run no printed word could account for."""
    before = [c for c, s in zip(finding.path[:first], finding.support[:first], strict=True) if c != NONE and s >= USED]
    after = [c for c, s in zip(finding.path[end:], finding.support[end:], strict=True) if c != NONE and s >= USED]
    low, high = (before[-1] if before else -1), (after[0] if after else len(finding.row))
    low, high = min(low, high), max(low, high)
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    return float(
        sum(
            slot.heard.content and not any(row.get(key, 0.0) >= USED for row in wanted for key in slot.keys)
            for slot in finding.row[max(0, low) : high + 1]
        )
    )
