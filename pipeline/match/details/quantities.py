"""Quantities said in several words: at least, all but one, nearly every.

In: printed and heard words. Out: differences where a phrase is printed and what contradicts it was heard.
Never looks at places: the phrases must be nowhere in the stretch that is compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline.match.details.difference import Difference
from pipeline.match.details.scope import Scope
from pipeline.match.lexicon import lines
from pipeline.records import QuoteFlagKind

Phrases = re.Pattern[str]


@cache
def _rules() -> tuple[tuple[Phrases | None, ...], ...]:
    """Printed, heard instead, unless heard, unless printed; of each line of lexicon/quantities.txt."""
    return tuple(tuple(_pattern(part) for part in line.split("|")) for line in lines("quantities.txt"))


def _pattern(part: str) -> Phrases | None:
    phrases = [re.escape(phrase.strip()).replace(r"\*", r"\S*") for phrase in part.split(",") if phrase.strip()]
    return re.compile(rf"(?<!\S)(?:{'|'.join(phrases)})(?!\S)") if phrases else None


def quantities(scope: Scope) -> list[Difference]:
    """Printed phrases that what was heard contradicts; one difference for each."""
    printed = " ".join(token.text.lower().replace("’", "'") for token in scope.printed)
    heard = " ".join(word.text.lower().replace("ё", "е") for word in scope.heard)
    found: dict[str, Difference] = {}
    for rule in _rules():
        said = _contradicts(rule, printed, heard)
        if said is not None:
            found.setdefault(said.quote, said)
    return list(found.values())


def _contradicts(rule: Sequence[Phrases | None], printed: str, heard: str) -> Difference | None:
    ours, theirs, excused, unless = rule
    mine = ours.search(printed) if ours else None
    if mine is None or (excused and excused.search(heard)) or (unless and unless.search(printed)):
        return None
    instead = theirs.search(heard) if theirs else None
    if theirs and instead is None:
        return None
    return Difference(QuoteFlagKind.QUANTIFIER, mine.group(), instead.group() if instead else "", True)
