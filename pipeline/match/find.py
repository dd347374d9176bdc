"""Where a quote was said: candidate sentences, their neighbours, and passages joined from afar.

In: the words of a quote and a library. Out: a ``Finding``, the best account of the quote, with rivals. Never judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.match.align import NONE, align
from pipeline.match.library import Library, Line
from pipeline.match.likeness import likeness_table
from pipeline.match.slots import Slot, slots
from pipeline.match.words import Token

CANDIDATES = 8
NEAR = 3
JOIN_GAIN = 0.12
RUN_WORDS = 3


@dataclass(frozen=True, eq=False)
class Finding:
    """A quote laid on heard sentences: a slot (or -1) and a support of 0..1 for each printed word."""

    quoted: tuple[Token, ...]
    weights: NDArray[np.float64]
    lines: tuple[Line, ...]
    row: tuple[Slot, ...]
    path: tuple[int, ...]
    support: NDArray[np.float64]

    @property
    def coverage(self) -> float:
        """Share of the quote's weight that the heard words account for."""
        return float(self.weights @ self.support / self.weights.sum()) if len(self.weights) else 0.0


@dataclass(frozen=True, eq=False)
class Rival:
    """Another sentence that was looked at, and the share of the quote it accounts for."""

    line: int
    coverage: float


def lay(library: Library, quoted: Sequence[Token], lines: Sequence[Line]) -> Finding:
    """Align the words of a quote with the heard words of some sentences."""
    row = tuple(slot for line in lines for slot in slots(library, line))
    table = likeness_table(quoted, row, library.lexicon)
    path = align(table)
    support = np.array([0.0 if column == NONE else table[place, column] for place, column in enumerate(path)])
    weights = np.array([library.weight(token.key) * (1.0 if token.content else 0.3) for token in quoted])
    return Finding(tuple(quoted), weights, tuple(lines), row, tuple(path), support)


def find(library: Library, quoted: Sequence[Token]) -> tuple[Finding | None, list[Rival]]:
    """The best account of the quote, and every sentence that was weighed, best first."""
    rivals = _weighed(library, quoted)
    if not rivals:
        return None, []
    best = lay(library, quoted, [library.lines[rivals[0].line]])
    best = _with_neighbours(library, best)
    return _with_distant(library, best), rivals


def _weighed(library: Library, quoted: Sequence[Token]) -> list[Rival]:
    """The candidate sentences by the share of the quote that their words can account for, order aside."""
    found = library.search(quoted, CANDIDATES)
    if not found:
        return []
    floor = 0.4 * found[0][1]
    weights = np.array([library.weight(token.key) * (1.0 if token.content else 0.3) for token in quoted])
    rivals = []
    for number, score in found:
        if score >= floor:
            row = slots(library, library.lines[number])
            best = likeness_table(quoted, row, library.lexicon).max(axis=1) if row else np.zeros(len(quoted))
            rivals.append(Rival(number, float(weights @ best / weights.sum()) + 0.15 * score))
    return sorted(rivals, key=lambda rival: (-rival.coverage, rival.line))


def _with_neighbours(library: Library, finding: Finding) -> Finding:
    """Takes in the sentences next to the first one while they account for more of the quote."""
    for _ in range(40):
        numbers = [line.number for line in finding.lines]
        grown = finding
        for number in (numbers[0] - 1, numbers[-1] + 1):
            if 0 <= number < len(library.lines) and library.lines[number].recording == finding.lines[0].recording:
                order = sorted([*numbers, number])
                trial = lay(library, finding.quoted, [library.lines[n] for n in order])
                if trial.coverage > grown.coverage + JOIN_GAIN * min(1.0, 12 / len(finding.quoted)):
                    grown = trial
        if grown is finding:
            return finding
        finding = grown
    return finding


def _with_distant(library: Library, finding: Finding) -> Finding:
    """Takes in a distant sentence that accounts for a run of words left over (a stitched quote)."""
    run = _leftover(finding)
    if not run or len(run) < RUN_WORDS:
        return finding
    words = [finding.quoted[place] for place in run]
    for number, score in library.search(words, 3):
        if number in {line.number for line in finding.lines} or score < 0.35:
            continue
        part = lay(library, words, [library.lines[number]])
        if part.coverage >= 0.55:
            order = sorted({number, *(line.number for line in finding.lines)})
            return lay(library, finding.quoted, [library.lines[n] for n in order])
    return finding


def _leftover(finding: Finding) -> list[int]:
    """The heaviest run of printed words that the heard ones do not account for."""
    best: list[int] = []
    value, start, most = 0.0, 0, 0.0
    for place, weight in enumerate(finding.weights):
        value += weight * (0.5 - finding.support[place])
        if value <= 0:
            value, start = 0.0, place + 1
        elif value > most:
            most, best = value, list(range(start, place + 1))
    return best
