"""The two values that every part of the sample maker shares.

In: nothing. Out: `Speech` (samples and true word times of one sentence) and `SampleError`. Does no work itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]


class SampleError(Exception):
    """A sample could not be made; the message says which one, and what to do."""


@dataclass(frozen=True)
class Word:
    """One spoken word with its punctuation; times in milliseconds (fractions kept until the end)."""

    text: str
    start_ms: float
    end_ms: float

    def later(self, by_ms: float) -> Word:
        """The same word, moved by `by_ms`."""
        return Word(self.text, self.start_ms + by_ms, self.end_ms + by_ms)


@dataclass(frozen=True)
class Speech:
    """One spoken sentence: mono samples in -1..1 at `rate_hz`, and its words in order."""

    samples: Samples
    rate_hz: int
    words: tuple[Word, ...]
