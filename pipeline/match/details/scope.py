"""The stretch of speech that a quote's details are compared with.

In: a ``Finding``. Out: a ``Scope``: printed words, heard words and translated words of that stretch. Never judges.

The stretch runs from the first heard word that the quote uses to the last one, a few words wider at either end: a full
sentence is compared with all of the sentence, a fragment with its surroundings only.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.oppositions import loose_phrases, phrases, unlike_words
from pipeline.match.words.denying import denial_words, denies_plainly, prefixed
from pipeline.match.words.tokens import Token, russian_form

WIDER = 3
USED = 0.5
USED_SELF = 0.3
DENIED = 3
DENIED_BY_NONE = 7
GRAMMAR = ("futr", "pres", "past", "impr")


@dataclass(frozen=True, slots=True)
class Said:
    """A heard or translated word at a place of the finding's row; keys include @-marks of its grammar."""

    column: int
    text: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Printed words and the words that were said around them; ``first`` and ``last`` are places (inclusive).

    ``keys`` go with ``printed``: the key of each word, or of the phrase that it begins.
    """

    printed: tuple[Token, ...]
    keys: tuple[str, ...]
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

    def denied_in_print(self, place: int) -> bool:
        """Whether a denial stands just before a printed word."""
        before = self.printed[max(0, place - DENIED) : place]
        return any(denies_plainly(token) or token.text.lower() == "unless" for token in before)

    def denied_aloud(self, column: int) -> bool:
        """Whether a particle denies a heard word: just before it, or behind it (закрыта не будет, выживших нет)."""
        heard = [slot.heard.text.lower() for slot in self.finding.row[: column + DENIED_BY_NONE]]
        before, after = heard[max(0, column - DENIED + 1) : column], heard[column + 1 :]
        helped = any(
            one in denial_words("particle") and two in denial_words("auxiliary") for one, two in pairwise(after[:3])
        )
        return helped or "нет" in after or not denial_words("turning").isdisjoint(before)

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
    heard_keys = phrased([_keys(slot.heard) for _, slot in part])
    heard = tuple(Said(column, slot.heard.text, keys) for (column, slot), keys in zip(part, heard_keys, strict=True))
    tied = [(column, token) for column, slot in part for token in slot.translated]
    tied_keys = phrased([_side_keys(token) for _, token in tied])
    translated = tuple(Said(column, token.text, keys) for (column, token), keys in zip(tied, tied_keys, strict=True))
    own = tuple(next(iter(keys), "") for keys in phrased(list(map(_side_keys, finding.quoted))))
    return Scope(finding.quoted, own, heard, translated, first, last, finding)


def phrased(rows: Sequence[Set[str]]) -> list[frozenset[str]]:
    """The keys of words, where those of a phrase give way to one key at its first word; the longest phrase counts.

    Words of a loose phrase may have their own sense too (должно быть готово), and keep their keys.
    """
    found = [frozenset(row) for row in rows]
    place = 0
    while place < len(rows):
        fits = [p for p in _starting(rows[place]) if _fits(p, rows[place : place + len(p)])]
        phrase = max(fits, key=len, default=())
        if phrase and phrase in loose_phrases():
            found[place] |= {"_".join(phrase)}
        elif phrase:
            found[place : place + len(phrase)] = [
                frozenset({"_".join(phrase)}),
                *[frozenset[str]()] * (len(phrase) - 1),
            ]
        place += max(1, len(phrase))
    return found


@cache
def _by_first_word() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases():
        found.setdefault(phrase[0], []).append(phrase)
    return found


def _starting(keys: Set[str]) -> list[tuple[str, ...]]:
    return [phrase for key in keys for phrase in _by_first_word().get(key, ())]


def _fits(phrase: tuple[str, ...], rows: Sequence[Set[str]]) -> bool:
    return len(rows) == len(phrase) and all(word in keys for word, keys in zip(phrase, rows, strict=True))


def _side_keys(token: Token) -> frozenset[str]:
    """The key by which an English word is looked for on a side; the word itself where only its stem stands there."""
    word = token.text.lower()
    return frozenset({f"={word}" if word in unlike_words() else token.key})


def _keys(token: Token) -> frozenset[str]:
    form = russian_form(token.text) if token.text[0].isalpha() else None
    marks = {"@" + tag for tag in GRAMMAR if form and tag in form.tags and not {"2per", "sing"} <= form.tags}
    if form and form.part in ("COMP", "INFN"):
        marks.add("@" + form.part.lower())
    if prefixed(token):
        marks.add("@deny")
    return frozenset({token.key, token.text.lower().replace("ё", "е")} | marks)
