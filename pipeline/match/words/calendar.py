"""Days of the week and months: which one a word names.

In: tokens. Out: English names of days and months, by what they are. Never judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words.tokens import CYRILLIC, Token

DAYS = 7
AMBIGUOUS = "среда"  # also surroundings: only среду is surely a Wednesday
SURE = "среду"


@cache
def _named() -> dict[str, str]:
    calendar = groups("calendar.txt")
    rows = [zip(calendar[row], calendar["en"], strict=True) for row in ("en", "ru", "adjectives")]
    named = {word: name for row in rows for word, name in row}
    return named | {word: name for name in calendar["en"] for word in calendar.get(name, ())}


def _name(token: Token) -> str | None:
    if token.key == AMBIGUOUS and token.text.lower() != SURE:
        return None
    english = not CYRILLIC.match(token.text)
    name = _named().get(token.text.lower() if english else token.key)
    return name if not english or token.capital else None


def is_short_date(rows: Sequence[Token], place: int) -> bool:
    """Whether a printed word is a day or a month cut short beside a number (Jan. 1)."""
    beside = (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2])
    short = rows[place].text.lower() in groups("calendar.txt")["short"]
    return short and any(token.text[0].isdigit() for token in beside)


def is_month(token: Token) -> bool:
    """Whether a word names a month."""
    return _name(token) in groups("calendar.txt")["en"][DAYS:]


def calendar_words(rows: Sequence[Token]) -> tuple[dict[str, Token], dict[str, Token]]:
    """The days and the months that a text names, each with a word that does."""
    named = {name: token for token in rows if (name := _name(token))}
    days = groups("calendar.txt")["en"][:DAYS]
    return (
        {name: token for name, token in named.items() if name in days},
        {name: token for name, token in named.items() if name not in days},
    )
