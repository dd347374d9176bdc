"""A waveform as inline SVG.

In: peaks 0..100 of a clip and the stretch to show. Out: path data for an SVG of ``WIDTH`` by ``HEIGHT``. Pure.
"""

from __future__ import annotations

from pipeline.report.content import Clip

WIDTH = 600
HEIGHT = 56
MOST_BARS = 150


def bars(clip: Clip, start_ms: int, end_ms: int) -> tuple[int, ...]:
    """The peaks of a stretch, at most ``MOST_BARS``, each the loudest of those it stands for."""
    duration = clip.end_ms - clip.start_ms
    if duration <= 0 or end_ms <= start_ms or not clip.peaks:
        return ()
    count = len(clip.peaks)
    first = max(0, (start_ms - clip.start_ms) * count // duration)
    last = min(count, -(-(end_ms - clip.start_ms) * count // duration))
    peaks = clip.peaks[first:last]
    shown = min(len(peaks), MOST_BARS)
    return tuple(max(peaks[i * len(peaks) // shown : (i + 1) * len(peaks) // shown]) for i in range(shown))


def path(heights: tuple[int, ...]) -> str:
    """Path data of upright strokes around the middle line, one for each bar, scaled to the loudest."""
    if not heights:
        return ""
    step = WIDTH / len(heights)
    loudest = max(*heights, 12)
    strokes = []
    for index, height in enumerate(heights):
        reach = max(1.0, min(1.0, height / loudest) * (HEIGHT / 2 - 3))
        strokes.append(f"M{(index + 0.5) * step:.1f} {HEIGHT / 2 - reach:.1f}v{2 * reach:.1f}")
    return "".join(strokes)


def across(moment_ms: int, start_ms: int, end_ms: int) -> float:
    """Where a moment lies between the left and the right edge, in units of the SVG."""
    if end_ms <= start_ms:
        return 0.0
    return round(min(1.0, max(0.0, (moment_ms - start_ms) / (end_ms - start_ms))) * WIDTH, 1)
