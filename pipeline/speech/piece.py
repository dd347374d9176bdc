"""One piece of sound, up to 30 s, from its features to its words.

In: the features of a piece, and what the model answered for each window of it. Out: the next window to decode, and at
the end the words with times in the piece. This is Whisper's walk: a window is decoded, cut at its timestamps, and the
next window starts where the last finished segment ended. Never calls a model itself, so that many pieces can share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.speech.word_times import FRAME_S, Segment, TimedWord, heard_words, time_segments

WINDOW_FRAMES = 3000
FEATURE_S = 0.01
"""A window is 30 s of features, one in 10 ms; two of them make a frame of the encoder."""
LEAST_STEP = 50
"""The walk goes on by half a second at least, so that it always ends."""
TAIL_FRAMES = 200
"""A rest of up to 2 s in which the voice detector hears nothing, behind the model's own end mark, is not decoded."""
LOOPING_RATIO = 2.4
"""Text that shrinks to less than 1/2.4 repeats itself (Whisper's threshold)."""
SHORT_MARGIN = 200
"""Frames of nothing behind the sound of a short window: where a text should end, Whisper wants to hear that it does."""
RESET_TEMPERATURE = 0.5
"""Text that was sampled hotter than this is no prompt for the next window (Whisper's rule)."""

Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model answered for one window. ``silent`` when its own no-speech rule applies."""

    tokens: list[int]
    average_log_prob: float
    no_speech_probability: float
    compression_ratio: float
    temperature: float
    silent: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of the piece, in seconds, in which the model doubts itself."""

    start_s: float
    end_s: float
    words: str


@dataclass(slots=True)
class Piece:
    """The state of the walk. ``voice_end_s`` is where the voice detector last hears somebody.

    ``encoded`` is the encoder output of the first window, where it was needed before.
    """

    features: Features  # float32 [bands, frames], the last frame is padding
    tokenizer: Any
    voice_end_s: float
    condition_on_previous_text: bool = True
    encoded: Any | None = None
    words: list[TimedWord] = field(default_factory=list)
    silent: list[Doubt] = field(default_factory=list)
    loops: list[Doubt] = field(default_factory=list)
    _seek: int = 0
    _previous: list[int] = field(default_factory=list)
    _last_word_s: float = 0.0

    @property
    def done(self) -> bool:
        """Whether all of the piece was decoded."""
        rest = self._frames - self._seek
        heard_out = self._seek > 0 and rest <= TAIL_FRAMES and self.voice_end_s <= self._seek * FEATURE_S
        return rest <= 0 or heard_out

    @property
    def size(self) -> int:
        """Frames of sound in the current window."""
        return min(WINDOW_FRAMES, self._frames - self._seek)

    @property
    def _frames(self) -> int:
        return int(self.features.shape[-1]) - 1

    def window(self, frames: int) -> Features:
        """The features of the current window, float32 [bands, frames]."""
        return padded(self.features[:, self._seek : self._seek + self.size], frames)

    def take_encoded(self) -> Any | None:
        """The encoder output of the current window, once, when it is known."""
        encoded, self.encoded = self.encoded, None
        return encoded

    def prompt(self, longest: int) -> list[int]:
        """The start sequence, behind as much of the text so far as fits in half of ``longest`` tokens."""
        start: list[int] = list(self.tokenizer.sot_sequence)
        if not self._previous:
            return start
        return [self.tokenizer.sot_prev, *self._previous[-(longest // 2 - 1) :], *start]

    def text_tokens(self, heard: Heard) -> list[int]:
        """The tokens of an answer that are text: what is to be aligned."""
        return [token for token in heard.tokens if token < self.tokenizer.eot]

    def accept(self, heard: Heard, alignment: Any | None) -> None:
        """Take the answer for the current window, and its alignment when it has text; move on."""
        offset_s, size_s = self._seek * FEATURE_S, self.size * FEATURE_S
        if heard.silent:
            self.silent.append(Doubt(offset_s, offset_s + size_s, "the recogniser hears no speech"))
            self._seek += self.size
            return
        segments, step, finished = split(heard.tokens, self.tokenizer.timestamp_begin, self.size)
        if alignment is not None:
            words = heard_words(self.text_tokens(heard), alignment, self.tokenizer)
            time_segments(segments, words, self._last_word_s - offset_s, self.tokenizer.eot)
        last_s = self._last_end(segments)
        if not finished and last_s > 0:
            step = round(last_s / FEATURE_S)
        self._last_word_s = offset_s + last_s if segments else self._last_word_s
        self._keep(segments, offset_s, heard)
        self._seek += max(step, min(LEAST_STEP, self.size))

    def _keep(self, segments: list[Segment], offset_s: float, heard: Heard) -> None:
        for segment in segments:
            if segment.start_s == segment.end_s or not any(word.text.strip() for word in segment.words):
                continue
            self._previous += segment.tokens
            for word in segment.words:
                word.start_s += offset_s
                word.end_s += offset_s
                self.words.append(word)
            if heard.compression_ratio > LOOPING_RATIO:
                words = f"compression ratio {heard.compression_ratio:.1f}"
                self.loops.append(Doubt(offset_s + segment.start_s, offset_s + segment.end_s, words))
        if not self.condition_on_previous_text or heard.temperature > RESET_TEMPERATURE:
            self._previous.clear()

    @staticmethod
    def _last_end(segments: list[Segment]) -> float:
        """The end of the last word, or of the last segment when there is no word."""
        ends = [word.end_s for segment in segments for word in segment.words]
        return ends[-1] if ends else segments[-1].end_s if segments else 0.0


def padded(features: Features, frames: int) -> Features:
    """Features as a window of so many frames, filled up with zeros as faster-whisper does."""
    return np.pad(features, ((0, 0), (0, frames - features.shape[1])))


def short_window(size: int) -> int:
    """A window that is as long as its sound and a margin, in whole seconds."""
    return min(WINDOW_FRAMES, -(-(size + SHORT_MARGIN) // 100) * 100)


def split(tokens: list[int], timestamp_begin: int, size: int) -> tuple[list[Segment], int, bool]:
    """Cut the answer for a window of ``size`` feature frames at its pairs of timestamps.

    Returns the segments, how many feature frames to go on, and whether the last timestamp stands alone: nothing is
    said behind it. Without a pair, the whole answer is one segment.
    """
    stamps = [token >= timestamp_begin for token in tokens]
    finished = len(tokens) >= 2 and stamps[-1] and not stamps[-2]
    cuts = [place for place in range(1, len(tokens)) if stamps[place] and stamps[place - 1]]
    if not cuts:
        last = max((token - timestamp_begin for token in tokens if token >= timestamp_begin), default=0)
        end_s = last * FRAME_S if last else size * FEATURE_S
        return [Segment(tokens, 0.0, end_s)], size, finished
    if finished:
        cuts.append(len(tokens))
    segments = []
    for start, end in zip([0, *cuts], cuts, strict=False):
        part = tokens[start:end]
        times = [max(0, token - timestamp_begin) * FRAME_S for token in (part[0], part[-1])]
        segments.append(Segment(part, times[0], times[1]))
    step = size if finished else (tokens[cuts[-1] - 1] - timestamp_begin) * 2
    return segments, step, finished
