"""Text to tokens: the forms under which words of both languages are compared.

In: printed, heard or translated text. Out: frozen ``Token`` rows with code-point offsets and comparison keys.
Never changes the text itself and never judges.

English keys are Snowball (Porter2) stems after irregular forms and British spellings are folded; Russian keys are
pymorphy3 lemmas with ё read as е. A key only serves comparison and is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pymorphy3
import snowballstemmer

from pipeline.match.lexicon import ENGLISH_FUNCTION_WORDS, IRREGULAR_FORMS, RUSSIAN_FUNCTION_WORDS, lines

WORD = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*|[%$€£₽№…]|\.\.\.")
SPACED = re.compile(r"\S+")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
JOINED_ADJECTIVE = re.compile(r"(?<=[а-яё]{2})[сц]к[ои]$")
LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")
BRITISH = (
    (re.compile(r"is(e|ed|es|ing|ation|ations|er|ers)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{3})our(s|ed|ing|able|ite|al|ful)?$"), r"or\1"),
    (re.compile(r"(?<=[a-z]{2}[^aeiou])tre(s)?$"), r"ter\1"),
    (re.compile(r"ogramme(s)?$"), r"ogram\1"),
    (re.compile(r"ell(ed|ing|er|ers)$"), r"el\1"),
    (re.compile(r"(?<=[a-z])yse(d|s)?$"), r"yze\1"),
    (re.compile(r"(def|off|lic|pret)ence(s)?$"), r"\1ense\2"),
)
UNSTEMMED = frozenset({"several", "news", "does", "united"})
NOT_BRITISH = frozenset(lines("not_british.txt")[0].split())


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text. ``word`` counts whitespace-separated words, ``key`` is the form that is compared."""

    text: str
    start_char: int
    end_char: int
    word: int
    key: str
    content: bool
    capital: bool


@lru_cache(maxsize=1)
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def english_key(word: str) -> str:
    """The comparison form of an English word in any case."""
    lower = word.lower().replace("’", "'").replace("ʼ", "'").removesuffix("'s").removesuffix("s'")
    if lower in UNSTEMMED:
        return lower
    if lower in IRREGULAR_FORMS:
        lower = IRREGULAR_FORMS[lower]
    elif lower not in NOT_BRITISH:
        for pattern, american in BRITISH:
            lower = pattern.sub(american, lower)
    return str(_stemmer().stemWord(lower))


@dataclass(frozen=True, slots=True)
class Form:
    """The first reading of a Russian word: lemma, part of speech and the grammemes that matter here."""

    lemma: str
    part: str
    tags: frozenset[str]


@lru_cache(maxsize=200_000)
def russian_form(word: str) -> Form:
    """The most probable reading of a Russian word in any case; unknown words get pymorphy3's guess."""
    reading = _analyzer().parse(word.lower().replace("ё", "е"))[0]
    return Form(
        reading.normal_form.replace("ё", "е"), str(reading.tag.POS or ""), frozenset(map(str, reading.tag.grammemes))
    )


def is_preposition(word: str) -> bool:
    """Whether a Russian word is a preposition."""
    return russian_form(word).part == "PREP"


def is_russian_word(word: str) -> bool:
    """Whether the Russian dictionary has the word."""
    return bool(_analyzer().word_is_known(word))


def is_cyrillic(text: str) -> bool:
    """Whether Cyrillic letters outnumber Latin ones."""
    return len(CYRILLIC.findall(text)) > len(LATIN.findall(text))


def key_of(word: str) -> str:
    """The comparison form of a word of either script; numbers and signs stay as they are."""
    if not word[0].isalpha():
        return word
    if not CYRILLIC.match(word):
        return english_key(word)
    joined = JOINED_ADJECTIVE.search(word.lower())  # римско-католический, по-польски
    return russian_form(word if not joined or is_russian_word(word.lower()) else f"{word[:-1]}ий").lemma


def is_content(word: str, key: str) -> bool:
    """Whether a word carries meaning of its own (function words, signs and single letters do not)."""
    lower = word.lower().replace("’", "'")
    if not (word[0].isalpha() or word[0].isdigit()):
        return False
    if CYRILLIC.match(word):
        return lower not in RUSSIAN_FUNCTION_WORDS and key not in RUSSIAN_FUNCTION_WORDS
    return lower not in ENGLISH_FUNCTION_WORDS and (len(lower) > 1 or lower.isdigit())


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[Token, ...]:
    """All words, numbers and signs of a text in order."""
    spaced = [found.end() for found in SPACED.finditer(text)]
    rows, word = [], 0
    for found in WORD.finditer(text):
        while word < len(spaced) - 1 and spaced[word] < found.end():
            word += 1
        surface = found.group()
        key = key_of(surface)
        rows.append(
            Token(surface, found.start(), found.end(), word, key, is_content(surface, key), surface[0].isupper())
        )
    return tuple(rows)
