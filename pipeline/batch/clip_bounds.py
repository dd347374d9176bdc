"""Where a clip begins and ends: at the pauses around a passage.

In: the words of a transcript, the times of a passage, and how loud it is around them. Out: the times of the clip. Pure;
never cuts into the first or the last word of the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.records import Word

PAUSE_MS = 200
"""A gap between two words counts as a pause from here on; in fluent speech gaps are shorter."""
MARGIN_MS = 300
"""Word times err: a clip leaves at least this much room before the first word and after the last."""
WIDE_MARGIN_MS = 700
"""The margin where the times are estimated: nineteen of twenty estimates err by less than half of this."""
REACH_MS = 3000
"""How far a pause is looked for; without one the clip ends between two words."""
ROOM_MS = 700
"""Of a long silence, this much is enough to hear that there is one."""
SETTLE_MS = 400
"""How far the sound may move a cut that the words have chosen: their times err by about as much."""
FRAME_MS = 10
_SMOOTH_FRAMES = 8  # a quiet place is as long as the gap between two words, not as the closure of a consonant


@dataclass(frozen=True, slots=True)
class Bounds:
    """A stretch of a recording in milliseconds, half open."""

    start_ms: int
    end_ms: int


def whole(passage: Bounds, words: Sequence[Word]) -> Bounds:
    """The passage widened to the whole of every word that it touches."""
    touched = [word for word in words if word.start_ms < passage.end_ms and word.end_ms > passage.start_ms]
    return Bounds(
        min([passage.start_ms, *(word.start_ms for word in touched)]),
        max([passage.end_ms, *(word.end_ms for word in touched)]),
    )


def padded(passage: Bounds, words: Sequence[Word], duration_ms: int, margin_ms: int = MARGIN_MS) -> Bounds:
    """The passage with room on both sides, up to the nearest pause before and after it.

    ``words`` may come in any order; ``duration_ms`` is the recording's length, 0 when nobody knows it; ``margin_ms`` is
    the least room.
    """
    edges = whole(passage, words)
    before = [(word.start_ms, word.end_ms) for word in words]
    start_ms = _back(edges.start_ms, before, margin_ms)
    after = [(-end_ms, -start_ms) for start_ms, end_ms in before]  # time turned round: the end is found like the start
    end_ms = -_back(-edges.end_ms, after, margin_ms)
    return Bounds(max(0, start_ms), min(end_ms, max(duration_ms, edges.end_ms)) if duration_ms else end_ms)


def settled(bounds: Bounds, room: Bounds, loudness: npt.NDArray[np.float64], first_ms: int) -> Bounds:
    """``bounds`` with each end at the quietest place nearby that leaves ``room`` whole: the passage and its margin.

    ``loudness``: the mean square of each ``FRAME_MS`` of sound from ``first_ms`` on. The ends of the sound stay.
    """
    if len(loudness) < _SMOOTH_FRAMES:
        return bounds
    smooth = np.convolve(loudness, np.ones(_SMOOTH_FRAMES) / _SMOOTH_FRAMES, mode="valid")
    centre_ms = first_ms + (np.arange(len(smooth)) + _SMOOTH_FRAMES / 2) * FRAME_MS

    def quietest(cut_ms: int, lowest_ms: int, highest_ms: int) -> int:
        near = (np.abs(centre_ms - cut_ms) <= SETTLE_MS) & (lowest_ms <= centre_ms) & (centre_ms <= highest_ms)
        if not near.any():
            return cut_ms
        quiet = centre_ms[near & (smooth <= 1.1 * smooth[near].min())]
        return round(float(quiet[np.argmin(np.abs(quiet - cut_ms))]))

    last_ms = first_ms + len(loudness) * FRAME_MS
    start_ms, end_ms = bounds.start_ms, bounds.end_ms
    if start_ms > first_ms:
        start_ms = quietest(start_ms, first_ms, room.start_ms)
    if end_ms < last_ms:
        end_ms = quietest(end_ms, room.end_ms, last_ms)
    return Bounds(start_ms, min(end_ms, last_ms))


def _back(edge_ms: int, spoken: Sequence[tuple[int, int]], margin_ms: int) -> int:
    """The cut before ``edge_ms``: in the nearest pause that leaves the margin, else in the nearest gap that does."""
    gaps = _gaps(edge_ms, spoken)
    for shortest_ms in (PAUSE_MS, 0):
        for gap_start_ms, gap_end_ms in gaps:
            cut_ms = max((gap_start_ms + gap_end_ms) // 2, gap_end_ms - ROOM_MS)
            if gap_end_ms == edge_ms:
                cut_ms = max(gap_start_ms, min(cut_ms, edge_ms - margin_ms))
            near = edge_ms - REACH_MS <= cut_ms <= edge_ms - margin_ms
            if near and gap_end_ms - gap_start_ms >= shortest_ms:
                return cut_ms
    return edge_ms - margin_ms


def _gaps(edge_ms: int, spoken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The gaps between words before ``edge_ms``, the nearest first; before the first word it is silent for long."""
    gaps = []
    gap_end_ms = edge_ms
    for start_ms, end_ms in sorted((item for item in spoken if item[0] < edge_ms), key=lambda item: -item[1]):
        gaps.append((min(end_ms, gap_end_ms), gap_end_ms))
        gap_end_ms = min(gap_end_ms, start_ms)
    return [*gaps, (gap_end_ms - REACH_MS, gap_end_ms)]
