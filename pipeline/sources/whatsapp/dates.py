"""The dates of a WhatsApp chat: read when they can be read in one way only, asked for otherwise.

In: what a chat prints before a message, and the day that WhatsApp put into the names of its own files. Out: an order of
day and month where the chat itself proves it, and times in ISO 8601 without a zone, for the export states none. Never
guesses an order, never looks at the clock or the language of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

Order = Literal["day", "month", "year"]
"""Which number comes first: day/month/year, month/day/year or year/month/day."""

_ORDERS: Final[tuple[Order, ...]] = ("day", "month", "year")
_FIRST_YEAR, _LAST_YEAR = 2009, 2099  # WhatsApp began in 2009
_MORNING: Final = frozenset({"am", "ap", "дп", "öö", "πμ", "ص", "قظ", "午前", "上午", "오전"})
_AFTERNOON: Final = frozenset({"pm", "ip", "пп", "ös", "μμ", "م", "بظ", "午後", "下午", "오후"})
_AFTER: Final = frozenset({"", "h", "uhr"})
_BEFORE: Final = frozenset({"", "à", "alas", "alle", "às", "at", "kl", "klo", "om", "um", "в", "о"})
_OWN_NAME: Final = re.compile(
    r"(?:[A-Z]{3}-(20\d{2})(\d{2})(\d{2})-WA\d|(?:\d+-)?[A-Z_]+-(20\d{2})-(\d{2})-(\d{2})-\d{2}-\d{2}-\d{2}\b)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Date and time as a chat prints them: the text, the three numbers of the date in their order, the time of day."""

    text: str
    numbers: tuple[str, str, str]
    time_of_day: time | None
    has_seconds: bool = True
    year_leads: bool = False  # written as only year-first dates are: 2026-05-14, "26. 5. 14."


def time_of_day(clock: str, before: str, after: str) -> time | None:
    """The time in ``clock`` ("9:40", "21.40.03") with the words around it; None when they cannot be understood."""
    hour, minute, second = (*map(int, re.split(r"[:.]", clock)), 0)[:3]
    halves = {_letters(before), _letters(after)} - _BEFORE - _AFTER
    if halves and halves <= _MORNING | _AFTERNOON:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if halves & _AFTERNOON else 0)
    elif halves and hour <= 12:
        return None  # may be a half of the day in a language that is not known here
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def named_day(file_name: str) -> date | None:
    """The day in a name that WhatsApp gave: PTT-20260514-WA0003.opus, 00000012-AUDIO-2026-05-14-21-40-03.opus."""
    found = _OWN_NAME.match(file_name)
    return _date(*(int(part) for part in found.groups() if part)) if found else None


def settle(stamps: Iterable[Stamp], named: Iterable[tuple[Stamp, date]]) -> Order | None:
    """The order that the chat proves, None when nothing proves one or the proofs contradict each other.

    A date proves an order when it exists in no other; so does a file whose name tells the day (give or take one, for
    the phone that named it may have been in another zone).
    """
    proven = {order for stamp in stamps for order in _proof(stamp)}
    proven |= {order for stamp, day in named for order in _proof_by_name(stamp, day)}
    return proven.pop() if len(proven) == 1 else None


def sent_at(stamp: Stamp, order: Order | None) -> str | None:
    """ISO 8601 without zone, to the second or the minute as printed; None when the date could be two dates."""
    days = {day for each in ([order] if order else _ORDERS[:2]) if (day := _day(stamp, each)) is not None}
    if len(days) != 1 or stamp.time_of_day is None:
        return None
    moment = datetime.combine(days.pop(), stamp.time_of_day)
    return moment.isoformat(timespec="seconds" if stamp.has_seconds else "minutes")


def _proof(stamp: Stamp) -> Iterator[Order]:
    """Two-digit years never prove the rare year-first order over another that is possible as well."""
    if not stamp.year_leads:
        possible = [order for order in _ORDERS if _day(stamp, order) is not None]
        usual = [order for order in possible if order != "year"] or possible
        if len(usual) == 1:
            yield usual[0]


def _proof_by_name(stamp: Stamp, named: date) -> Iterator[Order]:
    if not stamp.year_leads:
        days = {order: _day(stamp, order) for order in _ORDERS}
        fitting = [order for order, day in days.items() if day is not None and abs((day - named).days) <= 1]
        if len(fitting) == 1:
            yield fitting[0]


def _day(stamp: Stamp, order: Order) -> date | None:
    first, second, third = stamp.numbers
    if stamp.year_leads or order == "year":
        return _date(_year(first), int(second), int(third))
    if order == "month":
        return _date(_year(third), int(first), int(second))
    return _date(_year(third), int(second), int(first))


def _year(number: str) -> int:
    return int(number) + (2000 if len(number) <= 2 else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalpha())
