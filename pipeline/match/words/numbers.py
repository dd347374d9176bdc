"""Numbers of both languages, read from digits, words, scales, parts and Russian inflections.

In: tokens of either language. Out: ``Number`` rows, each with every value it may stand for, and what it counts.
Never rounds or judges; two numbers agree when they share a possible value and may count the same, or are about the same
amount in two units (six weeks, полтора месяца).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.match.words.number_words import part_after, read_words
from pipeline.match.words.numerals import DIGITS, digit_values, roman_value, word_value
from pipeline.match.words.tokens import CYRILLIC, Token, russian_form
from pipeline.match.words.units import NO_UNIT, PART_OF_ALL, Unit, same_amount, units_beside, units_of

SCALES = frozenset({100.0, 1e3, 1e6, 1e9, 1e12})
YEAR = re.compile(r"(19|20)\d\d")
CENTURIES = (18.0, 19.0, 20.0)
BEGUN = frozenset({"день", "сутки", "неделю", "месяц", "год", "век", "десятилетие"})
RANGES = frozenset({"до", "to"})
AFTERNOON = frozenset({"p", "pm", "evening", "afternoon", "вечера", "пополудни"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: its possible values, the half-open range of tokens it covers, and what it may count.

    A unit without a number (a week) has no values: it only accounts for one of its kind (seven days).
    """

    values: frozenset[float]
    first: int
    end: int
    digits: bool
    units: frozenset[Unit] = NO_UNIT

    def agrees(self, other: Number) -> bool:
        """Whether both may mean the same."""
        if self.shares(other) and self._fits(other):
            return True
        return any(
            same_amount(left, right, unit, another)
            for left in self.values or {1.0}
            for right in other.values or {1.0}
            for unit in self.units
            for another in other.units
        )

    def shares(self, other: Number) -> bool:
        """Whether both may have one value, whatever they count."""
        return not self.values.isdisjoint(other.values)

    def scales(self, other: Number) -> bool:
        """Whether this is a bare scale word (million) of the other number (two million)."""
        largest = max(self.values, default=0.0)
        return (
            self.end - self.first == 1
            and largest in SCALES
            and any(largest <= value < 1000 * largest for value in other.values)
            and self._fits(other)
        )

    def _fits(self, other: Number) -> bool:
        return not (self.units and other.units) or not self.units.isdisjoint(other.units)


def _read_digits(rows: Sequence[Token], start: int) -> Number:
    """A number in digits; groups of three that blanks divide are one number."""
    end = start + 1
    text = rows[start].text
    while (
        end < len(rows)
        and re.fullmatch(r"\d{3}", rows[end].text)
        and len(text) <= 3 * (end - start)
        and rows[end].start_char == rows[end - 1].end_char + 1
        and re.fullmatch(r"[\d ]+", text)
    ):
        text += " " + rows[end].text
        end += 1
    values = {float(text.replace(" ", ""))} if " " in text else digit_values(text)
    if " " in text:
        values |= {float(part) for part in text.split()}
    if start and (century := _season(rows[start - 1], rows[start])):
        values |= {century + value for value in values}
    if _plural(rows, end):  # the 1800s are the nineteenth century, the 1990s are the nineties
        values |= {value / 100 + 1 for value in values if value in range(1000, 2100, 100)}
        values |= {value % 100 for value in values if value > 1000 and value % 100}
    return Number(frozenset(values), start, end, True)


def _season(before: Token, token: Token) -> float:
    """The century of a year in two digits that is written to a whole one (2021/22); 0 where it is none."""
    joined = token.start_char - before.end_char == 1 and len(token.text) == 2 and YEAR.fullmatch(before.text)
    return float(before.text[:2]) * 100 if joined else 0.0


def _plural(rows: Sequence[Token], place: int) -> bool:
    """Whether an s is written to the number before it (the 1800s, the nineteenth century)."""
    return place < len(rows) and rows[place].text == "s" and rows[place].start_char == rows[place - 1].end_char


def _scaled(number: Number, rows: Sequence[Token], found: Sequence[Number]) -> Number:
    """Adds the readings under a scale word that follows, over the rest of a range (8-10 тыс.)."""
    end = number.end
    for other in found:
        if other.first == end and other.digits:
            end = other.end
    scale = word_value(rows[end].text) if end < len(rows) else None
    if scale is None or scale[0] != "scale":
        return number
    wide = {value * scale[1] for value in number.values}
    return replace(number, values=number.values | wide)


