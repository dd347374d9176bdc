"""Sentences become subtitle cues: short enough to read, no longer than two lines of a screen. Pure.

In: lines with word times. Out: ``Cue`` records that together hold every word once, in order. A translation is divided
at the same places as its sentence, along the word links.

Limits: 42 characters a line and 7 seconds, as broadcasters' guides set them (BBC and Netflix subtitle guidelines).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.exports.lines import Line, one_line

LINE_CHAR = 42
_CUE_CHAR = 2 * LINE_CHAR - 4  # two lines rarely fill to the last character
_CUE_MS = 7_000
_LEAST_MS = 1  # a cue of no length would not be shown, and some readers refuse it
_STOPS = tuple(".,;:!?…—")


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands on the screen from ``start_ms`` to ``end_ms``."""

    start_ms: int
    end_ms: int
    heard: str
    translation: str


def cues(lines: Sequence[Line]) -> tuple[Cue, ...]:
    """Cues in order of time; none ends after the next begins, unless the speech itself overlaps."""
    found = []
    for line in lines:
        starts = _divide(line)
        ends = [*starts[1:], len(line.words)]
        texts = _divide_translation(line, starts)
        for start, end, text in zip(starts, ends, texts, strict=True):
            words = line.words[start:end]
            start_ms = words[0].start_ms
            end_ms = max(start_ms + _LEAST_MS, *(word.end_ms for word in words))
            found.append(Cue(start_ms, end_ms, one_line(" ".join(word.text for word in words)), text))
    return tuple(found)


def wrap(text: str, limit: int = LINE_CHAR) -> str:
    """Break a cue into lines of at most ``limit`` characters (a longer word stands alone), evenly where two do."""
    words = text.split()
    if len(text) <= limit or len(words) < 2:
        return text
    pairs = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    upper, lower = min(pairs, key=lambda pair: max(map(len, pair)))
    if max(len(upper), len(lower)) <= limit:
        return f"{upper}\n{lower}"
    rows = [words[0]]
    for word in words[1:]:
        if len(rows[-1]) + 1 + len(word) <= limit:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return "\n".join(rows)


def _divide(line: Line) -> list[int]:
    """The first word of every cue of a sentence: cut after punctuation or a pause where the limits ask for a cut."""
    starts, waiting = [], [(0, len(line.words))]
    while waiting:
        start, end = waiting.pop()
        words = line.words[start:end]
        size_char = max(sum(len(word.text) + 1 for word in words), _translated_char(line, start, end))
        if len(words) == 1 or (size_char <= _CUE_CHAR and words[-1].end_ms - words[0].start_ms <= _CUE_MS):
            starts.append(start)
            continue
        cut = _cut(line, start, end)
        waiting += [(cut, end), (start, cut)]
    return starts


def _cut(line: Line, start: int, end: int) -> int:
    """The best place for a cut near the middle: after a stop or a long pause, else anywhere."""
    middle = (start + end) / 2

    def cost(cut: int) -> float:
        before, after = line.words[cut - 1], line.words[cut]
        stop = before.text.endswith(_STOPS) or after.start_ms - before.end_ms > 300
        return abs(cut - middle) / (end - start) + (0.0 if stop else 0.3)

    return min(range(start + 1, end), key=cost)


def _translated_char(line: Line, start: int, end: int) -> float:
    """How much translation falls to a stretch of words, by its share of the sentence."""
    return len(line.translation) * (end - start) / len(line.words)


def _divide_translation(line: Line, starts: Sequence[int]) -> list[str]:
    """The translation cut where it crosses the fewest word links, near each cut's share of the words."""
    words = line.translation.split()
    cuts = [0]
    for start in starts[1:]:
        share = len(words) * start / len(line.words)

        def cost(cut: int, start: int = start, share: float = share) -> float:
            crossing = sum((heard < start) != (translated < cut) for heard, translated in line.word_links)
            return crossing + abs(cut - share) / 4

        cuts.append(min(range(cuts[-1], len(words) + 1), key=cost))
    return [" ".join(words[a:b]) for a, b in zip(cuts, [*cuts[1:], len(words)], strict=True)]
