"""The denials of a quote and of the passage it was found in, and what they turn.

In: printed, heard and translated words. Out: ``Denial`` rows of a quote and of the passage it was found in. Never
compares the two sides: that is ``negation``'s.

Russian double negation is one denial. Set phrases in which не does not deny (не только, пока не) are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.align.slots import Slot
from pipeline.match.details.empty_denials import (
    ELLIPTIC,
    FAR_DOUBLE,
    asks,
    empty,
    empty_print,
    half_said,
    idle,
    is_particle,
    parted,
    parted_slots,
    phrase,
    phrase_heard,
)
from pipeline.match.words.denying import denial_words, denies, denies_plainly, heard_denies
from pipeline.match.words.tokens import Token, english_key

REACH_PARTICLE = 6
DOUBLE = 4
CANCEL = 2
ALTERNATIVE = 10
FAR = 9
SERIES = 8
USED = 0.45


@dataclass(frozen=True, slots=True, order=True)
class Denial:
    """A denial on one side.

    ``place`` is the slot of what it turns, ``word`` where it stands (printed word or slot). ``plain``: by a word that
    only denies and must come back; ``affix``: by a part of a word; ``series``: a further ни of a series, which need
    not come back.
    """

    place: int
    plain: bool
    word: int
    affix: bool = False
    series: bool = False


def printed_denials(finding: Finding) -> list[Denial]:
    """Printed denials in order; fair renderings of words that deny nothing (few, independence) are left out."""
    found: list[Denial] = []
    for place, token in enumerate(finding.quoted):
        if not (denies(token) or _implied(finding.quoted, place)) or (
            phrase(finding.quoted, place) and phrase_heard(finding, finding.quoted[place + 1])
        ):
            continue
        plain = denies_plainly(token)
        alone = denies(token) and not plain and finding.support[place] >= USED
        own = finding.path[place] if alone else None
        if own is not None and not _denied_at(finding, own):
            continue
        anchor = own if own is not None else _anchor(finding, place, plain)
        if anchor is None or half_said(finding.quoted, place) or empty_print(finding, place):
            continue
        if _turned_anyway(finding.quoted, place):
            continue
        again = bool(found) and found[-1].plain and not _twice(finding.quoted, place)
        if again and _repeats(finding.quoted, found[-1].word, place):
            continue
        found.append(Denial(anchor, plain, place, own is not None))
    return found


def heard_denials(finding: Finding) -> list[Denial]:
    """Heard denials in order; one that only the translation has counts where no heard word near it denies."""
    found: list[Denial] = []
    head: int | None = None  # the denial that a later one may double: no ни that goes on with a series
    for column, slot in enumerate(finding.row):
        if not heard_denies(slot.heard) or idle(finding, column):
            continue
        plain = is_particle(slot) or _said_near(finding, column)
        last = found[head] if head is not None else None
        if _goes_on(finding, column):
            found.append(Denial(column, False, column, series=True))
        elif empty(finding, column) or asks(finding, column):
            found.append(Denial(column, False, column))
        elif head is not None and last and _doubles(finding, last, found[-1].word, column):
            found[head] = Denial(column if plain else last.place, last.plain or plain, last.word)
        elif head is not None and last and last.plain and _cancels(finding, last, column):
            found[head] = Denial(last.place, False, last.word)
        else:
            head = len(found)
            found.append(Denial(column, plain, column))
    for column, slot in enumerate(finding.row):
        if _plainly_translated(slot) and all(abs(column - denial.word) > REACH_PARTICLE for denial in found):
            found.append(Denial(column, False, column))
    return sorted(found, key=lambda denial: denial.word)


def twofold(finding: Finding, denial: Denial, others: Sequence[Denial]) -> bool:
    """Whether one of some other denials is a word that denies and is turned by this one (не запрещено: allowed)."""
    return any(0 < other.word - denial.word <= CANCEL and not _light(finding.row[other.word]) for other in others)


def lemma_at(finding: Finding, column: int) -> str:
    """The lemma heard at a slot; nothing behind the last one."""
    return finding.row[column].heard.key if column < len(finding.row) else ""


def _anchor(finding: Finding, place: int, plain: bool) -> int | None:
    """The slot of the printed content word that a denial at ``place`` turns: the next one, else the one before.

    Where none of them is placed, it is the heard denial that a denial stands on; a plain one goes on to look further.
    """
    end = len(finding.quoted)
    near = (*range(place + 1, min(place + 5, end)), *range(place - 1, max(-1, place - 4), -1))
    far = (*range(place + 5, min(place + FAR, end)), *range(place - 4, max(-1, place - FAR), -1))
    own = finding.path[place]
    stands = [int(own)] if own != NONE and heard_denies(finding.row[own].heard) else []
    found = [*_placed(finding, near), *stands, *(_placed(finding, far) if plain else ())]
    return found[0] if found else None


def _placed(finding: Finding, places: Sequence[int]) -> list[int]:
    """The slots of the content words among some printed words."""
    return [
        int(finding.path[place])
        for place in places
        if finding.path[place] != NONE
        and finding.support[place] >= USED
        and stands_for(finding, place, int(finding.path[place]))
    ]


def stands_for(finding: Finding, place: int, column: int) -> bool:
    """Whether a printed word renders a heard verb or the like: one with a meaning of its own, or *do it* for делать."""
    token = finding.quoted[place]
    if token.content or english_key(token.text) != "do":
        return token.content
    after = finding.quoted[place + 1].text.lower() if place + 1 < len(finding.quoted) else ""
    return after in ("it", "this", "that", "so") and finding.row[column].heard.key in ("делать", "сделать")


def _twice(quoted: Sequence[Token], place: int) -> bool:
    """Whether two plain denials stand side by side without a mark between them (not none): each turns the other."""
    before, here = quoted[place - 1], quoted[place]
    return denies_plainly(before) and denies_plainly(here) and here.start_char - before.end_char == 1


def _repeats(quoted: Sequence[Token], first: int, place: int) -> bool:
    """Whether a denial goes on with a plain one before it: two in one clause, or *nor* but not *nor did they*."""
    if denies_plainly(quoted[place]):
        between = quoted[first : place + 1]
        return place - first <= CANCEL and not any(map(parted, between, between[1:]))
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    joins = quoted[place].text.lower() == "nor" and after not in denial_words("printed auxiliary")
    return joins and place - first <= ALTERNATIVE


def _denied_at(finding: Finding, column: int) -> bool:
    """Whether the word at a slot denies, was translated with a plain denial, or has a particle close before it."""
    slot = finding.row[column]
    before = {other.heard.text.lower() for other in finding.row[max(0, column - CANCEL) : column]}
    rendered = any(
        map(denies_plainly, (token for near in finding.row[column : column + 2] for token in near.translated))
    )
    return heard_denies(slot.heard) or rendered or not before.isdisjoint(denial_words("turning"))


def _plainly_translated(slot: Slot) -> bool:
    return any(
        denies_plainly(token) and not phrase(slot.translated, place) for place, token in enumerate(slot.translated)
    )


def _doubles(finding: Finding, denial: Denial, latest: int, column: int) -> bool:
    """Whether a denial repeats the one before it, as никто не … does.

    A не may stand far behind what it repeats (ни один из восьми свидетелей не), but not in another clause.
    """
    words = finding.row[denial.word].heard.text.lower(), finding.row[column].heard.text.lower()
    if words[0] == "нет" and any(slot.heard.content for slot in finding.row[denial.word + 1 : column]):
        return False
    none = [word.startswith("ни") for word in words]
    if not any(none) or not all(none[i] or words[i] in denial_words("particle") for i in (0, 1)):
        return False
    between = finding.row[latest : column + 1]
    if column - latest <= DOUBLE:
        return none[0] or not any(map(parted_slots, between, between[1:]))
    far = column - latest <= FAR_DOUBLE and not any(map(is_particle, between[:-1]))
    return far and none[0] and not any(map(parted_slots, between, between[1:]))


def _cancels(finding: Finding, denial: Denial, column: int) -> bool:
    """Whether two particles deny nothing together: не мог не, нельзя не."""
    between = [slot.heard for slot in finding.row[denial.word : column]]
    able = any(token.key in denial_words("able") or token.text.lower() in denial_words("able") for token in between)
    return is_particle(finding.row[column]) and column - denial.word <= CANCEL and able


def _goes_on(finding: Finding, column: int) -> bool:
    """Whether a ни goes on with a series (ни брата, ни сестры): English may deny once for all of it."""
    before = (slot.heard.text.lower() for slot in finding.row[max(0, column - SERIES) : column])
    return finding.row[column].heard.text.lower() == "ни" and "ни" in before


def _light(slot: Slot) -> bool:
    """Whether a heard denial is a particle or one of a series, and so turns no other denial's sense."""
    return is_particle(slot) or slot.heard.text.lower().startswith("ни")


