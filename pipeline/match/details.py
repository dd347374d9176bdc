"""Details apart from wording: what a quote prints and what was heard instead.

In: a ``Finding``. Out: ``Difference`` rows. Never decides a verdict.
"""

from __future__ import annotations

from pipeline.match.align import NONE
from pipeline.match.cuts import cuts
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.library import Library
from pipeline.match.negation import negations
from pipeline.match.numbers import numbers
from pipeline.match.opposites import opposites
from pipeline.match.scope import scope_of
from pipeline.records import QuoteFlagKind


def details(library: Library, finding: Finding, text: str) -> list[Difference]:
    """All differences of a quote from what was heard."""
    scope = scope_of(finding)
    return [
        *_numbers(finding), *_names(finding), *negations(finding, scope), *opposites(finding, scope),
        *cuts(library, finding, text),
    ]


def _numbers(finding: Finding) -> list[Difference]:
    known = [number for line in finding.lines for number in line.numbers]
    found = []
    for number in numbers(finding.quoted):
        if not any(number.agrees(other) for other in known):
            text = " ".join(token.text for token in finding.quoted[number.first : number.end])
            found.append(Difference(QuoteFlagKind.NUMBER, text, _heard_numbers(finding), True))
    return found


def _heard_numbers(finding: Finding) -> str:
    heard = [line.heard[number.first : number.end] for line in finding.lines for number in numbers(line.heard)]
    return ", ".join(" ".join(token.text for token in words) for words in heard)


def _names(finding: Finding) -> list[Difference]:
    found = []
    for place, token in enumerate(finding.quoted):
        named = token.capital and token.content and place > 0 and len(token.text) > 2 and not token.text.isupper()
        if named and finding.support[place] < 0.4:
            found.append(Difference(QuoteFlagKind.NAME, token.text, _near(finding, place), True))
    return found


def _near(finding: Finding, place: int) -> str:
    """The heard words that stand where a printed word would stand."""
    before = next((c for c in reversed(finding.path[:place]) if c != NONE), None)
    after = next((c for c in finding.path[place + 1 :] if c != NONE), None)
    if before is None and after is None:
        return ""
    first = before + 1 if before is not None else max(0, (after or 0) - 2)
    last = after if after is not None and after > first else first + 2
    return " ".join(slot.heard.text for slot in finding.row[first : min(last, first + 4)])
