"""A number in words, as far as the words go on: sums, products, parts and decimals.

In: tokens and the place where a number may begin. Out: its possible values, where it ends, and whether it is a part
of something (three quarters). Never reads digits or units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.words.calendar import is_month
from pipeline.match.words.numerals import word_value
from pipeline.match.words.tokens import CYRILLIC, Token, russian_form
from pipeline.match.words.units import LINKS, units_of

YEARS = range(1900, 2030)
LARGEST_NUMERATOR = 20
MANY = 1e6
WHOLE_FROM = 1e5  # a third of a million is 333,333
NOT_HALVES = frozenset({"first", "second", "other", "last", "this", "past"})
OWNED = frozenset({"its", "their", "his", "her", "my", "our", "your"}) | LINKS
EACH_OF = frozenset({"a", "every", "каждый", "один"})
WHOLE = frozenset({"every", "каждый"})
MEASURED = frozenset({"by", "about", "almost", "nearly", "over", "than", "roughly", "only", "just"})
PART = frozenset({"часть", "доля"})
FOLDS = frozenset({"вдвое", "втрое", "вчетверо", "впятеро"})
POINTS = frozenset({"point", "и"})
PAIRS = frozenset({"пара", "пар", "pair", "coupl"})
WITH = frozenset({"с", "and"})


@dataclass(slots=True)
class _Reader:
    """The sums so far: what is closed by a thousand or more, whole ones before a decimal, and what is still open."""

    rows: Sequence[Token]
    first: int
    end: int
    total: float = 0.0
    whole: float = 0.0
    current: float = 0.0
    scale: float = 1.0
    part: bool = False

    def step(self) -> bool:
        """Reads on by a word or two; whether there was one."""
        if self.end >= len(self.rows):
            return False
        if self.end > self.first and (self._point() or self._and_part() or self._denominator() or self._joined()):
            return True
        found = word_value(self.rows[self.end].text)
        if found is None:
            return False
        kind, value = found
        if kind == "scale":
            self._multiply(value)
        elif kind == "share":
            if self.current and not _counted_part(self.rows[self.end - 1], self.rows[self.end]):
                return False
            self.current, self.part = (self.current or 1.0) * value, True
        elif self.part or (self.end > self.first and not _adds(self.current, value, self.rows[self.end])):
            return False
        else:
            self.current += value
        self.end += 1
        return True

    def _multiply(self, scale: float) -> None:
        self.current = (self.whole + (self.current or (0.0 if self.whole else 1.0))) * scale
        self.whole, self.scale, self.part = 0.0, scale, False
        if scale >= 1000:
            self.total, self.current = self.total + self.current, 0.0

    def _point(self) -> bool:
        """Nine point six, девять и шесть десятых."""
        joint, *after = (token.text.lower() for token in self.rows[self.end : self.end + 3])
        found = word_value(after[0]) if after and joint in POINTS else None
        tenths = joint != "и" or after[1:] in (["десятых"], ["десятая"])
        if found is None or found[0] != "value" or found[1] >= 10 or not tenths:
            return False
        self.current, self.end, self.part = self.current + found[1] / 10, self.end + (3 if joint == "и" else 2), True
        return True

    def _and_part(self) -> bool:
        """Two and a half, одиннадцать с четвертью, a million and a half."""
        part, length = part_after(self.rows, self.end)
        self.current += part * self.scale
        self.end += length
        return length > 0

    def _denominator(self) -> bool:
        """Four fifths, четыре пятых, две десятых."""
        text = self.rows[self.end].text
        found = word_value(text if CYRILLIC.match(text) else text.removesuffix("s"))
        count = self.current
        if not (found and 0 < count < LARGEST_NUMERATOR and _divides(self.rows[self.end], count, found[1])):
            return False
        self.current, self.part, self.end = count / found[1], not self.whole, self.end + 1
        return True

    def _joined(self) -> bool:
        """Words between two numbers of one: a hundred and five, три целых две десятых, half of a million."""
        ahead = self.rows[self.end : self.end + 3]
        many = self.rows[self.end - 1].text.endswith("s") and ahead[0].key == "of"  # hundreds of thousands
        links = 0
        while self.part and links < len(ahead) and ahead[links].text.lower() in LINKS:
            links += 1
        if ahead[0].key == "целый" and self.current:
            self.whole, self.current, links = self.whole + self.current, 0.0, 1
        elif many or (ahead[0].key == "and" and self.current >= 100):
            links = 1
        after = word_value(ahead[links].text) if 0 < links < len(ahead) else None
        if after is None or ((self.part or many) and after[0] != "scale"):
            return False
        self.end += links
        return True

    def values(self) -> set[float]:
        """What the words may mean."""
        current = round(self.whole + self.current, 4)
        found = {round(self.total, 4 if self.total < WHOLE_FROM else 0) + current} | ({current} if current else set())
        if self.total >= MANY and 100 <= current < 1000 and CYRILLIC.match(self.rows[self.first].text):
            found.add(self.total + current * 1000)  # миллион двести
        return found


def part_after(rows: Sequence[Token], place: int) -> tuple[float, int]:
    """The part that is added at a place (and a half, с половиной) and the words that say so; nothing is 0 and 0."""
    words = [token for token in rows[place : place + 3] if token.key != "a"]
    found = word_value(words[1].text) if len(words) > 1 and words[0].key in WITH else None
    if found is None or found[0] != "share":
        return 0.0, 0
    return found[1], 2 if words[1] is rows[place + 1] else 3


def _adds(current: float, value: float, token: Token) -> bool:
    """Whether a value goes on with a number (сорок два), and does not count what it stands before (восемьсот пар)."""
    tens = 20 <= current % 100 <= 90 and current % 10 == 0 and value < 10
    return (tens or not current % 100) and (not current or token.key not in PAIRS)


def _counted_part(count: Token, part: Token) -> bool:
    """Whether a word counts halves or quarters (one quarter, три четверти), and does not tell which one it is."""
    if not CYRILLIC.match(part.text):
        return count.key == "one" or part.text.endswith("s")
    return count.key == "один" or russian_form(count.text).part != "ADJF"


def _divides(token: Token, count: float, value: float) -> bool:
    """Whether an ordinal after a count is the lower part of a fraction."""
    text = token.text.lower()
    if value < 3 or count != int(count):
        return False
    if CYRILLIC.match(text):
        return russian_form(text).part == "ADJF" and text.endswith(("ая", "ой", "ую") if count == 1 else ("ых", "ьих"))
    return text.endswith("th" if count == 1 else "ths") or text.startswith("third")


def read_words(rows: Sequence[Token], start: int) -> tuple[frozenset[float], int, bool] | None:
    """The number in words that begins at a token: its values, its end, whether it is a part of something."""
    if not _begins(rows, start):
        return None
    clock = _clock(rows, start)
    if clock:
        return clock, start + 2, False
    if turned := _turned(rows, start):
        return turned, start + 2, False
    reader = _Reader(rows, start, start)
    while reader.step():
        pass
    words = rows[start : reader.end]
    values = reader.values()
    if not words or (values == {1.0} and not _counts_one(rows, reader.end)):
        return None
    part = _lone_part(rows, start, reader.end)
    scale, length = _of_scale(rows, reader.end) if part and not CYRILLIC.match(words[0].text) else (1.0, 0)
    if length:  # a third of a million
        return frozenset(round(scale / value) for value in values), reader.end + length, False
    more = (
        part
        | _rounder(words)
        | _fold(rows, start, reader.end, values)
        | _short_year(rows, start, reader.end, reader.current)
    )
    return frozenset(values | more), reader.end, reader.part or bool(part)


def _begins(rows: Sequence[Token], place: int) -> bool:
    """Whether a number may begin; not with a lone letter (a.m., M. Smith), a second of time, a city quarter."""
    word = rows[place].text.lower()
    if len(word) == 1 or word_value(word) is None:
        return False
    before = rows[place - 1].text.lower() if place else ""
    after = rows[place + 1] if place + 1 < len(rows) else None
    if word == "second":
        measured = before == "a" and place > 1 and bool(units_of(rows[place - 2]))  # forty metres a second
        return not before[:1].isdigit() and before != "per" and not measured
    if word == "couple":
        return after is not None and after.text.lower() == "of"
    if word not in ("half", "quarter"):
        return True
    counts = after is not None and bool(units_of(after) or word_value(after.text))
    owned = after is not None and after.text.lower() in OWNED
    measured = before in ("a", "one") and rows[max(0, place - 2)].text.lower() in MEASURED
    if word == "half":
        return measured or before in ("by", "in") or (before not in NOT_HALVES and (counts or owned))
    return (counts and before not in NOT_HALVES) or measured or (before in ("a", "one") and owned)


def _clock(rows: Sequence[Token], place: int) -> frozenset[float]:
    """Hours and minutes of половина девятого; the hours of в третьем часу, which is after two."""
    part = word_value(rows[place].text)
    hour = word_value(rows[place + 1].text) if place + 1 < len(rows) else None
    if part and rows[place + 1 : place + 2] and rows[place + 1].text.lower() == "часу":
        return frozenset({part[1], part[1] - 1, part[1] + 11})
    if not (part and hour and part[0] == "share" and rows[place + 1].text.lower().endswith("го")):
        return frozenset()
    return frozenset({part[1] * 60, hour[1] - 1, hour[1] + 11})


def _turned(rows: Sequence[Token], place: int) -> frozenset[float]:
    """About so many: десятка три, сотни две, тысяч пять."""
    lower = rows[place].text.lower()
    scale = word_value(lower)
    count = word_value(rows[place + 1].text) if place + 1 < len(rows) else None
    if not (scale and count and scale[0] == "scale" and count[0] == "value" and CYRILLIC.match(lower)):
        return frozenset()
    return frozenset({scale[1] * count[1], scale[1] + count[1]}) if russian_form(lower).lemma != lower else frozenset()


def _counts_one(rows: Sequence[Token], end: int) -> bool:
    """Whether a bare one is a number: before a month or a unit."""
    return end < len(rows) and (is_month(rows[end]) or bool(units_of(rows[end])))


def _fold(rows: Sequence[Token], start: int, end: int, values: set[float]) -> set[float]:
    """The part that is left of what became so many times less (вдвое, в полтора раза), or what it grew by."""
    times = rows[start].key in FOLDS or any(token.key == "раз" for token in rows[end : end + 1])
    return {round(1 / value, 4) for value in values if value} | {value - 1 for value in values} if times else set()


def _rounder(words: Sequence[Token]) -> set[float]:
    """A bare dozen is also what Russian calls десяток; twelve is not."""
    return {10.0} if len(words) == 1 and words[0].key == "dozen" else set()


def _lone_part(rows: Sequence[Token], start: int, end: int) -> set[float]:
    """The part that a bare ordinal may be (a fifth, каждый пятый, пятая часть)."""
    found = word_value(rows[start].text)
    before, after = rows[max(0, start - 1) : start], rows[end : end + 1]
    named = any(token.key in EACH_OF for token in before) or any(token.key in PART for token in after)
    return (
        {round(1 / found[1], 4)}
        if end == start + 1
        and found
        and named
        and found[1] > (2 if any(token.key not in WHOLE for token in before) else 1)
        else set()
    )


def _of_scale(rows: Sequence[Token], place: int) -> tuple[float, int]:
    """The scale that a part is of (of a million), and the words that say so; nothing is 1 and 0."""
    texts = [token.text.lower() for token in rows[place : place + 3]]
    found = word_value(texts[2]) if len(texts) == 3 and texts[0] == "of" and texts[1] in ("a", "one") else None
    return (found[1], 3) if found and found[0] == "scale" else (1.0, 0)


def _short_year(rows: Sequence[Token], start: int, end: int, value: float) -> set[float]:
    """The years that an ordinal up to ninety-nine may stand for: beside год, or in two words that no noun follows."""
    last, after = rows[end - 1], rows[end : end + 1]
    if not CYRILLIC.match(last.text) or russian_form(last.text).part != "ADJF" or value >= 100:
        return set()
    year = any(token.key == "год" for token in rows[end : end + 2])
    noun = any(russian_form(token.text).part == "NOUN" for token in after if CYRILLIC.match(token.text))
    if not (year or (end - start > 1 and not noun)):
        return set()
    return {century + value for century in (1900, 2000) if century + value in YEARS}
