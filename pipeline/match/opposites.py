"""Words that turn a claim round: quantifiers, modal verbs, antonyms and words of direction.

In: a ``Finding``. Out: differences where the quote prints one side of an opposition and the other side was heard.
Never calls a word wrong only because it was not heard, save the few that the list marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import lines
from pipeline.match.scope import Scope
from pipeline.match.words import CYRILLIC, english_key
from pipeline.records import QuoteFlagKind

CLOSE = 2
WIDE = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an opposition: English keys and Russian lemmas.

    ``printed`` are looked for in quotes, ``proof`` among heard and translated words as the turned claim, ``account``
    (wider) as what renders a printed word fairly. ``needed``: a printed word must have been heard.
    """

    printed: frozenset[str]
    proof: frozenset[str]
    account: frozenset[str]
    needed: bool


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two sides and the kind of difference between them."""

    kind: QuoteFlagKind
    sides: tuple[Side, Side]


def _side(text: str) -> Side:
    words = text.replace("!", " ").split()
    plain = frozenset(_key(word) for word in words if not word.startswith("~"))
    account = frozenset(_key(word.lstrip("~")) for word in words)
    return Side(frozenset(key for key in plain if not key.startswith("@")), plain, account, "!" in text)


def _key(word: str) -> str:
    if word.startswith("@") or CYRILLIC.match(word):
        return word.replace("ё", "е")
    return english_key(word)


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
            difference = _compare(row.kind, near, far, scope)
            if difference and all(difference.quote != other.quote for other in found):
                found.append(difference)
    return found


def _compare(kind: QuoteFlagKind, near: Side, far: Side, scope: Scope) -> Difference | None:
    for place, token in enumerate(scope.printed):
        if token.key not in near.printed:
            continue
        close, wide = scope.around(place, CLOSE), scope.around(place, WIDE)
        if _words(scope, near.proof, *wide):
            continue
        far_printed = [t for t in scope.printed[max(0, place - WIDE) : place + WIDE] if t.key in far.printed]
        accounted = bool(_words(scope, near.account, *wide))
        turned = _words(scope, far.proof, *(close if accounted else wide))
        if len(turned) > len(far_printed):
            return Difference(kind, token.text, ", ".join(dict.fromkeys(turned)), True)
        if near.needed and not accounted:
            return Difference(kind, token.text, "", True)
    return None


def _words(scope: Scope, wanted: frozenset[str], low: int, high: int) -> list[str]:
    """The heard words of a set at some places, or the translated ones where none was heard."""
    heard = [said.text for said in scope.heard if low <= said.column <= high and not said.keys.isdisjoint(wanted)]
    return heard or [
        said.text for said in scope.translated if low <= said.column <= high and not said.keys.isdisjoint(wanted)
    ]
