"""Which language an article is written in.

In: plain text. Out: "en", "ru" or "uk". Never guesses from a file's name or header, never fails: a text that tells
nothing is called English.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from pipeline.press.wordlists import words

_SAMPLE_CHARS: Final = 50_000  # enough to decide, and constant time on a book
_WORD: Final = re.compile(r"[^\W\d_]+")
_CYRILLIC: Final = re.compile(r"[Ѐ-ӿ]")
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_STOPWORDS: Final = {
    "ru": frozenset(words("и что не на с по он она они как это был была были его её из за к от но или бы если так")),
    "uk": frozenset(words("і та що не на з за він вона вони як це був була були його її із від але або би якщо так")),
}
_LETTERS: Final = {"ru": "ыэъё", "uk": "іїєґ"}  # letters that only one of the two alphabets has


def detect_language(text: str) -> str:
    """The language of ``text`` by script, then by the letters and stopwords that tell Russian from Ukrainian."""
    sample = text[:_SAMPLE_CHARS].lower()
    if len(_CYRILLIC.findall(sample)) <= len(_LATIN.findall(sample)):
        return "en"
    letters = Counter(sample)
    counts = Counter(_WORD.findall(sample))
    score = {
        language: sum(letters[letter] for letter in _LETTERS[language]) + sum(counts[word] for word in stopwords)
        for language, stopwords in _STOPWORDS.items()
    }
    return "uk" if score["uk"] > score["ru"] else "ru"
