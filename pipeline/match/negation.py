"""Negations that a quote adds or drops.

In: a ``Finding`` and its ``Scope``. Out: differences. Never counts a negation that stands in another clause than the
words it would turn.

A printed *not* is expected near the heard word that its verb renders, as не, ни, нет, a word with a negative prefix or
one that denies by meaning (отказаться, отсутствовать); a heard не is expected back as *not*, *no*, *un-*, *without*,
*fail*. Set phrases in which не does not deny (не только, не менее, не раз, пока не) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline.match.align import NONE
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import groups
from pipeline.match.scope import Scope
from pipeline.match.words import Token
from pipeline.records import QuoteFlagKind

REACH = 4
NEGATED = re.compile(r".*n['’]t$|cannot$")
ENGLISH_PREFIX = re.compile(r"(un|non|dis|mis|il|im|ir|anti|in)[a-z]{4,}$|[a-z]{3,}less(ly|ness)?$")
RUSSIAN_PREFIX = re.compile(r"не[а-я]{3,}|бе[сз][а-я]{3,}|анти[а-я]{3,}|противо[а-я]{3,}")


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(groups("negation.txt")[name])


def denies_hard(token: Token) -> bool:
    """A printed word that plainly denies."""
    lower = token.text.lower()
    return lower in _set("hard") or bool(NEGATED.match(lower))


def denies_soft(token: Token) -> bool:
    """A printed word that may render a denial."""
    lower = token.text.lower()
    return denies_hard(token) or token.key in _set("soft") or lower in _set("soft") or bool(ENGLISH_PREFIX.match(lower))


def heard_denies(token: Token) -> bool:
    """A heard word that denies, by itself or by its prefix or meaning."""
    lower = token.text.lower().replace("ё", "е")
    if lower in _set("not denying") or token.key in _set("not denying"):
        return False
    return lower in _set("heard") or token.key in _set("heard") or bool(RUSSIAN_PREFIX.match(token.key))


def negations(finding: Finding, scope: Scope) -> list[Difference]:
    """Denials that were printed but not heard, and those that were heard but not printed."""
    added = _added(finding, scope)
    return added or _dropped(finding, scope)


def _anchor(finding: Finding, place: int) -> int | None:
    """The slot of the printed content word that a denial at ``place`` turns: the next one, else the one before."""
    order = [*range(place + 1, min(place + 4, len(finding.quoted))), *range(place - 1, max(-1, place - 3), -1)]
    for other in order:
        if finding.quoted[other].content and finding.path[other] != NONE and finding.support[other] >= 0.5:
            return finding.path[other]
    return None


def _added(finding: Finding, scope: Scope) -> list[Difference]:
    denying = _denying_slots(finding)
    found = []
    for place, token in enumerate(finding.quoted):
        if denies_hard(token) and not _phrase(finding.quoted, place):
            anchor = _anchor(finding, place)
            if anchor is not None and not any(abs(anchor - column) <= REACH for column in denying):
                text = " ".join(t.text for t in finding.quoted[max(0, place - 1) : place + 3])
                found.append(Difference(QuoteFlagKind.NEGATION, text, finding.row[anchor].heard.text, True))
    return found


def _denying_slots(finding: Finding) -> list[int]:
    """Slots at which the heard word or its translation denies."""
    return [
        column for column, slot in enumerate(finding.row)
        if heard_denies(slot.heard) or any(denies_soft(token) for token in slot.translated)
    ]


def _phrase(quoted: Sequence[Token], place: int) -> bool:
    """Printed denials that deny nothing: not only, no doubt, no longer than …"""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return after in _set("empty after")


def _dropped(finding: Finding, scope: Scope) -> list[Difference]:
    printed = [place for place, token in enumerate(finding.quoted) if denies_soft(token)]
    anchors = [a for place in printed for a in (_anchor(finding, place), finding.path[place]) if a is not None and a != NONE]
    used = {c: p for p, (c, s) in enumerate(zip(finding.path, finding.support, strict=True)) if c != NONE and s >= 0.5}
    found = []
    for column in range(scope.first, scope.last + 1):
        slot = finding.row[column]
        if slot.heard.text.lower() not in _set("particle") or _empty(finding, column):
            continue
        target = next((c for c in range(column + 1, min(column + 4, len(finding.row))) if finding.row[c].heard.content), None)
        if target is None or target not in used or any(abs(column - anchor) <= REACH + 2 for anchor in anchors):
            continue
        if not _translated_denies(finding, column):
            continue
        heard = " ".join(s.heard.text for s in finding.row[column : target + 1])
        found.append(Difference(QuoteFlagKind.NEGATION, finding.quoted[used[target]].text, heard, True))
    return found


def _translated_denies(finding: Finding, column: int) -> bool:
    """Whether the translation denies near a slot too, where there is a translation."""
    near = [token for slot in finding.row[max(0, column - 3) : column + 4] for token in slot.translated]
    return not near or any(denies_hard(token) for token in near)


def _empty(finding: Finding, column: int) -> bool:
    """Whether не belongs to a set phrase that denies nothing."""
    after = finding.row[column + 1].heard.text.lower() if column + 1 < len(finding.row) else ""
    before = finding.row[column - 1].heard.text.lower() if column else ""
    return after in _set("empty heard after") or before in _set("empty heard before")
