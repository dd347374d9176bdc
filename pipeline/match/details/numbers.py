"""Printed numbers, days and months that were not heard.

In: a ``Finding`` and the quote's text. Out: differences. Never reads a number itself: that is ``words.numbers``.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.find import Finding
from pipeline.match.details.cuts import beside_marks
from pipeline.match.details.difference import Difference
from pipeline.match.words.calendar import calendar_words
from pipeline.match.words.numbers import Number, numbers
from pipeline.match.words.tokens import Token, tokens
from pipeline.records import QuoteFlagKind


def other_numbers(finding: Finding, text: str) -> list[Difference]:
    """Printed numbers that agree with none that was heard, or else translated, of the same value or of any."""
    heard = [number for line in finding.lines for number in line.heard_numbers]
    known = [number for line in finding.lines for number in line.numbers]
    low, high = finding.quoted[0].start_char - 1, finding.quoted[-1].end_char + 1
    marked = beside_marks(finding.quoted, text, 1)
    torn = {finding.quoted[place].start_char for place in marked}
    printed = [token for token in tokens(text) if low <= token.start_char and token.end_char <= high]  # with signs
    found = []
    for number in numbers(printed):
        said = [other for other in heard if number.shares(other)] or known
        if _the_two(number, printed) and not any(other.values for other in heard):
            continue
        if any(token.start_char in torn for token in printed[number.first : number.end]):
            continue
        if _asks(number) and not any(number.agrees(other) or number.scales(other) for other in said):
            words = " ".join(token.text for token in printed[number.first : number.end])
            found.append(Difference(QuoteFlagKind.NUMBER, words, _heard_numbers(finding), True))
    return found


def _asks(number: Number) -> bool:
    """Whether a printed number must have been heard; one in words is often nobody's count, and zero none (16:00)."""
    return bool(number.values) and number.values != {0.0} and (number.digits or number.values != {1.0})


def _the_two(number: Number, printed: Sequence[Token]) -> bool:
    """Whether a count only points back (the two sides), as English does where the plural is enough for Russian."""
    before = [token.text.lower() for token in printed[max(0, number.first - 1) : number.first]]
    return number.values == {2.0} and not number.digits and before in (["the"], ["these"], ["those"])


def other_dates(finding: Finding) -> list[Difference]:
    """Printed days and months that were not heard where another one was heard that is not printed."""
    heard = [token for line in finding.lines for token in line.heard]
    return [
        Difference(QuoteFlagKind.NUMBER, token.text, ", ".join(others[name].text for name in others), True)
        for printed, said in zip(calendar_words(finding.quoted), calendar_words(heard), strict=True)
        if (others := {name: said[name] for name in said if name not in printed})
        for name, token in printed.items()
        if name not in said
    ]


def _heard_numbers(finding: Finding) -> str:
    heard = [line.heard[number.first : number.end] for line in finding.lines for number in line.heard_numbers]
    return ", ".join(dict.fromkeys(" ".join(token.text for token in words) for words in heard))
