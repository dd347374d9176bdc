"""The words of the page: one TOML file a language.

In: the language. Out: texts with their values put in, safe for HTML, and times as a person reads them.
Never holds a sentence itself, never trusts a value: every value is escaped and isolated from the direction of the text.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from math import isnan
from typing import Any

from markupsafe import Markup

from pipeline.report.content import Language


@cache
def _texts(language: Language) -> dict[str, Any]:
    return tomllib.loads((files("pipeline.report") / f"texts_{language}.toml").read_text(encoding="utf-8"))


class Wording:
    """Texts of one language, looked up by a dotted name such as ``verdict.changed.title``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = _texts(language)

    def raw(self, name: str) -> Any:
        """A text or a table of texts as it stands in the file. Raises ``KeyError`` when there is none."""
        found: Any = self._texts
        for part in name.split("."):
            found = found[part]
        return found

    def has(self, name: str) -> bool:
        """Whether there is such a text."""
        try:
            self.raw(name)
        except KeyError:
            return False
        return True

    def __call__(self, name: str, /, **values: object) -> Markup:
        """The text with its values escaped and isolated; a table of plural forms chooses by the value ``n``."""
        found = self.raw(name)
        if isinstance(found, dict):
            found = found[plural_form(self.language, int(str(values["n"])))]
        safe = {key: value if isinstance(value, int | Markup) else isolated(value) for key, value in values.items()}
        return Markup(found).format(**safe)


def isolated(value: object) -> Markup:
    """A text from outside: escaped, and its writing direction kept to itself."""
    return Markup('<bdi dir="auto">{}</bdi>').format(str(value))


def plural_form(language: Language, number: int) -> str:
    """The plural category of a whole number, as the Unicode CLDR names it: one, few, many or other."""
    if language == "en":
        return "one" if number == 1 else "other"
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return "few"
    return "many"


def clock(milliseconds: int) -> str:
    """``0:41`` or ``1:02:03``: the second in which a time lies."""
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def day(stamp: str) -> str:
    """An ISO 8601 time as ``2026-05-03 14:22 (UTC+03:00)``; a date alone, and anything else, as it came."""
    if len(stamp) == len("2026-05-03"):
        return stamp
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment:%Y-%m-%d %H:%M} ({moment.tzname()})"


def percent(share: float) -> int:
    """A share 0..1 as whole percent; what is no number counts as nothing."""
    return 0 if isnan(share) else round(100 * min(1.0, max(0.0, share)))


def megabytes(size_bytes: int) -> str:
    """A size with one decimal, in millions of bytes."""
    return f"{size_bytes / 1_000_000:.1f}"
