"""The denials of a quote and of the passage it was found in, and what they turn.

In: printed, heard and translated words. Out: ``Denial`` rows of a quote and of the passage it was found in. Never
compares the two sides: that is ``negation``'s.

Russian double negation is one denial. Set phrases in which не does not deny (не только, пока не) are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.align import NONE
from pipeline.match.denying import denial_words, denies, denies_plainly, heard_denies
from pipeline.match.find import Finding
from pipeline.match.slots import Slot
from pipeline.match.words import Token, russian_form

REACH_PARTICLE = 6
DOUBLE = 4
CANCEL = 2
ALTERNATIVE = 10
FAR = 9
USED = 0.45


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


def printed_denials(finding: Finding) -> list[Denial]:
    """Printed denials in order; fair renderings of words that deny nothing (few, independence) are left out."""
    found: list[Denial] = []
    for place, token in enumerate(finding.quoted):
        if not (denies(token) or _implied(finding.quoted, place)) or (
            _phrase(finding.quoted, place) and _phrase_heard(finding, finding.quoted[place + 1])
        ):
            continue
        plain = denies_plainly(token)
        own = finding.path[place] if not plain and finding.support[place] >= USED else None
        if own is not None and not _denied_at(finding, own):
            continue
        anchor = own if own is not None else _anchor(finding, place, plain)
        if anchor is None or _comparing(finding.quoted, place):
            continue
        again = bool(found) and found[-1].plain and not _twice(finding.quoted, place)
        if again and place - found[-1].word <= (2 if plain else ALTERNATIVE * _joins(token)):
            continue
        found.append(Denial(anchor, plain, place, own is not None))
    return found


def heard_denials(finding: Finding) -> list[Denial]:
    """Heard denials in order; one that only the translation has counts where no heard word near it denies."""
    found: list[Denial] = []
    for column, slot in enumerate(finding.row):
        if not heard_denies(slot.heard):
            continue
        plain = slot.heard.text.lower() in denial_words("particle") or _said_near(finding, column)
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
        if finding.quoted[place].content and finding.path[place] != NONE and finding.support[place] >= USED
    ]


def _twice(quoted: Sequence[Token], place: int) -> bool:
    """Whether two plain denials stand side by side without a mark between them (not none): each turns the other."""
    before, here = quoted[place - 1], quoted[place]
    return denies_plainly(before) and denies_plainly(here) and here.start_char - before.end_char == 1


def _joins(token: Token) -> bool:
    """*nor* goes on with a denial that was begun by *neither*, *not* or *no*."""
    return token.text.lower() == "nor"


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
        denies_plainly(token) and not _phrase(slot.translated, place) for place, token in enumerate(slot.translated)
    )


def _none_word(word: str) -> bool:
    return word.startswith("ни") and word in denial_words("heard")


def _doubles(finding: Finding, denial: Denial, column: int) -> bool:
    """Whether a denial repeats the one before it, as никто не … does."""
    words = finding.row[denial.word].heard.text.lower(), finding.row[column].heard.text.lower()
    if words[0] == "нет" and any(slot.heard.content for slot in finding.row[denial.word + 1 : column]):
        return False
    none = [word.startswith("ни") for word in words]
    return any(none) and all(none[i] or words[i] in denial_words("particle") for i in (0, 1))


def _implied(quoted: Sequence[Token], place: int) -> bool:
    """*than anyone*, *than ever*, *who knows*: Russian says nobody, never, nobody knows."""
    before = [token.text.lower() for token in quoted[max(0, place - 2) : place]]
    word = quoted[place].text.lower()
    return (word in denial_words("denied after than") and "than" in before) or (
        word in denial_words("denied after who") and before[-1:] == ["who"]
    )


def _comparing(quoted: Sequence[Token], place: int) -> bool:
    """*rather* and *instead* deny only before *than* and *of*."""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in ("rather", "instead") and after not in ("than", "of")


def _phrase(quoted: Sequence[Token], place: int) -> bool:
    """Printed denials that deny nothing: not only, no doubt, no longer than …"""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in denial_words("hard") and after in denial_words("empty after")


def _phrase_heard(finding: Finding, after: Token) -> bool:
    """Whether a phrase such as *not only* stands in the heard words or the translation too (*no doubt* always does)."""
    if after.text.lower() in denial_words("always empty"):
        return True
    said = any(_phrase(slot.translated, place) for slot in finding.row for place in range(len(slot.translated)))
    return said or any(
        slot.heard.text.lower() in denial_words("particle") and _empty(finding, column)
        for column, slot in enumerate(finding.row)
    )


def _said_near(finding: Finding, column: int) -> bool:
    """Whether the translation renders a denying word (неизвестно) with a plain denial."""
    near = finding.row[max(0, column - 2) : column + 3]
    return any(denies_plainly(token) for slot in near for token in slot.translated)


def _empty(finding: Finding, column: int) -> bool:
    """Whether не belongs to a set phrase that denies nothing: не только, чуть не, пока не решил."""
    after = finding.row[column + 1].heard.text.lower() if column + 1 < len(finding.row) else ""
    if after in denial_words("empty heard after"):
        return True
    if finding.row[column].heard.text.lower() not in denial_words("particle"):
        return False
    before = [slot.heard.text.lower() for slot in finding.row[max(0, column - 3) : column]]
    if not denial_words("empty heard before").isdisjoint(before):
        return True
    until = not denial_words("until").isdisjoint(before) and not any(map(_none_word, before))
    return until and "perf" in russian_form(after).tags
