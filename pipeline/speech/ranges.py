"""Stretches of a recording as they are in the file: own rate, own channels, nothing resampled.

In: blocks of sound and the stretches wanted, in milliseconds. Out: their frames, one stretch behind the other, in an
open file. Runs in the decoder process only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np

from pipeline.speech.blocks import Block, UndecodableError


def extract(sound: Iterable[Block], stretches: list[list[int]], output: BinaryIO) -> tuple[int, int, list[int]]:
    """Write the frames of each stretch (sorted, half-open, milliseconds; they may overlap) as interleaved float32.

    Returns the rate, the channels and the number of frames of each stretch; fewer than asked for past the end. A
    chained file whose parts differ in rate or channels cannot be one stretch of sound.
    """
    rate_hz = channels = at = 0
    parts: list[list[bytes]] = [[] for _ in stretches]
    last_ms = max((end_ms for _, end_ms in stretches), default=0)
    for block in sound:
        if not rate_hz:
            rate_hz, channels = block.rate_hz, block.frames.shape[1]
        if (rate_hz, channels) != (block.rate_hz, block.frames.shape[1]):
            raise UndecodableError("changes its sample rate or channels on the way")
        for part, (start_ms, end_ms) in zip(parts, stretches, strict=True):
            first, last = (round(edge_ms * rate_hz / 1000) - at for edge_ms in (start_ms, end_ms))
            part.append(np.clip(block.frames[max(0, first) : max(0, last)], -1.0, 1.0).tobytes())
        at += len(block.frames)
        if at >= last_ms * rate_hz / 1000:
            break
    for part in parts:
        output.writelines(part)
    output.flush()
    return rate_hz, channels, [sum(map(len, part)) // (4 * max(1, channels)) for part in parts]
