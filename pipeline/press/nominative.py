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
_NAME_TAGS: Final = ("Name", "Surn", "Patr")


def of(name: Name, names: NameIndex) -> str:
    """The nominative of ``name``; of one word, the fullest form in the article."""
    full = names.fullest(name)
    words = full.split() if stem(full.split()[-1]) == stem(name.words[-1]) else name.words
    if full != name.text and words[-1] != name.words[-1]:
        return full  # printed in another case than here, most often the nominative
    return " ".join(_nominative(word, index, len(words)) for index, word in enumerate(words))


def _nominative(word: str, index: int, count: int) -> str:
    if not word or not ("а" <= word[0].lower() <= "я") or "." in word:
        return word
    if index == count - 1:
        for ending, nominative in _SURNAME_ENDINGS:
            if word.endswith(ending) and len(word) > len(ending) + 1:
                return word[: -len(ending)] + nominative
    elif index == 0:
        for ending, nominative in _FIRST_NAME_ENDINGS:
            form = word[: -len(ending)] + nominative
            if word.endswith(ending) and form.lower() in wordlists.HE_NAMES | wordlists.SHE_NAMES:
                return form
    return _by_dictionary(word)


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
