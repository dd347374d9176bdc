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


@dataclass(frozen=True, slots=True)
class Scope:
    """``heard`` and ``translated``: (text, keys) of each word; keys of a heard word include @-marks of its grammar.

    ``first`` and ``last`` are places in the finding's row (inclusive).
    """

    printed: tuple[Token, ...]
    heard: tuple[tuple[str, frozenset[str]], ...]
    translated: tuple[tuple[str, frozenset[str]], ...]
    first: int
    last: int


def scope_of(finding: Finding) -> Scope:
    """The stretch around the heard words that a quote uses; all of the row where it uses none."""
    used = [c for c, s in zip(finding.path, finding.support, strict=True) if c != NONE and s >= USED]
    first = max(0, min(used) - WIDER) if used else 0
    last = min(len(finding.row) - 1, max(used) + WIDER) if used else len(finding.row) - 1
    part = finding.row[first : last + 1]
    heard = tuple((slot.heard.text, _keys(slot.heard)) for slot in part)
    translated = tuple((token.text, frozenset({token.key})) for slot in part for token in slot.translated)
    return Scope(finding.quoted, heard, translated, first, last)


def _keys(token: Token) -> frozenset[str]:
    form = russian_form(token.text) if token.text[0].isalpha() else None
    marks = {"@futr"} if form and "futr" in form.tags else set()
    return frozenset({token.key, token.text.lower().replace("ё", "е")} | marks)
