"""Printed words to heard words: a soft-ordered alignment.

In: a table of likenesses. Out: for each printed word the heard word it renders, or none. Never judges.

A first-order hidden Markov model over the heard words with a null state (Vogel, Ney, Tillmann: HMM-based word alignment
in statistical translation, 1996), decoded by Viterbi. Jumps cost little at first and then no more, so clauses may
change places, which they do in translation.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

JUMP_COST = 0.15
JUMP_MOST = 1.2
NULL_SCORE = 0.12
NONE = -1


def align(table: NDArray[np.float64]) -> tuple[list[int], float]:
    """The column of each row of a (rows, columns) likeness table or -1, and the score of that path."""
    rows, columns = table.shape
    if not rows or not columns:
        return [NONE] * rows, rows * math.log(NULL_SCORE)
    places = np.arange(columns)
    steps = np.abs(places[None, :] - places[:, None] - 1).astype(float)
    move = -np.minimum(JUMP_COST * steps, JUMP_MOST)
    emit = np.log(np.maximum(table, 1e-3))
    null = np.log(NULL_SCORE)
    score = emit[0].copy()
    hold = np.full(columns, null)  # state: null, having last stood at a column
    back: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for row in range(1, rows):
        joined = np.maximum(score, hold)
        through = joined[:, None] + move
        best = through.argmax(axis=0)
        came_null = hold > score
        back.append((best, came_null.astype(np.int64)))
        score, hold = through[best, places] + emit[row], joined + null
    return _trace(table, score, hold, back), float(max(score.max(), hold.max()))


def _trace(
    table: NDArray[np.float64],
    score: NDArray[np.float64],
    hold: NDArray[np.float64],
    back: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> list[int]:
    rows = table.shape[0]
    is_null = bool(hold.max() > score.max())
    column = int((hold if is_null else score).argmax())
    path = [NONE] * rows
    for row in range(rows - 1, -1, -1):
        path[row] = NONE if is_null or table[row, column] <= NULL_SCORE / 2 else column
        if row:
            best, came_null = back[row - 1]
            if not is_null:
                column = int(best[column])
            is_null = bool(came_null[column])
    return path
