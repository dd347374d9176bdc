"""The nominative of a Russian name that stands in another case: "по словам Ивана Петрова" is Иван Петров.

In: a name and the names of the article. Out: its nominative, as another place of the article prints it, else by
pymorphy3's dictionary, else the name as it stands. Never fails.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pipeline.press.names import Name, NameIndex, stem

_NAME_TAGS: Final = ("Name", "Surn", "Patr")


def of(name: Name, names: NameIndex) -> str:
    """The nominative of ``name``; of one word, the fullest form in the article."""
    inflected = " ".join(_inflected(name.words))
    full = names.fullest(name)
    if full != name.text and stem(full.split()[-1]) == stem(name.words[-1]):
        return " ".join(_inflected(full.split()))
    return inflected


def _inflected(words: list[str]) -> list[str]:
    gender = None
    nominative = []
    for word in words:
        parse = _name_parse(word, gender)
        if parse is None:
            nominative.append(word)
            continue
        gender = gender or parse.tag.gender
        form = parse.inflect({"nomn", gender} if gender else {"nomn"}) or parse
        nominative.append("-".join(part.capitalize() for part in form.word.split("-")))
    return nominative


def _name_parse(word: str, gender: str | None) -> Any:
    """The likeliest reading as a name in an oblique case, in the gender of the words before."""
    if not word or not ("а" <= word[0].lower() <= "я") or "." in word:
        return None
    parses = [p for p in _analyzer().parse(word) if any(tag in p.tag for tag in _NAME_TAGS) and "plur" not in p.tag]
    oblique = [p for p in parses if p.tag.case != "nomn"] or parses
    fitting = [p for p in oblique if gender is None or p.tag.gender == gender] or oblique
    return next((p for p in fitting if p.tag.case == "gent"), fitting[0] if fitting else None)


@cache
def _analyzer() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()
