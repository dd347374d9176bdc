"""The stretch of speech that a quote's details are compared with.

In: a ``Finding``. Out: a ``Scope``: printed words, heard words and translated words of that stretch. Never judges.

The stretch runs from the first heard word that the quote uses to the last one, a few words wider at either end: a full
sentence is compared with all of the sentence, a fragment with its surroundings only.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.match.align import NONE
from pipeline.match.find import Finding
from pipeline.match.words import Token, russian_form

WIDER = 3
USED = 0.5
USED_SELF = 0.3
GRAMMAR = ("futr", "pres", "past", "impr")


@dataclass(frozen=True, slots=True)
class Said:
    """A heard or translated word at a place of the finding's row; keys include @-marks of its grammar."""

    column: int
    text: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Printed words and the words that were said around them; ``first`` and ``last`` are places (inclusive)."""

    printed: tuple[Token, ...]
    heard: tuple[Said, ...]
    translated: tuple[Said, ...]
    first: int
    last: int
    finding: Finding

    def around(self, place: int, wider: int) -> tuple[int, int]:
        """The places (inclusive) where a printed word and its neighbours were heard, some words wider."""
        for reach in (2, 3, 5):
            near = range(max(0, place - reach), min(len(self.printed), place + reach + 1))
            held = [self.finding.path[p] for p in near if self._stands(p, place)]
            if held:
                centre = sorted(held)[len(held) // 2]
                held = [column for column in held if abs(column - centre) <= 2 * wider]
                return min(held) - wider, max(held) + wider
        return self.first, self.last

    def _stands(self, place: int, asked: int) -> bool:
        """Whether a printed word is aligned well enough; the word that is asked about needs less."""
        held = float(self.finding.support[place])
        return self.finding.path[place] != NONE and held >= (USED_SELF if place == asked else USED)


def scope_of(finding: Finding) -> Scope:
    """The stretch around the heard words that a quote uses; all of the row where it uses none."""
    used = [c for c, s in zip(finding.path, finding.support, strict=True) if c != NONE and s >= USED]
    first = max(0, min(used) - WIDER) if used else 0
    last = min(len(finding.row) - 1, max(used) + WIDER) if used else len(finding.row) - 1
    part = list(enumerate(finding.row))[first : last + 1]
    heard = tuple(Said(column, slot.heard.text, _keys(slot.heard)) for column, slot in part)
    translated = tuple(
        Said(column, token.text, frozenset({token.key})) for column, slot in part for token in slot.translated
    )
    return Scope(finding.quoted, heard, translated, first, last, finding)


def _keys(token: Token) -> frozenset[str]:
    form = russian_form(token.text) if token.text[0].isalpha() else None
    marks = {"@" + tag for tag in GRAMMAR if form and tag in form.tags}
    if form and form.part in ("COMP", "INFN"):
        marks.add("@" + form.part.lower())
    return frozenset({token.key, token.text.lower().replace("ё", "е")} | marks)
