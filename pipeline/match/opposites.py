"""Words that turn a claim round: quantifiers, modal verbs, antonyms and words of direction.

In: a ``Finding``. Out: differences where the quote prints one side of an opposition and the other side was heard.
Never calls a word wrong only because it was not heard, save the few that the list marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import lines
from pipeline.match.scope import Scope
from pipeline.match.words import CYRILLIC, english_key
from pipeline.records import QuoteFlagKind


@dataclass(frozen=True, slots=True)
class Side:
    """English keys and Russian lemmas of one side; ``needed``: the English ones must have been heard."""

    english: frozenset[str]
    russian: frozenset[str]
    needed: bool


@dataclass(frozen=True, slots=True)
class Opposition:
    kind: QuoteFlagKind
    sides: tuple[Side, Side]


def _side(text: str) -> Side:
    words = text.replace("!", " ").split()
    english = [word for word in words if not CYRILLIC.match(word) and not word.startswith("@")]
    russian = frozenset(word.replace("ё", "е") for word in words if CYRILLIC.match(word) or word.startswith("@"))
    return Side(frozenset(english_key(word) for word in english), russian, "!" in text)


@cache
def oppositions() -> tuple[Opposition, ...]:
    """All lines of lexicon/opposites.txt."""
    rows = []
    for line in lines("opposites.txt"):
        kind, _, sides = line.partition(";")
        left, _, right = sides.partition("|")
        rows.append(Opposition(QuoteFlagKind(kind.strip()), (_side(left), _side(right))))
    return tuple(rows)


def opposites(finding: Finding, scope: Scope) -> list[Difference]:
    """One difference for each opposition whose printed side was not heard while the other one was."""
    found: list[Difference] = []
    for row in oppositions():
        for near, far in (row.sides, row.sides[::-1]):
            printed = [word for word in scope.printed if word.key in near.english]
            if not printed or any(difference.quote == printed[0].text for difference in found):
                continue
            difference = _compare(row.kind, near, far, scope)
            if difference:
                found.append(difference)
    return found


def _compare(kind: QuoteFlagKind, near: Side, far: Side, scope: Scope) -> Difference | None:
    printed = [word.text for word in scope.printed if word.key in near.english]
    far_printed = [word.text for word in scope.printed if word.key in far.english]
    near_heard = max(_count(scope.heard, near.russian), _count(scope.translated, near.english))
    turned = _words(scope.heard, far.russian), _words(scope.translated, far.english)
    far_heard = max(map(len, turned))
    if len(printed) <= near_heard:
        return None
    if far_heard > len(far_printed):
        return Difference(kind, printed[0], ", ".join(turned[0] or turned[1]), True)
    if near.needed and not near_heard:
        return Difference(kind, printed[0], "", True)
    return None


def _words(rows: Sequence[tuple[str, frozenset[str]]], wanted: frozenset[str]) -> list[str]:
    return [text for text, keys in rows if not keys.isdisjoint(wanted)]


def _count(rows: Sequence[tuple[str, frozenset[str]]], wanted: frozenset[str]) -> int:
    return len(_words(rows, wanted))
