"""Printed denials paired with heard ones by the place of the words they turn; what is left over was added or dropped.

In: the denials of both sides. Out: those without a partner. Never says what that means: that is ``negation``'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.find import Finding
from pipeline.match.details.denials import REACH_PARTICLE, Denial, lemma_at
from pipeline.match.details.empty_denials import is_particle
from pipeline.match.words.denying import denial_words, denies, denies_plainly, names_only

REACH_LEFTOVER = 12
REACH_MEANT = 3
REACH_SOFT = 4
REACH_AFFIX = 1  # an adjective with a denying prefix turns its own word only
UNLIKE = 2  # slots that a pair of a plain denial and one by other means seems further apart
DOUBLE = 3
UNSURE = 2  # times as far where nobody knows what a printed denial turns


def unpaired(
    finding: Finding, all_printed: Sequence[Denial], all_heard: Sequence[Denial]
) -> tuple[list[Denial], list[Denial]]:
    """The printed and the heard denials that have no partner on the other side."""
    printed, heard = list(all_printed), list(all_heard)
    _leave_affirmed(finding, printed, heard)
    for reach_particle, reach_meant in ((REACH_PARTICLE, REACH_MEANT), (REACH_LEFTOVER, 0)):
        _pair_off(finding, printed, heard, (reach_particle, reach_meant))
    return printed, heard


def _leave_affirmed(finding: Finding, printed: list[Denial], heard: list[Denial]) -> None:
    """Takes out a heard denial of a denying word (не сомневается), and a printed one (does not doubt) that renders it.

    What is printed without either is the same; a single printed denial is one too many, and so is the word without it.
    """
    for denial in [d for d in heard if _closes(finding, d)]:
        heard[:] = [d for d in heard if d.word not in (denial.word - 1, denial.word)]
        printed[:] = [one for one in printed if not (one.plain and _turns_denial(finding, one))]
    for denial in [d for d in heard if lemma_at(finding, d.word + 1) in denial_words("affirmed by denial")]:
        for other in [d for d in heard if d.word == denial.word + 1]:
            heard.remove(other)
        bare = next((one for one in printed if one.place == denial.word + 1 and _stands_bare(finding, one)), None)
        if bare:
            printed.remove(bare)
            continue
        heard.remove(denial)
        pair = next((one for one in printed if one.plain and _turns(finding, one, denial.word + 1)), None)
        if pair:
            printed.remove(pair)


def _closes(finding: Finding, denial: Denial) -> bool:
    """Whether a denial stands behind a denying noun that it turns: недостатка нет."""
    if denial.word == 0 or finding.row[denial.word].heard.text.lower() not in denial_words("closing"):
        return False
    return lemma_at(finding, denial.word - 1) in denial_words("affirmed by denial")


def _stands_bare(finding: Finding, denial: Denial) -> bool:
    """Whether a printed denying word (rule out) has none before it that turns it."""
    before = finding.quoted[max(0, denial.word - DOUBLE) : denial.word]
    return not denial.plain and not any(map(denies, before))


def _turns(finding: Finding, denial: Denial, column: int) -> bool:
    """Whether a printed denial turns the word at a slot, or another denial."""
    return _turns_denial(finding, denial) or (denial.place == column and _stands_placed(finding, denial))


def _turns_denial(finding: Finding, denial: Denial) -> bool:
    """Whether a printed denial stands close before another one that it turns."""
    after = finding.quoted[denial.word + 1 : denial.word + 1 + DOUBLE]
    return any(denies(token) and not denies_plainly(token) for token in after)


def _pair_off(finding: Finding, printed: list[Denial], heard: list[Denial], reaches: tuple[int, int]) -> None:
    """Takes out printed and heard denials of the same words, the nearest first; of those, two of a kind."""
    pairs = sorted(
        ((abs(one.place - two.place), one, two) for one in printed for two in heard),
        key=lambda row: (row[0] + _unlike(row[1], row[2]), row[1].plain != row[2].plain, not row[1].affix, row[1].word),
    )
    for distance, one, two in pairs:
        if one in printed and two in heard and distance <= _reach(finding, one, two, reaches):
            printed.remove(one)
            heard.remove(two)


def _reach(finding: Finding, one: Denial, two: Denial, reaches: tuple[int, int]) -> int:
    """How many slots a printed denial may lie from a heard one that it renders; -1 where it renders none such.

    ``reaches``: as far as a particle is looked for, and as far as a word that denies by its sense.
    """
    for_particle, for_sense = reaches
    lemma, placed = lemma_at(finding, two.word), _stands_placed(finding, one)
    if (one.plain and lemma in denial_words("except")) or not (one.plain or for_sense):
        return -1
    plainly = one.plain and (lemma in denial_words("firm") or _said(finding, two))
    if placed and names_only(finding.row[two.word].heard):
        reach = REACH_AFFIX
    elif two.plain or is_particle(finding.row[two.word]) or plainly:
        reach = for_particle
    else:
        reach = for_sense if placed else UNSURE * for_sense
    return reach if one.plain else min(reach, REACH_SOFT)


def _stands_placed(finding: Finding, denial: Denial) -> bool:
    """Whether the word right after a printed denial has a heard one of its own, so that its place is sure."""
    after = [place for place in range(denial.word + 1, len(finding.quoted)) if finding.quoted[place].content][:1]
    return any(finding.path[place] == denial.place for place in after)


def _unlike(one: Denial, two: Denial) -> int:
    """How many slots further apart a printed and a heard denial seem for not being of a kind."""
    return UNLIKE * (one.plain != two.plain) + UNLIKE * two.series


def _said(finding: Finding, denial: Denial) -> bool:
    """Whether the translation denies plainly at a heard denial."""
    return any(denies_plainly(token) for token in finding.row[denial.word].translated)
