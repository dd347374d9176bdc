"""Where speech rises out of a pause and sinks back into it, told by the level of the sound.

In: words with times near the truth, and the sound around them. Out: the words with those of their edges that stand at a
pause set to the edge of the sound. Changes nothing where speech hardly stands out of the background. Pure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.records import Word
from pipeline.speech.voice import SAMPLE_RATE_HZ, Samples

FRAME_MS = 10
PAUSE_MS = 80
"""A gap between two words from which on the sound can tell where they end; less may be the closure of a consonant."""
REACH_MS = 160
"""How far an edge may move: the voice detector is this late on a soft consonant."""
BACKGROUND_PERCENTILE, LOUD_PERCENTILE = 10, 95
STANDS_OUT_DB = 20.0
"""Speech stands this far above the background, or the level tells nothing."""
RISE_DB = 9.0
"""From here on above the background something is heard …"""
DYNAMIC_DB = 35.0
"""… unless it is this far below the voice: a breath, an echo, the codec."""
ROOM_MS = 500
"""Sound before and after the words that tells what the background is."""


def at_sound(words: Sequence[Word], samples: Samples, offset_ms: int) -> tuple[Word, ...]:
    """The words with their edges at pauses where the sound is. ``offset_ms``: where ``samples`` (16 kHz) begin."""
    if not words:
        return ()
    first_ms = max(offset_ms, words[0].start_ms - ROOM_MS)
    first, last = ((ms - offset_ms) * SAMPLE_RATE_HZ // 1000 for ms in (first_ms, words[-1].end_ms + ROOM_MS))
    audible = _audible(samples[first : max(first, last)])
    if audible is None:
        return tuple(words)
    ends = [words[0].start_ms - PAUSE_MS, *(word.end_ms for word in words[:-1])]
    starts = [*(word.start_ms for word in words[1:]), words[-1].end_ms + PAUSE_MS]
    settled = []
    for word, before_ms, after_ms in zip(words, ends, starts, strict=True):
        start_ms, end_ms = word.start_ms, word.end_ms
        if start_ms - before_ms >= PAUSE_MS:
            start_ms = first_ms + _onset(audible, start_ms - first_ms)
        if after_ms - end_ms >= PAUSE_MS:  # an end is an onset in a time turned round
            whole_ms = len(audible) * FRAME_MS
            end_ms = first_ms + whole_ms - _onset(audible[::-1], whole_ms - (end_ms - first_ms))
        settled.append(dataclasses.replace(word, start_ms=start_ms, end_ms=end_ms) if start_ms < end_ms else word)
    return tuple(settled)


def _audible(samples: Samples) -> npt.NDArray[np.bool_] | None:
    """Which frames of ``FRAME_MS`` hold more than background; None where that cannot be told."""
    size = FRAME_MS * SAMPLE_RATE_HZ // 1000
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    if not len(frames):
        return None
    levels = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-10)
    background, loud = np.percentile(levels, (BACKGROUND_PERCENTILE, LOUD_PERCENTILE))
    if loud - background < STANDS_OUT_DB:
        return None
    audible: npt.NDArray[np.bool_] = levels > max(background + RISE_DB, loud - DYNAMIC_DB)
    return audible


def _onset(audible: npt.NDArray[np.bool_], at_ms: int) -> int:
    """Where the sound around ``at_ms`` begins: back while there is sound, else on to the first; the same if neither."""
    place = at_ms // FRAME_MS
    reach = REACH_MS // FRAME_MS
    if not 0 <= place < len(audible):
        return at_ms
    if not audible[place]:
        sounding = np.flatnonzero(audible[place : place + reach])
        return (place + int(sounding[0])) * FRAME_MS if len(sounding) else at_ms
    quiet = np.flatnonzero(~audible[max(0, place - reach) : place][::-1])
    return (place - int(quiet[0])) * FRAME_MS if len(quiet) else at_ms
