"""Negations that a quote adds or drops.

In: a ``Finding`` and its ``Scope``. Out: differences. Never counts a negation that stands in another clause than the
words it would turn.

Printed denials (*not*, *no*, *un-*, *without*, *fail*) are paired with heard ones (не, ни, нет, a negative prefix,
отказаться) by the place of the words they turn; Russian double negation is one denial. A plain *not* left over was
added; a plain не left over, whose verb is printed, was dropped. Set phrases in which не does not deny (не только,
пока не) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.match.align import NONE
from pipeline.match.bridge import dictionary
from pipeline.match.contrast import Question, affirmed, denied
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import groups
from pipeline.match.scope import Scope
from pipeline.match.slots import Slot
from pipeline.match.words import CYRILLIC, Token, is_russian_word
from pipeline.records import QuoteFlagKind

REACH_PARTICLE = 6
REACH_LEFTOVER = 12
REACH_MEANT = 3
DOUBLE = 4
CANCEL = 2
ALTERNATIVE = 10
LEAST_NATS = 1.0
SETTLED = 2
USED = 0.45
CONTRACTED = re.compile(r".*n['’]t$|cannot$")
PLAIN_AFFIX = re.compile(r"(un|non|anti)[a-z]{4,}$|[a-z]{3,}less(ly|ness)?$")
OTHER_AFFIX = re.compile(r"(dis|mis|il|im|ir|in)[a-z]{4,}$")
RUSSIAN_PREFIXES = ("не", "без", "бес", "анти", "противо")
RUSSIAN_PREFIX = re.compile(r"не[а-я]{3,}|бе[сз][а-я]{3,}|анти[а-я]{3,}|противо[а-я]{3,}")


@dataclass(frozen=True, slots=True, order=True)
class Denial:
    """A denial on one side.

    ``place`` is the slot of what it turns, ``word`` where it stands (printed word or slot). ``plain``: by a word that
    only denies and must come back; ``affix``: by a part of a word.
    """

    place: int
    plain: bool
    word: int
    affix: bool = False


@cache
def _set(name: str) -> frozenset[str]:
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
        return lower in _set("particle")
    return lower in _set("hard") or bool(CONTRACTED.match(lower))


def denies(token: Token) -> bool:
    """A printed word that may render a denial."""
    lower = token.text.lower()
    if CYRILLIC.match(lower):
        return heard_denies(token)
    if denies_plainly(token) or token.key in _set("soft") or lower in _set("soft"):
        return True
    if PLAIN_AFFIX.match(lower):
        return token.key not in _set("not affixed")
    return bool(OTHER_AFFIX.match(lower)) and token.key in _rendering_denials()


def heard_denies(token: Token) -> bool:
    """A heard word that denies, by itself or by its prefix or meaning."""
    if not CYRILLIC.match(token.text):
        return denies(token)
    lower = token.text.lower().replace("ё", "е")
    if lower in _set("not denying") or token.key in _set("not denying"):
        return False
    lemmas = {lower, token.key, token.key.removesuffix("ся")}
    return not lemmas.isdisjoint(_set("heard")) or _prefixed(token.key)


@lru_cache(maxsize=50_000)
def _prefixed(lemma: str) -> bool:
    """Whether a lemma is a known word behind a negative prefix (неопытный, but not нейтральный)."""
    if lemma in _set("not denying") or not RUSSIAN_PREFIX.fullmatch(lemma):
        return False
    return any(lemma.startswith(prefix) and is_russian_word(lemma[len(prefix) :]) for prefix in RUSSIAN_PREFIXES)


def negations(finding: Finding, scope: Scope, marked: Set[int]) -> list[Difference]:
    """Denials that were printed but not heard, and those that were heard but not printed.

    ``marked`` are slots that a marked ellipsis leaves out: a denial there is named as swallowed, not as turned.
    """
    printed, heard = _printed(finding), _heard(finding)
    for reach_particle, reach_meant in ((REACH_PARTICLE, REACH_MEANT), (REACH_LEFTOVER, 0)):
        _pair_off(finding, printed, heard, (reach_particle, reach_meant))
    added = [_added(finding, denial) for denial in printed if denial.plain]
    missing = [denial for denial in heard if denial.plain and scope.first <= denial.word <= scope.last]
    dropped = [_dropped(finding, denial, denial.word in marked) for denial in missing]
    return [difference for difference in (*added, *dropped) if difference]


def question(finding: Finding, text: str, marked: Set[int]) -> Question | None:
    """Whether the quote should deny more, or less: asked where one side denies plainly more often than the other does.

    A denial before the first printed word of a fragment, or in a marked ellipsis, is none that the quote should have.
    """
    used = [
        column for column, held in zip(finding.path, finding.support, strict=True) if column != NONE and held >= USED
    ]
    if not used:
        return None
    first = 0 if finding.quoted[0].capital else min(used)
    printed, heard = _printed(finding), _heard(finding)
    plain = [denial for denial in printed if denial.plain]
    due = [d for d in heard if d.plain and first <= d.word <= max(used) and d.word not in marked]
    due = [d for d in due if d.plain and not _met(d, [other for other in printed if not other.plain])]
    plain = [d for d in plain if not _met(d, [other for other in heard if not other.plain])]
    if len(due) > len(plain):
        wordings = denied(finding, text)
    elif len(plain) > sum(denial.plain for denial in heard):
        wordings = tuple(wording for denial in plain for wording in affirmed(finding, text, denial.word))
    else:
        return None
    words = " ".join(finding.quoted[denial.word].text for denial in plain)
    said = " ".join(finding.row[denial.word].heard.text for denial in due)
    return Question(Difference(QuoteFlagKind.NEGATION, words, said, True), wordings, LEAST_NATS) if wordings else None


def _met(denial: Denial, others: Sequence[Denial]) -> bool:
    """Whether a denial by other means turns the same words."""
    return any(abs(denial.place - other.place) <= SETTLED for other in others)


def _pair_off(finding: Finding, printed: list[Denial], heard: list[Denial], reaches: tuple[int, int]) -> None:
    """Takes out printed and heard denials of the same words, the nearest first; affixes before plain words."""
    pairs = sorted(
        ((abs(one.place - two.place), one, two) for one in printed for two in heard),
        key=lambda row: (row[0], not row[1].affix, not row[1].plain, row[1].word, row[2].word),
    )
    for distance, one, two in pairs:
        particle = two.plain or _is_particle(finding, two) or (one.plain and _said(finding, two))
        if distance <= reaches[0 if particle else 1] and (one.plain or reaches[1]) and one in printed and two in heard:
            printed.remove(one)
            heard.remove(two)


def _is_particle(finding: Finding, denial: Denial) -> bool:
    return finding.row[denial.word].heard.text.lower() in _set("particle")


def _anchor(finding: Finding, place: int) -> int | None:
    """The slot of the printed content word that a denial at ``place`` turns: the next one, else the one before."""
    order = [*range(place + 1, min(place + 5, len(finding.quoted))), *range(place - 1, max(-1, place - 4), -1)]
    for other in order:
        if finding.quoted[other].content and finding.path[other] != NONE and finding.support[other] >= USED:
            return int(finding.path[other])
    return None


def _printed(finding: Finding) -> list[Denial]:
    found: list[Denial] = []
    for place, token in enumerate(finding.quoted):
        if not denies(token) or (_phrase(finding.quoted, place) and _phrase_heard(finding, finding.quoted[place + 1])):
            continue
        plain = denies_plainly(token)
        own = finding.path[place] if not plain and finding.support[place] >= USED else None
        if own is not None and not _denied_at(finding, own):
            continue  # a fair rendering of a word that denies nothing (few, independence)
        anchor = own if own is not None else _anchor(finding, place)
        if anchor is None or _comparing(finding.quoted, place):
            continue
        if found and found[-1].plain and place - found[-1].word <= (2 if plain else ALTERNATIVE * _joins(token)):
            continue
        found.append(Denial(anchor, plain, place, own is not None))
    return found


def _joins(token: Token) -> bool:
    """*nor* goes on with a denial that was begun by *neither*, *not* or *no*."""
    return token.text.lower() == "nor"


def _denied_at(finding: Finding, column: int) -> bool:
    """Whether a denial was heard or translated at a slot or close before it."""
    near = finding.row[max(0, column - CANCEL) : column + 2]
    return any(heard_denies(slot.heard) or any(map(denies, slot.translated)) for slot in near)


def _heard(finding: Finding) -> list[Denial]:
    """Heard denials in order; one that only the translation has counts where no heard word near it denies."""
    found: list[Denial] = []
    for column, slot in enumerate(finding.row):
        if not heard_denies(slot.heard):
            continue
        plain = slot.heard.text.lower() in _set("particle") or _said_near(finding, column)
        if _empty(finding, column):
            found.append(Denial(column, False, column))
            continue
        last = found[-1] if found else None
        if last and column - last.word <= DOUBLE and _doubles(finding, last, column):
            found[-1] = Denial(column if plain else last.place, last.plain or plain, last.word)
        elif last and column - last.word <= CANCEL and last.plain:
            found[-1] = Denial(last.place, False, last.word)
        else:
            found.append(Denial(column, plain, column))
    for column, slot in enumerate(finding.row):
        if _plainly_translated(slot) and all(abs(column - denial.word) > REACH_PARTICLE for denial in found):
            found.append(Denial(column, False, column))
    return sorted(found, key=lambda denial: denial.word)


def _plainly_translated(slot: Slot) -> bool:
    return any(
        denies_plainly(token) and not _phrase(slot.translated, place) for place, token in enumerate(slot.translated)
    )


def _doubles(finding: Finding, denial: Denial, column: int) -> bool:
    """Whether a denial repeats the one before it, as никто не … does."""
    words = finding.row[denial.word].heard.text.lower(), finding.row[column].heard.text.lower()
    none = [word.startswith("ни") for word in words]
    return any(none) and all(none[i] or words[i] in _set("particle") for i in (0, 1))


def _comparing(quoted: Sequence[Token], place: int) -> bool:
    """*rather* and *instead* deny only before *than* and *of*."""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in ("rather", "instead") and after not in ("than", "of")


def _phrase(quoted: Sequence[Token], place: int) -> bool:
    """Printed denials that deny nothing: not only, no doubt, no longer than …"""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in _set("hard") and after in _set("empty after")


def _phrase_heard(finding: Finding, after: Token) -> bool:
    """Whether a phrase such as *not only* stands in the heard words or the translation too (*no doubt* always does)."""
    if after.text.lower() in _set("always empty"):
        return True
    said = any(_phrase(slot.translated, place) for slot in finding.row for place in range(len(slot.translated)))
    return said or any(
        slot.heard.text.lower() in _set("particle") and _empty(finding, column)
        for column, slot in enumerate(finding.row)
    )


def _added(finding: Finding, denial: Denial) -> Difference:
    printed = " ".join(token.text for token in finding.quoted[max(0, denial.word - 1) : denial.word + 3])
    return Difference(QuoteFlagKind.NEGATION, printed, finding.row[denial.place].heard.text, True)


def _said_near(finding: Finding, column: int) -> bool:
    """Whether the translation renders a denying word (неизвестно) with a plain denial."""
    near = finding.row[max(0, column - 2) : column + 3]
    return any(denies_plainly(token) for slot in near for token in slot.translated)


def _said(finding: Finding, denial: Denial) -> bool:
    """Whether the translation denies plainly at a heard denial."""
    return any(denies_plainly(token) for token in finding.row[denial.word].translated)


def _dropped(finding: Finding, denial: Denial, marked: bool) -> Difference | None:
    """A heard denial that the quote lacks, if the word it turns is printed and the translation denies it too.

    A fragment that begins just after the denial has a cut edge; it has not turned the claim.
    """
    row = finding.row
    used = {
        column: place
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED and finding.quoted[place].content
    }
    own = [denial.word] if row[denial.word].heard.content else []
    after = [c for c in range(denial.place + 1, min(denial.place + 6, len(row))) if row[c].heard.content]
    before = [c for c in range(max(0, denial.place - 3), denial.place) if row[c].heard.content]
    order = (*own, *after[:2], *before[-1:]) if _helped(finding, denial) else (*own, *after[:2])
    target = next((c for c in order if c in used), None)
    if target is None or not _translated_denies(finding, denial.place):
        return None
    heard = " ".join(slot.heard.text for slot in row[denial.word : target + 1])
    if denial.word < min(used) and not finding.quoted[0].capital:
        return Difference(QuoteFlagKind.EDGE, finding.quoted[used[target]].text, heard, False)
    return Difference(QuoteFlagKind.NEGATION, finding.quoted[used[target]].text, heard, not marked, marked)


def _helped(finding: Finding, denial: Denial) -> bool:
    """Whether an auxiliary follows the denial, so that the verb may stand before it (закрывать не будут)."""
    after = finding.row[denial.place + 1 : denial.place + 2]
    return any(slot.heard.text.lower() in _set("auxiliary") for slot in after)


def _translated_denies(finding: Finding, column: int) -> bool:
    """Whether the translation denies near a slot too, where there is a translation."""
    near = [token for slot in finding.row[max(0, column - 4) : column + 5] for token in slot.translated]
    return not near or any(denies_plainly(token) for token in near)


def _empty(finding: Finding, column: int) -> bool:
    """Whether не belongs to a set phrase that denies nothing."""
    after = finding.row[column + 1].heard.text.lower() if column + 1 < len(finding.row) else ""
    before = {slot.heard.text.lower() for slot in finding.row[max(0, column - 3) : column]}
    return after in _set("empty heard after") or not before.isdisjoint(_set("empty heard before"))