def _turned_anyway(quoted: Sequence[Token], place: int) -> bool:
    """Whether a plain denial stands before a word or phrase that denies nothing beside it: not hard, not give up."""
    before = quoted[max(0, place - CANCEL) : place]
    idle_word = not {quoted[place].key, quoted[place].text.lower()}.isdisjoint(denial_words("idle after not"))
    fails_to = quoted[place].key == "fail" and [token.text.lower() for token in quoted[place + 1 : place + 2]] == ["to"]
    return idle_word and not fails_to and any(map(denies_plainly, before))


def _implied(quoted: Sequence[Token], place: int) -> bool:
    """*than anyone*, *than ever*, *who knows*: Russian says nobody, never, nobody knows; *yet to*: has not."""
    before = [token.text.lower() for token in quoted[max(0, place - 2) : place]]
    word = quoted[place].text.lower()
    after = " ".join(token.text.lower() for token in quoted[place : place + 2])
    return (
        (word in denial_words("denied after than") and "than" in before)
        or (word in denial_words("denied after who") and before[-1:] == ["who"])
        or after in denial_words("printed phrase")
    )


def _said_near(finding: Finding, column: int) -> bool:
    """Whether the translation has a plain denial for a denying word (неизвестно), beside those of particles near it."""
    near = finding.row[max(0, column - 2) : column + 3]
    said = sum(denies_plainly(token) for slot in near for token in slot.translated)
    around = finding.row[max(0, column - ELLIPTIC) : column + ELLIPTIC]
    return said > sum(is_particle(slot) for slot in around if slot is not finding.row[column])
