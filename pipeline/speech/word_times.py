"""Tokens and their alignment become words with times.

In: the tokens of a window, where CTranslate2's ``align`` heard each of them, and a tokenizer. Out: words in seconds
from the start of the window. The method is Whisper's: dynamic time warping over the cross-attention of the alignment
heads, then over-long words next to a pause are cut back to twice the median word. Pure; never calls a model.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

FRAME_S = 0.02
"""The encoder hears one frame in 20 ms, and timestamps count in the same step."""

OPENING = "\"'“¿([{-"
CLOSING = "\"'.。,，!！?？:：”)]}、"
SENTENCE_ENDS = ".。!！?？"
LONGEST_MEDIAN_S = 0.7


class Tokenizer(Protocol):
    """What we use of faster-whisper's tokenizer."""

    eot: int
    timestamp_begin: int

    def split_to_word_tokens(self, tokens: list[int]) -> tuple[list[str], list[list[int]]]:
        """Words, and the tokens of each."""


@dataclass(slots=True)
class TimedWord:
    """A word while it is being timed: text as the tokenizer gives it, seconds from the start of the window."""

    text: str
    tokens: list[int]
    start_s: float
    end_s: float
    probability: float


@dataclass(slots=True)
class Segment:
    """What the model put between two timestamps, in seconds from the start of the window."""

    tokens: list[int]
    start_s: float
    end_s: float
    words: list[TimedWord] = field(default_factory=list)


def heard_words(text_tokens: list[int], alignment: Any, tokenizer: Tokenizer) -> list[TimedWord]:
    """The words of a window in the order of their tokens, with the times of the alignment.

    ``alignment`` is CTranslate2's ``WhisperAlignmentResult``: pairs of (token, frame) and a probability a token.
    """
    texts, groups = tokenizer.split_to_word_tokens([*text_tokens, tokenizer.eot])
    starts = token_starts(alignment.alignments)
    probabilities = alignment.text_token_probs
    words = []
    position = 0
    for text, tokens in zip(texts[:-1], groups[:-1], strict=True):
        following = position + len(tokens)
        if following >= len(starts):
            break
        mean = statistics.fmean(probabilities[position:following] or [0.0])
        words.append(TimedWord(text, list(tokens), starts[position], starts[following], float(mean)))
        position = following
    return words


def time_segments(segments: Sequence[Segment], words: list[TimedWord], silence_s: float, eot: int) -> None:
    """Give each segment its words and settle the times at its edges.

    ``silence_s`` is the end of the last word before this window, in seconds from the window's start (0 or less).
    ``eot`` is the first token that is not text.
    """
    lengths = [word.end_s - word.start_s for word in words if word.end_s != word.start_s]
    median_s = min(LONGEST_MEDIAN_S, statistics.median(lengths)) if lengths else 0.0
    if lengths:
        _shorten_at_sentence_ends(words, 2 * median_s)
    remaining = iter(_with_punctuation(words))
    for segment in segments:
        due = sum(token < eot for token in segment.tokens)
        while due > 0 and (word := next(remaining, None)):
            due -= len(word.tokens)
            segment.words.append(word)
        if segment.words:
            _shorten_after_pause(segment.words, silence_s, median_s)
            _settle_edges(segment, median_s)
            silence_s = segment.end_s


def token_starts(pairs: Sequence[tuple[int, int]]) -> list[float]:
    """When each token begins, in seconds: the first frame that the path gives it."""
    starts: list[float] = []
    previous = None
    for token, frame in pairs:
        if token != previous:
            starts.append(frame * FRAME_S)
        previous = token
    return starts


def _shorten_at_sentence_ends(words: list[TimedWord], longest_s: float) -> None:
    """A full stop takes up the pause that follows it, and so does the word after it: cut both back."""
    for before, word in pairwise(words):
        if word.end_s - word.start_s > longest_s:
            if word.text in SENTENCE_ENDS:
                word.end_s = word.start_s + longest_s
            elif before.text in SENTENCE_ENDS:
                word.start_s = word.end_s - longest_s


def _with_punctuation(words: list[TimedWord]) -> list[TimedWord]:
    """Opening marks go to the word after them, closing marks to the word before."""
    opened: list[TimedWord] = []
    for word in reversed(words):
        if opened and word.text.startswith(" ") and word.text.strip() in OPENING:
            opened[-1].text = word.text + opened[-1].text
            opened[-1].tokens = word.tokens + opened[-1].tokens
        else:
            opened.append(word)
    closed: list[TimedWord] = []
    for word in reversed(opened):
        if closed and not closed[-1].text.endswith(" ") and word.text in CLOSING:
            closed[-1].text += word.text
            closed[-1].tokens = closed[-1].tokens + word.tokens
        else:
            closed.append(word)
    return closed


def _shorten_after_pause(words: list[TimedWord], silence_s: float, median_s: float) -> None:
    """The first word after a pause, and the second, are not longer than twice the median."""
    longest_s = 2 * median_s
    first = words[0]
    second = words[1] if len(words) > 1 else None
    if first.end_s - silence_s <= 4 * median_s:
        return
    long_pair = second is not None and second.end_s - first.start_s > 2 * longest_s
    if first.end_s - first.start_s > longest_s or long_pair:
        if second is not None and second.end_s - second.start_s > longest_s:
            first.end_s = second.start_s = max(second.end_s / 2, second.end_s - longest_s)
        first.start_s = max(0.0, first.end_s - longest_s)


def _settle_edges(segment: Segment, median_s: float) -> None:
    """Where a first or last word is far too long, the segment's own timestamp is the better edge."""
    first, last = segment.words[0], segment.words[-1]
    if first.start_s + 0.5 < segment.start_s < first.end_s:
        first.start_s = max(0.0, min(first.end_s - median_s, segment.start_s))
    else:
        segment.start_s = first.start_s
    if last.start_s < segment.end_s < last.end_s - 0.5:
        last.end_s = max(last.start_s + median_s, segment.end_s)
    else:
        segment.end_s = last.end_s
