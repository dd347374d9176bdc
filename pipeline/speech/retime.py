"""A run of words is timed once more, on its own stretch of sound.

In: a transcript, a run of its words, the sound, and an aligner that tells when given words are said. Out: the words
with new times, and which of these are firm. Every word is looked for in two windows that begin at different places and
hold different neighbours: where the two alignments agree, they are two measurements; where they do not, the model
guesses. At pauses the sound itself decides: a word begins where it rises out of the silence. Never changes the text.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.records import Transcript, Word
from pipeline.speech.merge import with_voice_edges
from pipeline.speech.onsets import at_sound
from pipeline.speech.voice import SAMPLE_RATE_HZ, Samples, Voice, milliseconds

Aligner = Callable[[Samples, Sequence[str]], Sequence[tuple[int, int, float]]]
"""Start and end, in ms from the start of the samples, of each of the words that are said in them; and how probable it
is that the word is said."""

WINDOWS = ((2, 0), (1, 170))
"""The two measurements: how many neighbours of the run on either side are aligned with it, and how many ms of silence
stand before. A neighbour keeps what is its own; what the model is unsure of moves with the edge of the window."""
AGREED_MS = 100
"""Two alignments of a word that begin no further apart have heard the same place."""
SAID_FROM = 0.15
"""Where the median word is less probable than this, other words are said: on the samples the median of a true sentence
is .64 (one in twenty below .18), of a sentence that is said elsewhere .002 (one in twenty above .06)."""
MOVED_MS = 300
"""A word that we heard ourselves is not looked for further away than this: another word like it may stand there."""
MARGIN_MS = 300
"""Sound around the outermost words of a window, where no other word is."""
NEAR_MS = 2000
"""A neighbour further away than this is no neighbour."""
LONGEST_MS = 20_000
LONGEST_WORDS = 80
"""A longer run is timed in parts: Whisper hears 30 s, and writes 448 tokens."""
LEAST_MS = 100
"""In less sound than this nothing is looked for."""
FIRM_SHARE = 0.75
"""A run is measured when its first and last word are firm, and this share of all of them."""
LETTER_MS = (20, 150)
"""Nobody says a letter in less; a word takes no more for each of its letters, and 300 ms besides."""
WORD_MS = 300


@dataclass(frozen=True, slots=True)
class Timed:
    """Words with the times of a second measurement; ``firm`` tells for each whether two alignments agree on it."""

    words: tuple[Word, ...]
    firm: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Ear:
    """The sound around a run and what hears it. ``start_ms``: where ``samples`` begin in the recording."""

    samples: Samples
    start_ms: int
    voices: tuple[Voice, ...]
    align: Aligner

    @property
    def end_ms(self) -> int:
        """Where the samples end in the recording."""
        return self.start_ms + milliseconds(len(self.samples))

    def part(self, start_ms: int, end_ms: int) -> Samples:
        """The samples between two times of the recording."""
        first, last = ((ms - self.start_ms) * SAMPLE_RATE_HZ // 1000 for ms in (start_ms, end_ms))
        return self.samples[max(0, first) : max(0, last)]


def is_measured(firm: Sequence[bool]) -> bool:
    """Whether a run may be called measured, told by which of its words are firm."""
    return bool(firm) and firm[0] and firm[-1] and sum(firm) >= FIRM_SHARE * len(firm)


def surroundings(transcript: Transcript, run: range) -> tuple[int, int]:
    """The stretch that timing a run may need, in milliseconds; it may end behind the recording."""
    words = transcript.words[run.start : run.stop]
    reach_ms = 2 * NEAR_MS
    return max(0, words[0].start_ms - reach_ms), max(word.end_ms for word in words) + reach_ms


def retimed(transcript: Transcript, run: range, ear: Ear) -> Timed:
    """The words ``run`` of a transcript, timed anew; words that are not firm keep the times that they had.

    The times of a transcript without ``model`` are somebody else's and may be estimates: a word may move far from them.
    """
    words: list[Word] = []
    firm: list[bool] = []
    reach_ms = MOVED_MS if transcript.model else NEAR_MS
    for part in _parts(transcript.words, run):
        known = transcript.words[part.start : part.stop]
        one, other = (_measured(transcript.words, part, window, ear) for window in WINDOWS)
        said = all(statistics.median(word.probability for word in heard) >= SAID_FROM for heard in (one, other))
        agreed = [_agreed(*three, reach_ms) if said else None for three in zip(known, one, other, strict=True)]
        firm += [word is not None for word in agreed]
        words += [new or old for new, old in zip(agreed, known, strict=True)]
    return Timed(tuple(words), tuple(firm))


def _parts(words: Sequence[Word], run: range) -> list[range]:
    """The run in parts short enough for one window, parted at the widest gap, near the middle of several."""
    span_ms = words[run.stop - 1].end_ms - words[run.start].start_ms
    if len(run) < 2 or (span_ms <= LONGEST_MS and len(run) <= LONGEST_WORDS):
        return [run]
    middle = (run.start + run.stop) / 2
    cut = max(run[1:], key=lambda place: (words[place].start_ms - words[place - 1].end_ms, -abs(place - middle)))
    return [*_parts(words, range(run.start, cut)), *_parts(words, range(cut, run.stop))]


def _measured(words: Sequence[Word], run: range, window: tuple[int, int], ear: Ear) -> tuple[Word, ...]:
    """The words of the run with the times and probabilities that one window gives them."""
    count, lead_ms = window
    wide = _with_neighbours(words, run, count)
    start_ms, end_ms = _edges(words, wide, ear)
    sound = ear.part(start_ms, end_ms)
    if milliseconds(len(sound)) < LEAST_MS:  # times that lie outside of the recording, or in no order
        return tuple(Word(words[place].text, 0, 0, 0.0) for place in run)
    lead = np.zeros(lead_ms * SAMPLE_RATE_HZ // 1000, np.float32)
    heard = ear.align(np.concatenate([lead, sound]), [words[place].text for place in wide])
    offset_ms = start_ms - lead_ms
    timed = [
        Word(words[place].text, begin + offset_ms, end + offset_ms, probability)
        for place, (begin, end, probability) in zip(wide, heard, strict=True)
        if place in run
    ]
    return at_sound(with_voice_edges(timed, ear.voices), ear.samples, ear.start_ms)


def _with_neighbours(words: Sequence[Word], run: range, count: int) -> range:
    first, last = run.start, run.stop
    for _ in range(count):
        if first > 0 and words[run.start].start_ms - words[first - 1].start_ms <= NEAR_MS:
            first -= 1
        if last < len(words) and words[last].end_ms - words[run.stop - 1].end_ms <= NEAR_MS:
            last += 1
    return range(first, last)


def _edges(words: Sequence[Word], run: range, ear: Ear) -> tuple[int, int]:
    """The window around a run: some room, but not into the next word."""
    first, last = words[run.start].start_ms, words[run.stop - 1].end_ms
    before = words[run.start - 1].end_ms if run.start else 0
    after = words[run.stop].start_ms if run.stop < len(words) else ear.end_ms
    start_ms = max(ear.start_ms, min(first, max(first - MARGIN_MS, (before + first) // 2)))
    return start_ms, min(ear.end_ms, max(last, min(last + MARGIN_MS, (after + last) // 2)))


def _agreed(known: Word, one: Word, other: Word, reach_ms: int) -> Word | None:
    """The word with the times that two measurements agree on; None when they do not, or when nobody speaks like that.

    Where the transcript's own time lies between the two, or near, it is the third measurement.
    """
    apart_ms = abs(one.start_ms - other.start_ms)
    if apart_ms > AGREED_MS or not (_plausible(one) and _plausible(other)):
        return None
    start_ms = round(statistics.median((one.start_ms, other.start_ms, known.start_ms)))
    end_ms = round(statistics.median((one.end_ms, other.end_ms, known.end_ms)))
    if abs(start_ms - known.start_ms) > reach_ms:
        return None
    return dataclasses.replace(known, start_ms=start_ms, end_ms=max(start_ms, end_ms))


def _plausible(word: Word) -> bool:
    """Whether a word can be said in its time."""
    letters = sum(map(str.isalnum, word.text))
    shortest, longest = LETTER_MS
    return shortest * letters < word.end_ms - word.start_ms <= WORD_MS + longest * letters
