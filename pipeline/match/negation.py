"""Negations that a quote adds or drops.

In: a ``Finding`` and its ``Scope``. Out: differences. Never counts a negation that stands in another clause than the
words it would turn.

Printed denials (*not*, *no*, *un-*, *without*, *fail*) are paired with heard ones (не, ни, нет, a negative prefix,
отказаться) by the place of the words they turn; Russian double negation is one denial. A plain *not* left over was added;
a plain не left over, whose verb is printed, was dropped. Set phrases in which не does not deny (не только, не менее,
пока не) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.match.align import NONE
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import groups
from pipeline.match.scope import Scope
from pipeline.match.words import Token
from pipeline.records import QuoteFlagKind

REACH_PLAIN = 6
REACH_MEANT = 3
DOUBLE = 4
USED = 0.45
CONTRACTED = re.compile(r".*n['’]t$|cannot$")
ENGLISH_AFFIX = re.compile(r"(un|non|dis|mis|il|im|ir|anti|in)[a-z]{4,}$|[a-z]{3,}less(ly|ness)?$")
RUSSIAN_PREFIX = re.compile(r"не[а-я]{3,}|бе[сз][а-я]{3,}|анти[а-я]{3,}|противо[а-я]{3,}")


@dataclass(frozen=True, slots=True)
class Denial:
    """A denial on one side. ``place`` is a slot; ``plain``: by a word that only denies; ``word`` is where it stands."""

    place: int
    plain: bool
    word: int


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(groups("negation.txt")[name])


def denies_plainly(token: Token) -> bool:
    """A printed word that only denies."""
    lower = token.text.lower()
    return lower in _set("hard") or bool(CONTRACTED.match(lower))


def denies(token: Token) -> bool:
    """A printed word that may render a denial."""
    lower = token.text.lower()
    if denies_plainly(token) or token.key in _set("soft") or lower in _set("soft"):
        return True
    return bool(ENGLISH_AFFIX.match(lower)) and token.key not in _set("not affixed")


def heard_denies(token: Token) -> bool:
    """A heard word that denies, by itself or by its prefix or meaning."""
    lower = token.text.lower().replace("ё", "е")
    if lower in _set("not denying") or token.key in _set("not denying"):
        return False
    return lower in _set("heard") or token.key in _set("heard") or bool(RUSSIAN_PREFIX.match(token.key))


def negations(finding: Finding, scope: Scope) -> list[Difference]:
    """Denials that were printed but not heard, and those that were heard but not printed."""
    printed, heard = _printed(finding), _heard(finding)
    pairs: list[tuple[int, Denial, Denial]] = sorted(
        ((abs(one.place - two.place), one, two) for one in printed for two in heard),
        key=lambda row: (row[0], row[1].plain, row[1].word, row[2].word),
    )
    for distance, one, two in pairs:
        reach = REACH_PLAIN if two.plain or one.plain and _said(finding, two) else REACH_MEANT
        if distance <= reach and one in printed and two in heard:
            printed.remove(one)
            heard.remove(two)
    added = [_added(finding, denial) for denial in printed if denial.plain]
    dropped = [_dropped(finding, denial) for denial in heard if denial.plain and scope.first <= denial.word <= scope.last]
    return [difference for difference in (*added, *dropped) if difference]


def _anchor(finding: Finding, place: int) -> int | None:
    """The slot of the printed content word that a denial at ``place`` turns: the next one, else the one before."""
    order = [*range(place + 1, min(place + 5, len(finding.quoted))), *range(place - 1, max(-1, place - 4), -1)]
    for other in order:
        if finding.quoted[other].content and finding.path[other] != NONE and finding.support[other] >= USED:
            return finding.path[other]
    return None


def _printed(finding: Finding) -> list[Denial]:
    found: list[Denial] = []
    for place, token in enumerate(finding.quoted):
        if not denies(token) or _phrase(finding.quoted, place):
            continue
        plain = denies_plainly(token)
        own = finding.path[place] if not plain and finding.support[place] >= USED else None
        anchor = own if own is not None else _anchor(finding, place)
        if anchor is None:
            continue
        if plain and found and found[-1].plain and place - found[-1].word <= 2:
            continue
        found.append(Denial(anchor, plain, place))
    return found


def _heard(finding: Finding) -> list[Denial]:
    found: list[Denial] = []
    for column, slot in enumerate(finding.row):
        meant = heard_denies(slot.heard)
        translated = any(
            denies_plainly(token) and not _phrase(slot.translated, place) for place, token in enumerate(slot.translated)
        )
        if not (meant or translated) or _empty(finding, column):
            continue
        plain = slot.heard.text.lower() in _set("particle")
        if found and column - found[-1].word <= DOUBLE and (translated and not meant or _doubles(finding, found[-1], column)):
            found[-1] = Denial(column if plain else found[-1].place, found[-1].plain or plain, found[-1].word)
            continue
        found.append(Denial(column, plain, column))
    return found


def _doubles(finding: Finding, denial: Denial, column: int) -> bool:
    """Whether a denial repeats the one before it, as никто не … does."""
    words = finding.row[denial.word].heard.text.lower(), finding.row[column].heard.text.lower()
    return words[0].startswith("ни") or words[1].startswith("ни")


def _phrase(quoted: Sequence[Token], place: int) -> bool:
    """Printed denials that deny nothing: not only, no doubt, no longer than …"""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in _set("hard") and after in _set("empty after")


def _added(finding: Finding, denial: Denial) -> Difference:
    printed = " ".join(token.text for token in finding.quoted[max(0, denial.word - 1) : denial.word + 3])
    return Difference(QuoteFlagKind.NEGATION, printed, finding.row[denial.place].heard.text, True)


def _said(finding: Finding, denial: Denial) -> bool:
    """Whether the translation denies plainly at a heard denial."""
    return any(denies_plainly(token) for token in finding.row[denial.word].translated)


def _dropped(finding: Finding, denial: Denial) -> Difference | None:
    """A heard denial that the quote lacks, if the word it turns is printed and the translation denies it too.

    A fragment that begins just after the denial has a cut edge; it has not turned the claim.
    """
    row = finding.row
    used = {
        column: place
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED and finding.quoted[place].content
    }
    target = next((c for c in range(denial.place + 1, min(denial.place + 5, len(row))) if row[c].heard.content), None)
    if target is None or target not in used or not _translated_denies(finding, denial.place):
        return None
    heard = " ".join(slot.heard.text for slot in row[denial.word : target + 1])
    if denial.word < min(used) and not finding.quoted[0].capital:
        return Difference(QuoteFlagKind.EDGE, finding.quoted[used[target]].text, heard, False)
    return Difference(QuoteFlagKind.NEGATION, finding.quoted[used[target]].text, heard, True)


def _translated_denies(finding: Finding, column: int) -> bool:
    """Whether the translation denies near a slot too, where there is a translation."""
    near = [token for slot in finding.row[max(0, column - 4) : column + 5] for token in slot.translated]
    return not near or any(denies_plainly(token) for token in near)


def _empty(finding: Finding, column: int) -> bool:
    """Whether не belongs to a set phrase that denies nothing."""
    after = finding.row[column + 1].heard.text.lower() if column + 1 < len(finding.row) else ""
    before = finding.row[column - 1].heard.text.lower() if column else ""
    return after in _set("empty heard after") or before in _set("empty heard before")
