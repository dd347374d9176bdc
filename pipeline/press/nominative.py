"""The nominative of a Russian name that stands in another case: "по словам Ивана Петрова" is Иван Петров.

In: a name and the names of the article. Out: its nominative, as another place of the article prints it, else by the
endings of first names and surnames, else by pymorphy3's dictionary, else the name as it stands. Never fails.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pipeline.press import wordlists
from pipeline.press.names import Name, NameIndex, stem

_SURNAME_ENDINGS: Final = (
    ("ского", "ский"), ("скому", "ский"), ("цкого", "цкий"), ("цкому", "цкий"), ("ской", "ская"), ("цкой", "цкая"),
    ("овой", "ова"), ("евой", "ева"), ("ёвой", "ёва"), ("иной", "ина"), ("ыной", "ына"),
    ("ова", "ов"), ("ову", "ов"), ("ева", "ев"), ("еву", "ев"), ("ёва", "ёв"), ("ёву", "ёв"),
    ("ина", "ин"), ("ину", "ин"),
)  # fmt: skip
_FIRST_NAME_ENDINGS: Final = (
    ("и", "а"), ("и", "я"), ("ы", "а"), ("е", "а"), ("е", "я"), ("а", ""), ("у", ""), ("я", "й"), ("ю", "й"),
    ("я", "ь"),
)  # fmt: skip
_HER_SURNAME_ENDINGS: Final = (
    ("овой", "ова"), ("ову", "ова"), ("евой", "ева"), ("еву", "ева"), ("ёвой", "ёва"), ("ёву", "ёва"), ("иной", "ина"),
    ("ину", "ина"), ("ской", "ская"), ("скую", "ская"), ("цкой", "цкая"), ("цкую", "цкая"),
)  # fmt: skip
_FIRST_NAMES: Final = wordlists.HE_NAMES | wordlists.SHE_NAMES
_NAME_TAGS: Final = ("Name", "Surn", "Patr")


def of(name: Name, names: NameIndex) -> str:
    """The nominative of ``name``; of one word, the fullest form in the article."""
    full = names.fullest(name)
    words = full.split() if stem(full.split()[-1]) == stem(name.words[-1]) else name.words
    if full != name.text and words[-1] != name.words[-1]:
        return full  # printed in another case than here, most often the nominative
    return " ".join(_nominative(words))


def of_oblique(name: str) -> str:
    """``name`` in the nominative when its first name shows another case: "Марину Озерову"; else as it stands."""
    words = name.split()
    first = words[0].lower() if words else ""
    if len(words) < 2 or first in _FIRST_NAMES or _first_name(words[0]) is None:
        return name
    return " ".join(_nominative(words))


def _nominative(words: list[str]) -> list[str]:
    first = _first_name(words[0]) if len(words) > 1 else None
    hers = first is not None and first.lower() in wordlists.SHE_NAMES
    forms = [_by_dictionary(word) if _is_inflected(word) else word for word in words[:-1]]
    if first is not None:
        forms[0] = first
    return [*forms, _surname(words[-1], _HER_SURNAME_ENDINGS if hers else _SURNAME_ENDINGS)]


def _is_inflected(word: str) -> bool:
    return bool(word) and "а" <= word[0].lower() <= "я" and "." not in word and word.lower() not in _FIRST_NAMES


def _first_name(word: str) -> str | None:
    """The first name of the lists that ``word`` is a case of."""
    if word.lower() in _FIRST_NAMES:
        return word
    for ending, nominative in _FIRST_NAME_ENDINGS:
        form = word[: -len(ending)] + nominative
        if word.endswith(ending) and form.lower() in _FIRST_NAMES:
            return form
    return None


def _surname(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for ending, nominative in endings:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + nominative
    return _by_dictionary(word) if _is_inflected(word) else word


def _by_dictionary(word: str) -> str:
    parses = [
        parse
        for parse in _analyzer().parse(word)
        if any(tag in parse.tag for tag in _NAME_TAGS) and "plur" not in parse.tag and parse.tag.case != "nomn"
    ]
    best = next((parse for parse in parses if parse.tag.case == "gent"), parses[0] if parses else None)
    form = best.inflect({"nomn"}) if best else None
    return "-".join(part.capitalize() for part in form.word.split("-")) if form else word


@cache
def _analyzer() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()
