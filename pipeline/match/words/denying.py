"""Which words deny, each by itself: *not*, *no*, *un-*, *without*, *fail*; не, ни, нет, a negative prefix, отказаться.

In: tokens of either language. Out: whether they deny, and how plainly. Never looks at the words around.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.match.lexicon import groups
from pipeline.match.words.bridge import dictionary
from pipeline.match.words.tokens import CYRILLIC, Token, is_russian_word, russian_form

CONTRACTED = re.compile(r".*n['’]t$|cannot$")
PLAIN_AFFIX = re.compile(r"(un|non)[a-z]{4,}$|[a-z]{3,}less(ly|ness)?$")
OTHER_AFFIX = re.compile(r"(dis|mis|il|im|ir|in)[a-z]{4,}$")
ATTRIBUTES = ("ADJF", "NOUN", "PRTF")  # parts of speech in OpenCorpora
RUSSIAN_PREFIXES = ("не", "без", "бес")
RUSSIAN_PREFIX = re.compile(r"не[а-я]{3,}|бе[сз][а-я]{3,}")


@cache
def denial_words(name: str) -> frozenset[str]:
    """A group of lexicon/negation.txt."""
    return frozenset(groups("negation.txt")[name])


@cache
def _rendering_denials() -> frozenset[str]:
    """English keys that render Russian words with a negative prefix (неопытный, inexperienced)."""
    table = dictionary()
    return frozenset(
        key
        for lemma, row in table.items()
        if _prefixed(lemma)
        for key, strength in row.items()
        if strength >= 0.3 and key not in table.get(lemma[2:], {})
    )


def denies_plainly(token: Token) -> bool:
    """A printed word that only denies."""
    lower = token.text.lower()
    if CYRILLIC.match(lower):
        return lower in denial_words("particle")
    return lower in denial_words("hard") or bool(CONTRACTED.match(lower))


def denies(token: Token) -> bool:
    """A printed word that may render a denial."""
    lower = token.text.lower()
    if CYRILLIC.match(lower):
        return heard_denies(token)
    if denies_plainly(token) or token.key in denial_words("soft") or lower in denial_words("soft"):
        return True
    if token.key in denial_words("not affixed"):
        return False
    return bool(PLAIN_AFFIX.match(lower) or (OTHER_AFFIX.match(lower) and token.key in _rendering_denials()))


def heard_denies(token: Token) -> bool:
    """A heard word that denies, by itself or by its prefix or meaning."""
    if not CYRILLIC.match(token.text):
        return denies(token)
    lower = token.text.lower().replace("ё", "е")
    if lower in denial_words("not denying") or token.key in denial_words("not denying"):
        return False
    lemmas = {lower, token.key, token.key.removesuffix("ся")}
    return not lemmas.isdisjoint(denial_words("heard")) or _prefixed(token.key)


def prefixed(token: Token) -> bool:
    """Whether a heard word denies by its prefix (неопытный, безвизовый, неизвестно)."""
    return token.key not in denial_words("heard") and _prefixed(token.key)


def names_only(token: Token) -> bool:
    """Whether it is an adjective or noun at that (неопытный), and so turns nothing else."""
    return prefixed(token) and russian_form(token.text).part in ATTRIBUTES


@lru_cache(maxsize=50_000)
def _prefixed(lemma: str) -> bool:
    """Whether a lemma is a known word behind a negative prefix (неопытный, but not нейтральный)."""
    if lemma in denial_words("not denying") or not RUSSIAN_PREFIX.fullmatch(lemma):
        return False
    return any(lemma.startswith(prefix) and is_russian_word(lemma[len(prefix) :]) for prefix in RUSSIAN_PREFIXES)
