"""Where a quote was said: candidate sentences, their neighbours, and passages joined from afar.

In: the words of a quote and a library. Out: a ``Finding``, the best account of the quote, with rivals. Never judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.match.align.alignment import NONE, align
from pipeline.match.align.slots import Slot, slots
from pipeline.match.index.library import Library, Line, Wanted
from pipeline.match.words.tokens import Token

CANDIDATES = 12
LAID = 8
CLOSE = 0.65
JOIN_GAIN = 0.12


@dataclass(frozen=True, eq=False)
class Finding:
    """A quote laid on heard sentences: a slot (or -1) and a support of 0..1 for each printed word.

    ``seam`` is the first word of the second part of a quote joined from two passages, 0 where there is one.
    """

    wanted: tuple[Wanted, ...]
    weights: NDArray[np.float64]
    lines: tuple[Line, ...]
    row: tuple[Slot, ...]
    path: tuple[int, ...]
    support: NDArray[np.float64]
    score: float
    seam: int = 0

    @property
    def quoted(self) -> tuple[Token, ...]:
        """The printed words."""
        return tuple(word.token for word in self.wanted)

    @property
    def coverage(self) -> float:
        """Share of the quote's weight that the heard words account for."""
        return float(self.weights @ self.support / self.weights.sum()) if len(self.weights) else 0.0


@dataclass(frozen=True, slots=True)
class Rival:
    """A sentence that was looked at, and the share of the quote that its words could account for in any order."""

    line: int
    coverage: float


def likeness_table(wanted: Sequence[Wanted], row: Sequence[Slot]) -> NDArray[np.float64]:
    """Likeness of every printed word to every slot: shape (words, slots), 0..1."""
    table = np.zeros((len(wanted), len(row)))
    holders: dict[str, list[int]] = {}
    for column, slot in enumerate(row):
        for key in slot.keys:
            holders.setdefault(key, []).append(column)
    for place, word in enumerate(wanted):
        for key, value in word.equivalents.items():
            for column in holders.get(key, ()):
                if value > table[place, column]:
                    table[place, column] = value
    return table


def lay(library: Library, wanted: Sequence[Wanted], lines: Sequence[Line]) -> Finding:
    """Align the words of a quote with the heard words of some sentences."""
    row = tuple(slot for line in lines for slot in slots(library, line))
    table = likeness_table(wanted, row)
    path, score = align(table)
    support = np.array([0.0 if column == NONE else table[place, column] for place, column in enumerate(path)])
    weights = np.array([word.weight for word in wanted])
    return Finding(tuple(wanted), weights, tuple(lines), row, tuple(path), support, score)


def candidates(library: Library, wanted: Sequence[Wanted]) -> list[Rival]:
    """The sentences whose words could account for most of the wanted ones, best first."""
    return [Rival(number, share) for number, share in library.search(wanted, CANDIDATES)]


def find(library: Library, quoted: Sequence[Token]) -> tuple[list[Finding], list[Rival]]:
    """The quote laid on the best candidate sentences, and every sentence that was weighed, best first."""
    wanted = library.want(quoted)
    rivals = candidates(library, wanted)
    near = [rival for rival in rivals[:LAID] if rival.coverage >= CLOSE * rivals[0].coverage]
    laid = [lay(library, wanted, [library.lines[rival.line]]) for rival in near]
    return [_with_neighbours(library, finding) for finding in laid], rivals


def _with_neighbours(library: Library, finding: Finding) -> Finding:
    """Takes in the sentences next to the first one while they account for more of the quote."""
    for _ in range(40):
        places = [line.number for line in finding.lines]
        grown = finding
        for number in (places[0] - 1, places[-1] + 1):
            if 0 <= number < len(library.lines) and library.lines[number].recording == finding.lines[0].recording:
                trial = lay(library, finding.wanted, [library.lines[n] for n in sorted([*places, number])])
                if trial.coverage > grown.coverage + JOIN_GAIN * min(1.0, 12 / len(finding.wanted)):
                    grown = trial
        if grown is finding:
            return finding
        finding = grown
    return finding
