"""How sure each account of a quote is, best first.

In: findings and rivals of one quote. Out: ``Rated`` rows. Never asks a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.align.find import Finding, Rival
from pipeline.match.align.stitch import with_distant
from pipeline.match.index.library import Library
from pipeline.match.witnesses.confidence import confidence, measures


@dataclass(frozen=True, eq=False)
class Rated:
    """A finding and the probability that it holds the quote."""

    sure: float
    finding: Finding


def rate(findings: Sequence[Finding], rivals: Sequence[Rival]) -> list[Rated]:
    """The findings with their probabilities, best first."""
    rows = [Rated(confidence(measures(finding, rivals)), finding) for finding in findings]
    return sorted(rows, key=lambda row: -row.sure)


def completed(library: Library, rated: Rated, rivals: Sequence[Rival]) -> Rated:
    """The same with a distant part where the quote needs one, and the greater of both probabilities."""
    joined = with_distant(library, rated.finding, rivals)
    if joined is rated.finding:
        return rated
    return Rated(max(rated.sure, confidence(measures(joined, rivals))), joined)


def surest(library: Library, findings: Sequence[Finding], rivals: Sequence[Rival]) -> Rated:
    """The finding that most probably holds the quote, completed."""
    return completed(library, rate(findings, rivals)[0], rivals)
