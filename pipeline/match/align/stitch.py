"""Quotes made of two passages that were spoken apart.

In: a ``Finding``. Out: the same, or one whose first words lie on one sentence and whose last words on another, where
that accounts for clearly more. Never looks for more than one seam.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding, Rival, lay
from pipeline.match.index.library import Library, Wanted

MOST_LINES = 160
LEAST_WORDS = 2
LEAST_WORDS_ELSEWHERE = 3
LEAST_GAIN = 0.07
LEAST_SHARE = 0.5
OTHER_RECORDING_COST = 0.1
HELD = 0.45


def with_distant(library: Library, finding: Finding, rivals: Sequence[Rival]) -> Finding:
    """The finding with its words divided between two distant sentences, if that gains enough."""
    if len(finding.wanted) < 2 * LEAST_WORDS + 1:
        return finding
    places = _places(library, finding, rivals)
    table = _held(library, finding.wanted, places)
    parts = _best_seam(library, finding, places, table)
    if parts is None:
        return finding
    seam, one, two = parts
    return _joined(library, finding, seam, (one, two))


def _places(library: Library, finding: Finding, rivals: Sequence[Rival]) -> list[int]:
    """Sentences that may hold a part: those of the same recording, and the rivals."""
    recording = finding.lines[0].recording
    centre = finding.lines[0].number
    near = range(max(0, centre - MOST_LINES // 2), min(len(library.lines), centre + MOST_LINES // 2))
    same = {number for number in near if library.lines[number].recording == recording}
    return sorted(same | {rival.line for rival in rivals} | {line.number for line in finding.lines})


def _held(library: Library, wanted: Sequence[Wanted], places: Sequence[int]) -> NDArray[np.float64]:
    """Weight of each word that each sentence can account for: shape (words, sentences)."""
    table = np.zeros((len(wanted), len(places)))
    keys = [library.lines[number].keys for number in places]
    for place, word in enumerate(wanted):
        for key, value in word.equivalents.items():
            for column, held in enumerate(keys):
                if key in held and value > table[place, column]:
                    table[place, column] = value
    weights = np.array([word.weight for word in wanted], dtype=np.float64)
    return np.multiply(table, weights[:, None])


def _best_seam(
    library: Library, finding: Finding, places: Sequence[int], table: NDArray[np.float64]
) -> tuple[int, int, int] | None:
    """(first word after the seam, line before it, line after it) of the best division, if it gains enough."""
    total = table.sum(axis=0)
    ahead = np.cumsum(table, axis=0)
    weights = np.cumsum(finding.weights)
    whole = weights[-1]
    own = {line.number for line in finding.lines}
    mine = [column for column, number in enumerate(places) if number in own]
    single = max(float(table[:, mine].max(axis=1).sum()), float(total.max()))
    recordings = np.array([library.lines[number].recording for number in places])
    numbers = np.array(places)
    apart = np.abs(numbers[:, None] - numbers[None, :]) >= 2
    cost = np.where(recordings[:, None] == recordings[None, :], 0.0, OTHER_RECORDING_COST * whole)
    best: tuple[float, int, int, int] = (single + LEAST_GAIN * whole, 0, 0, 0)
    for seam in range(LEAST_WORDS, len(finding.wanted) - LEAST_WORDS + 1):
        first, second = ahead[seam - 1], total - ahead[seam - 1]
        value = np.where(apart, first[:, None] + second[None, :] - cost, -1.0)
        place = int(value.argmax())
        one, two = divmod(place, len(places))
        shares = first[one] / weights[seam - 1], second[two] / (whole - weights[seam - 1])
        if value[one, two] > best[0] and min(shares) >= LEAST_SHARE:
            best = float(value[one, two]), seam, places[one], places[two]
    return best[1:] if best[1] else None


def _joined(library: Library, finding: Finding, seam: int, lines: tuple[int, int]) -> Finding:
    """The words before the seam laid on one sentence, those after it on the other."""
    one = lay(library, finding.wanted[:seam], [library.lines[lines[0]]])
    two = lay(library, finding.wanted[seam:], [library.lines[lines[1]]])
    elsewhere = library.lines[lines[0]].recording != library.lines[lines[1]].recording
    if min(_content(one), _content(two)) < (LEAST_WORDS_ELSEWHERE if elsewhere else LEAST_WORDS):
        return finding
    shift = len(one.row)
    path = (*one.path, *(column if column == NONE else column + shift for column in two.path))
    return Finding(
        finding.wanted,
        finding.weights,
        (*one.lines, *two.lines),
        (*one.row, *two.row),
        path,
        np.concatenate([one.support, two.support]),
        one.score + two.score,
        seam,
    )


def _content(part: Finding) -> int:
    return sum(1 for word, held in zip(part.wanted, part.support, strict=True) if word.token.content and held >= HELD)
