"""The list of oppositions: words that turn a claim round when one stands for the other.

In: ``lexicon/opposites.txt``. Out: its sides, and the phrases and other words that it names. Never looks at a quote.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.match.lexicon import lines
from pipeline.match.words.tokens import CYRILLIC, english_key
from pipeline.records import QuoteFlagKind

FILE = "opposites.txt"
MARKS = "!~^"
WORD_LINES = ("idiom", "loose", "unlike")  # lines whose words belong to no side


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an opposition: English keys and Russian lemmas.

    ``words`` are its English words as written. ``printed`` are looked for in quotes, ``proof`` among heard and
    translated words as the turned claim, ``account`` (wider) as what renders a printed word fairly. ``firm`` is proof
    even where the other side was heard too. ``needed``: a printed word must have been heard.
    """

    words: tuple[str, ...]
    printed: frozenset[str]
    proof: frozenset[str]
    account: frozenset[str]
    firm: frozenset[str]
    needed: bool


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two sides and the kind of difference between them."""

    kind: QuoteFlagKind
    sides: tuple[Side, Side]


def _side(text: str) -> Side:
    words = text.replace("!", " ").split()
    plain = frozenset(word_key(word.lstrip(MARKS)) for word in words if not word.startswith("~"))
    account = frozenset(word_key(word.lstrip(MARKS)) for word in words)
    firm = frozenset(word_key(word[1:]) for word in words if word.startswith("^"))
    english = tuple(word for word in words if word.isascii() and word.isalpha())
    return Side(english, frozenset(key for key in plain if not key.startswith("@")), plain, account, firm, "!" in text)


@cache
def oppositions() -> tuple[Opposition, ...]:
    """All lines of lexicon/opposites.txt."""
    rows = []
    for line in lines(FILE):
        kind, _, sides = line.partition(";")
        if kind not in WORD_LINES:
            left, _, right = sides.partition("|")
            rows.append(Opposition(QuoteFlagKind(kind), (_side(left), _side(right))))
    return tuple(rows)


@cache
def phrases() -> frozenset[tuple[str, ...]]:
    """The phrases of the list, each as the keys of its words."""
    words = {word.lstrip(MARKS) for line in lines(FILE) for word in line.split() if "_" in word}
    return frozenset(map(_split, words))


@cache
def loose_phrases() -> frozenset[tuple[str, ...]]:
    """Those whose words may also mean what each does by itself."""
    return frozenset(map(_split, _words_of("loose")))


@cache
def unlike_words() -> frozenset[str]:
    """Words (not keys) that are on no side, though their stem is."""
    return frozenset(_words_of("unlike"))


def word_key(word: str) -> str:
    """The key of a word of either language in a word list, or of a phrase (most_likely) word by word."""
    if word.startswith("@") or CYRILLIC.match(word):
        return word.replace("ё", "е")
    return "_".join(map(english_key, word.split("_")))


def _words_of(kind: str) -> list[str]:
    return [word for line in lines(FILE) if line.startswith(kind + ";") for word in line.split()[1:]]


def _split(phrase: str) -> tuple[str, ...]:
    return tuple(word_key(phrase).split("_"))
