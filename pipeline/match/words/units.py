"""What a number counts: units of time, money, length, mass, and parts of a whole.

In: tokens. Out: units, each as what it measures and how many of the smallest one it holds. Never reads a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words.numerals import HALF, compound, is_share, word_value
from pipeline.match.words.tokens import CYRILLIC, Token, english_key, russian_form

Unit = tuple[str, float]
NO_UNIT: frozenset[Unit] = frozenset()
PART_OF_ALL: Unit = ("share", 1.0)
SLACK = 1.06  # six weeks are a month and a half
LINKS = frozenset({"of", "a", "an", "the"})
WORD_BETWEEN = frozenset({"ADJF", "PRTF", ""})  # an adjective; an English word has no part of speech here


@cache
def _table() -> dict[str, frozenset[Unit]]:
    table: dict[str, frozenset[Unit]] = {}
    for name, words in groups("units.txt").items():
        measure, _, size = name.partition(" ")
        for word in words:
            key = english_key(word) if word.isascii() and word.isalpha() else word
            table[key] = table.get(key, NO_UNIT) | {(measure, float(size))}
    return table


def units_of(token: Token) -> frozenset[Unit]:
    """The units that a word may mean: pound is money or mass; полчаса is half an hour; трёхдневный counts days."""
    table = _table()
    if token.text.lower() == "second":  # an ordinal; "seconds" are a unit
        return NO_UNIT
    if token.key in table or not CYRILLIC.match(token.text):
        return table.get(token.key, NO_UNIT)
    joined = compound(token.key)
    if joined:
        return table.get(joined[1], NO_UNIT)
    if token.key.startswith(HALF):
        whole = russian_form(token.key[len(HALF) :]).lemma
        return frozenset((measure, size / 2) for measure, size in table.get(whole, NO_UNIT))
    return NO_UNIT


def units_beside(rows: Sequence[Token], first: int, end: int) -> frozenset[Unit]:
    """The units of the number at some tokens: a sign before it, or a word after it, at most one word between."""
    own = units_of(rows[end - 1]) if compound(rows[end - 1].key) else NO_UNIT
    if own:
        return own
    if first and not rows[first - 1].text.isalpha() and (sign := units_of(rows[first - 1])):
        return sign
    if is_share(rows[end - 1].text) and rows[end : end + 1] and word_value(rows[end].text):
        return NO_UNIT  # almost half four years ago
    between = 0
    for before, token in zip(rows[end - 1 :], rows[end : end + 6], strict=False):
        if token.start_char - before.end_char > 1:  # a mark stands between: in 2013. The monthly payment
            break
        if found := units_of(token):
            return found
        if token.text.lower() in LINKS or token.text[0].isdigit() or _scale(token):
            continue
        between += 1
        if between > 1 or not _may_stand_between(token):
            break
    return NO_UNIT


def _scale(token: Token) -> bool:
    found = word_value(token.text)
    return found is not None and found[0] == "scale"


def _may_stand_between(token: Token) -> bool:
    if token.text.lower() == "per":  # per cent
        return True
    return token.content and (not CYRILLIC.match(token.text) or russian_form(token.text).part in WORD_BETWEEN)


def same_amount(left: float, right: float, one: Unit, other: Unit) -> bool:
    """Whether two amounts of units that measure the same thing are about equal; of one unit, exactly."""
    if one[0] != other[0]:
        return False
    if one[1] == other[1]:
        return left == right
    low, high = sorted((left * one[1], right * other[1]))
    return 0 < high <= low * SLACK