def _ranged(number: Number, rows: Sequence[Token], found: Sequence[Number]) -> Number:
    """Adds the reading under the scale of the number that ends a range in words (с девяти до двадцати миллионов)."""
    until = next((other for other in found if other.first == number.end + 1), None)
    if until is None or rows[number.end].text.lower() not in RANGES:
        return number
    scale = word_value(rows[until.end - 1].text)
    if scale is None or scale[0] != "scale" or max(number.values, default=0.0) >= scale[1]:
        return number
    return replace(number, values=number.values | {value * scale[1] for value in number.values})


def numbers(rows: Sequence[Token]) -> list[Number]:
    """All numbers of a text in order, and the units that no number stands beside."""
    found: list[Number] = []
    place = 0
    while place < len(rows):
        number = _read(rows, place)
        if number:
            found.append(number)
        place = number.end if number else place + 1
    read = [_scaled(number, rows, found) if number.digits else _ranged(number, rows, found) for number in found]
    counted = [_counted(number, rows) for number in _years(read, rows)]
    return sorted([*counted, *_bare_units(rows, counted)], key=lambda number: number.first)


def _read(rows: Sequence[Token], place: int) -> Number | None:
    """The number that begins at a token."""
    token = rows[place]
    if DIGITS.match(token.text):
        return _read_digits(rows, place)
    if (words := read_words(rows, place)) is not None:
        values, end, part = words
        return Number(values, place, end, False, frozenset({PART_OF_ALL}) if part else NO_UNIT)
    value = roman_value(token.text)
    return Number(frozenset({value}), place, place + 1, False) if value is not None else None


def _counted(number: Number, rows: Sequence[Token]) -> Number:
    """A number with the units beside it; hours after noon are also those of the twenty-four."""
    units = units_beside(rows, number.first, number.end) or number.units
    values = number.values
    if any(token.text.lower() in AFTERNOON for token in rows[number.end : number.end + 2]):
        values |= {value + 12 for value in values if value < 12}
    return replace(number, values=values | _begun(number, rows, units), units=units)


def _begun(number: Number, rows: Sequence[Token], units: frozenset[Unit]) -> set[float]:
    """Between two and three: more than two weeks, третью неделю."""
    if not any(measure == "time" for measure, _ in units) or number.digits or number.end >= len(rows):
        return set()
    last, after = rows[number.end - 1], rows[number.end].text.lower()
    if CYRILLIC.match(last.text):
        ordinal = russian_form(last.text).part == "ADJF" and after in BEGUN
        return {value - 0.5 for value in number.values if ordinal and value > 1}
    before = [token.text.lower() for token in rows[max(0, number.first - 2) : number.first]]
    over = before == ["more", "than"] or before[-1:] == ["over"]
    return {value + 0.5 for value in number.values if over}


def _bare_units(rows: Sequence[Token], found: Sequence[Number]) -> list[Number]:
    """The units that no number stands beside (полгода, a year and a half), or that are numbers as well (вдвое)."""
    ends = {number.end for number in found} | {number.end + 1 for number in found}
    return [
        Number(
            frozenset({1 + part} if (part := part_after(rows, place + 1)[0]) else ()), place, place + 1, False, units
        )
        for place, token in enumerate(rows)
        if place not in ends and (units := units_of(token))
    ]


def _years(found: Sequence[Number], rows: Sequence[Token]) -> list[Number]:
    """The numbers with years that are said in two halves (nineteen forty-three) made one."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        if last and last.end == number.first and _halves(last, number, rows):
            values = frozenset(100 * century + year for century in last.values for year in number.values)
            joined[-1] = Number(values, last.first, number.end, False)
        else:
            joined.append(number)
    return joined


def _halves(first: Number, second: Number, rows: Sequence[Token]) -> bool:
    """Whether two neighbouring numbers are the halves of a year in words."""
    near = rows[second.first].start_char - rows[first.end - 1].end_char == 1
    words = not (first.digits or second.digits or CYRILLIC.match(rows[first.first].text))
    return words and near and first.values <= set(CENTURIES) and all(10 <= value < 100 for value in second.values)
