"""Numbers of both languages, read from digits, words, scales and Russian inflections.

In: tokens of an English or Russian text. Out: ``Number`` rows, each with every value it may stand for.
Never rounds, converts units or judges; two numbers agree when they share a possible value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words import CYRILLIC, Token, russian_form

DIGITS = re.compile(r"\d")
ROMAN = re.compile(r"(?=[IVX])X{0,3}(IX|IV|V?I{0,3})")
SCALES = frozenset({100.0, 1e3, 1e6, 1e9, 1e12})
LEAST_STEM = 4
CENTURIES = (18.0, 19.0, 20.0)
YEARS = range(1900, 2030)
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: its possible values and the half-open range of tokens it covers."""

    values: frozenset[float]
    first: int
    end: int
    digits: bool

    def agrees(self, other: Number) -> bool:
        """Whether both may mean the same."""
        return not self.values.isdisjoint(other.values)

    def scales(self, other: Number) -> bool:
        """Whether this is a bare scale word (million) of the other number (two million)."""
        largest = max(self.values)
        return (
            self.end - self.first == 1
            and largest in SCALES
            and any(value % largest == 0 < value for value in other.values)
        )


@cache
def _words() -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Values of number words, of scale words, and of the first parts of Russian compounds (двух-летний)."""
    tables: list[dict[str, float]] = []
    for prefix in ("value", "scale", "compound"):
        found: dict[str, float] = {}
        for name, words in groups("numbers.txt").items():
            kind, _, value = name.partition(" ")
            if kind == prefix:
                found.update(dict.fromkeys(words, float(value)))
        tables.append(found)
    return tables[0], tables[1], tables[2]


def _compound(word: str) -> float | None:
    """The value of the numeral that begins a Russian compound such as двухлетний or стодолларовый."""
    table = _words()[2]
    best = max((p for p in table if word.startswith(p) and len(word) - len(p) >= LEAST_STEM), key=len, default=None)
    if best is None:
        return None
    value, rest = table[best], word[len(best) :]
    units = next((p for p in table if table[p] < 10 and rest.startswith(p) and len(rest) - len(p) >= LEAST_STEM), None)
    return value + table[units] if units and value >= 20 and value % 10 == 0 else value


@cache
def word_value(text: str) -> tuple[str, float] | None:
    """("value" | "scale", number) of a number word of either language, or None."""
    values, scales, _ = _words()
    lower = text.lower().replace("ё", "е")
    forms = [lower]
    if CYRILLIC.match(lower):
        form = russian_form(lower)
        forms.append(form.lemma)
    for form_text in forms:
        if form_text in scales:
            return "scale", scales[form_text]
        if form_text in values:
            return "value", values[form_text]
    if CYRILLIC.match(lower) and (value := _compound(lower)) is not None:
        return "value", value
    return None


def digit_values(text: str) -> set[float]:
    """Every reading of a written number: ``1,200`` is 1200 or 1.2, ``01.04.2021`` is 1, 4 or 2021."""
    parts = [part for part in re.split(r"\D+", text) if part]
    readings = {float("".join(parts))}
    if len(parts) == 2:
        fraction = float(parts[0] + "." + parts[1])
        readings = readings | {fraction} if len(parts[1]) == 3 else {fraction}
    if len(parts) > 2 and not all(len(part) == 3 for part in parts[1:]):
        readings = {float(part) for part in parts}
    return readings


def _roman(token: Token) -> float | None:
    if len(token.text) < 2 or not ROMAN.fullmatch(token.text):
        return None
    digits = [ROMAN_VALUES[letter] for letter in token.text]
    return float(sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)))


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
    if _plural(rows, end):  # the 1800s are the nineteenth century, the 1990s are the nineties
        values |= {value / 100 + 1 for value in values if value in range(1000, 2100, 100)}
        values |= {value % 100 for value in values if value > 1000 and value % 100}
    return Number(frozenset(values), start, end, True)


def _plural(rows: Sequence[Token], place: int) -> bool:
    """Whether an s is written to the number before it (the 1800s, the nineteenth century)."""
    return place < len(rows) and rows[place].text == "s" and rows[place].start_char == rows[place - 1].end_char


def _read_words(rows: Sequence[Token], start: int) -> Number:
    """A number in words: sums and products as far as the words go on (двести пятьдесят тысяч)."""
    total, current, end, seen = 0.0, 0.0, start, set()
    while end < len(rows):
        found = word_value(rows[end].text)
        if found is None:
            if (
                end > start
                and rows[end].key == "and"
                and end + 1 < len(rows)
                and word_value(rows[end + 1].text)
                and current >= 100
            ):
                end += 1
                continue
            break
        kind, value = found
        if kind == "scale":
            current = max(current, 1.0) * value
            if value >= 1000:
                total, current = total + current, 0.0
        elif current % 100 and not (20 <= current % 100 <= 90 and current % 10 == 0 and value < 10):
            break
        else:
            current += value
        seen.add(value)
        end += 1
    values = {total + current} | ({current} if current else set())
    if total >= 1e6 and 100 <= current < 1000 and CYRILLIC.match(rows[start].text):
        values.add(total + current * 1000)  # миллион двести
    return Number(
        frozenset(values | _rounder(rows[start:end]) | _short_year(rows[start:end], current)), start, end, False
    )


def _rounder(words: Sequence[Token]) -> set[float]:
    """A bare dozen is also what Russian calls десяток; twelve is not."""
    return {10.0} if len(words) == 1 and words[0].key == "dozen" else set()


def _short_year(words: Sequence[Token], value: float) -> set[float]:
    """The years that a bare ordinal up to ninety-nine may stand for (восемьдесят девятого)."""
    ordinal = CYRILLIC.match(words[-1].text) and russian_form(words[-1].text).part == "ADJF"
    return {year + value for year in (1900, 2000) if year + value in YEARS} if ordinal and value < 100 else set()


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
    return Number(frozenset(set(number.values) | wide), number.first, number.end, number.digits)


def _halved(number: Number, rows: Sequence[Token]) -> Number:
    """Half of a printed scale (half a million; but not one and a half million)."""
    before = [token.key for token in rows[max(0, number.first - 4) : number.first] if token.key != "a"]
    if before[-1:] != ["half"] or before[-2:-1] == ["and"] or number.end - number.first > 1:
        return number
    return replace(number, values=frozenset(value / 2 for value in number.values))


def numbers(rows: Sequence[Token]) -> list[Number]:
    """All numbers of a text in order."""
    found: list[Number] = []
    place = 0
    while place < len(rows):
        token = rows[place]
        if DIGITS.match(token.text):
            found.append(_read_digits(rows, place))
        elif word_value(token.text) and not _unit(rows, place):
            found.append(_halved(_read_words(rows, place), rows))
        elif (value := _roman(token)) is not None:
            found.append(Number(frozenset({value}), place, place + 1, False))
        else:
            place += 1
            continue
        place = found[-1].end
    read = [_scaled(number, rows, found) if number.digits else number for number in found]
    return _years(read, rows)


def _unit(rows: Sequence[Token], place: int) -> bool:
    """Whether a word that may be a number is something else: a lone letter (a.m., M. Smith), a second of time."""
    after_digits = place > 0 and bool(DIGITS.match(rows[place - 1].text))
    return len(rows[place].text) == 1 or (rows[place].text.lower() == "second" and after_digits)


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
