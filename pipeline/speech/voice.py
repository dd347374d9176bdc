"""Where the voice detector hears somebody, and where to cut a long recording.

In: stretches of voice and the samples. Out: pieces of at most 30 s, cut at pauses. Every sample is in exactly one
piece: silence is marked elsewhere, never cut out. Pure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16000
LONGEST = 30 * SAMPLE_RATE_HZ
"""Samples in Whisper's window."""
SHORTEST = 12 * SAMPLE_RATE_HZ
"""A cut is looked for behind the first 12 s: short pieces give the model less to go by."""
LEAST_REST = 2 * SAMPLE_RATE_HZ
"""The last piece is not shorter than this."""
JOINED_MS = 200
"""Stretches of voice with less silence between them are one."""
LONG_PAUSE_MS = 1000
"""A pause of this length is as good a cut as a longer one; of two such, the later is taken."""
LEAD = SAMPLE_RATE_HZ // 2
"""Of a long pause, no more than half a second goes to the piece behind it: Whisper is deaf behind a long silence."""
QUIET = SAMPLE_RATE_HZ // 10
INAUDIBLE = 10 ** (-70 / 20)
"""A piece whose loudest sample stays 70 dB below full scale is digital silence: there is nothing to decode."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch in which somebody speaks, in milliseconds."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the recording: half-open, in samples at 16 kHz."""

    start: int
    end: int


def milliseconds(samples: int) -> int:
    """The length of so many samples at 16 kHz."""
    return round(samples * 1000 / SAMPLE_RATE_HZ)


def joined(voices: Iterable[Voice]) -> tuple[Voice, ...]:
    """Stretches in order, with those that (nearly) touch made one."""
    result: list[Voice] = []
    for voice in sorted(voices, key=lambda stretch: stretch.start_ms):
        if result and voice.start_ms - result[-1].end_ms < JOINED_MS:
            result[-1] = Voice(result[-1].start_ms, max(result[-1].end_ms, voice.end_ms))
        else:
            result.append(voice)
    return tuple(result)


def within(voices: Sequence[Voice], start_ms: int, end_ms: int) -> Iterator[Voice]:
    """The voices between two edges, cut to them. ``voices`` are in order: a search finds the first."""
    for place in range(bisect_right(voices, start_ms, key=lambda stretch: stretch.end_ms), len(voices)):
        voice = voices[place]
        if voice.start_ms >= end_ms:
            return
        yield Voice(max(voice.start_ms, start_ms), min(voice.end_ms, end_ms))


def pieces(samples: Samples, voices: Sequence[Voice]) -> tuple[Cut, ...]:
    """Cut a recording into pieces of at most 30 s: at the longest pause in reach, else where it is quietest."""
    cuts: list[Cut] = []
    pauses = list(_pauses(voices, len(samples)))
    start = 0
    while len(samples) - start > LONGEST:
        end = _place(samples, pauses, start)
        cuts.append(Cut(start, end))
        start = end
    return (*cuts, Cut(start, len(samples)))


def audible(samples: Samples) -> bool:
    """Whether there is anything at all in a piece."""
    return bool(len(samples)) and max(float(samples.max()), -float(samples.min())) > INAUDIBLE


def _place(samples: Samples, pauses: Sequence[tuple[int, int]], start: int) -> int:
    first, last = start + SHORTEST, min(start + LONGEST, len(samples) - LEAST_REST)
    near = pauses[bisect_right(pauses, first, key=itemgetter(1)) : bisect_left(pauses, last, key=itemgetter(0))]
    reach = ((max(begin, first), min(end, last)) for begin, end in near)
    places = [(end - begin, max((begin + end) // 2, end - LEAD)) for begin, end in reach if begin < end]
    if not places:
        return _quietest(samples, last - 8 * SAMPLE_RATE_HZ, last)
    long_pause = LONG_PAUSE_MS * SAMPLE_RATE_HZ // 1000
    return max(places, key=lambda pause: (min(pause[0], long_pause), pause[1]))[1]


def _pauses(voices: Sequence[Voice], length: int) -> Iterable[tuple[int, int]]:
    per_ms = SAMPLE_RATE_HZ // 1000
    edges = [0, *(edge * per_ms for voice in voices for edge in (voice.start_ms, voice.end_ms)), length]
    return zip(edges[::2], edges[1::2], strict=True)


def _quietest(samples: Samples, start: int, end: int) -> int:
    """The middle of the tenth of a second with the least energy."""
    count = (end - start) // QUIET
    energy = np.square(samples[start : start + count * QUIET].reshape(count, QUIET)).sum(axis=1)
    return start + int(np.argmin(energy)) * QUIET + QUIET // 2
