"""How a name may be read that is spelled by the habits of another language than English.

In: a Latin spelling in small letters. Out: readings, each spelled in the English manner or in Cyrillic. Never knows of
which language a name is, and never judges: each language that reads its letters in its own way is tried. The tables
stand in lexicon/spellings.txt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words.bridge import common_words
from pipeline.match.words.tokens import english_key

HEPBURN = re.compile(r"(?:(?:[kgnhmrbp]y|sh|t?ch|ts|(?P<letter>[kstpdgbz])?[kgsztdnhbpmrfywj])?[aeiou]|n(?![aeiouy]))+")
LONGEST_SYLLABLE = 6
SPARE_LETTERS = 3  # a name of so many letters is read as it stands, or by syllables


def foreign_readings(lower: str) -> tuple[str, ...]:
    """What a name sounds like in the languages whose habits it may follow, apart from English.

    Common English words (Manager, East) are read by syllables only (Park, Long).
    """
    found = ["".join(read) for table in (_pinyin(), _table("korean")) if (read := _syllables(table, lower))]
    if len(lower) > SPARE_LETTERS and english_key(lower) not in common_words():
        japanese = HEPBURN.fullmatch(lower) is not None
        found += [_reread(system, lower) for system in _systems() if system != "japanese" or japanese]
    return tuple(dict.fromkeys(spelling for spelling in found if spelling != lower))


@cache
def _table(system: str) -> Mapping[str, str]:
    pairs = (entry.rpartition("=") for entry in groups("spellings.txt")[system])
    return {pattern: reading for pattern, _, reading in pairs}


@cache
def _systems() -> Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """The letters of each language that are not read as in English, as one pattern, and how they are read."""
    names = [name for name in groups("spellings.txt") if "." not in name and name != "korean"]
    return {
        name: (re.compile("|".join(f"({pattern})" for pattern in _table(name))), tuple(_table(name).values()))
        for name in names
    }


def _reread(system: str, lower: str) -> str:
    pattern, letters = _systems()[system]
    return pattern.sub(lambda found: letters[(found.lastindex or 1) - 1], lower)


@cache
def _pinyin() -> Mapping[str, str]:
    found = dict(_table("pinyin.whole"))
    for heads, tails in (("initials", "finals"), ("palatals", "palatal_finals")):
        for head, first in _table(f"pinyin.{heads}").items():
            found |= {head + tail: first + last for tail, last in _table(f"pinyin.{tails}").items()}
    return found


def _syllables(table: Mapping[str, str], lower: str) -> tuple[str, ...]:
    """The syllables of a name as the table reads them, the longest first; nothing if it does not consist of them."""
    for length in range(min(LONGEST_SYLLABLE, len(lower)), 0, -1):
        if (read := table.get(lower[:length])) is None:
            continue
        if length == len(lower):
            return (read,)
        if rest := _syllables(table, lower[length:]):
            return (read, *rest)
    return ()
