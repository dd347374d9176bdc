"""What is weak about a transcript, as flags.

In: words, and the stretches in which the voice detector hears somebody. Out: flags for improbable words, repetitions,
speech without words and words without speech. Nothing is taken away from a transcript here: a flag asks a person to
listen. Pure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.records import AudioFlag, AudioFlagKind, Word
from pipeline.speech.voice import Voice, within

IMPROBABLE = 0.4
"""Below this, Whisper's words are wrong about as often as right."""
IMPROBABLE_RUN = 3
"""So many improbable words in a row are a stretch to listen to; one alone is usual."""
UNHEARD_MS = 1500
"""Voice for this long without a word is a stretch that was skipped; less is a breath or a filled pause."""
APART_MS = 2000
"""Voices that are further apart than this are skipped stretches of their own."""
EDGE_MS = 300
"""Word times and voice times may differ by this much."""
REPEATS = 4
"""The same words this many times in a row: nobody talks like that, a recogniser does."""
LONGEST_PHRASE = 8


def doubts(words: Sequence[Word], voices: Sequence[Voice]) -> tuple[AudioFlag, ...]:
    """All flags that follow from the words and the voice."""
    skipped = [
        AudioFlag(AudioFlagKind.SKIPPED, voice.start_ms, voice.end_ms, "a voice without words")
        for voice in unheard(words, voices)
    ]
    found = [*_improbable(words), *_without_voice(words, voices), *_repeated(words), *skipped]
    return tuple(sorted(found, key=lambda flag: (flag.start_ms, flag.end_ms, flag.kind)))


def _improbable(words: Sequence[Word]) -> Iterator[AudioFlag]:
    for improbable, run in groupby(words, key=lambda word: word.probability < IMPROBABLE):
        stretch = list(run)
        if improbable and len(stretch) >= IMPROBABLE_RUN:
            yield _flag(AudioFlagKind.LOW_CONFIDENCE, stretch, f"{len(stretch)} improbable words")


def _without_voice(words: Sequence[Word], voices: Sequence[Voice]) -> Iterator[AudioFlag]:
    for unheard, run in groupby(words, key=lambda word: not _voiced(word, voices)):
        if unheard:
            yield _flag(AudioFlagKind.LOW_CONFIDENCE, list(run), "the voice detector hears nobody here")


def _voiced(word: Word, voices: Sequence[Voice]) -> bool:
    return any(True for _ in within(voices, word.start_ms - EDGE_MS, word.end_ms + EDGE_MS))


def _repeated(words: Sequence[Word]) -> Iterator[AudioFlag]:
    """The longest stretches in which one phrase of up to eight words comes four times or more."""
    texts = [word.text.casefold().strip(".,!?…:;«»\"'()-—") for word in words]
    start = 0
    while start < len(texts):
        length, count = max(((size, _times(texts, start, size)) for size in range(1, LONGEST_PHRASE + 1)), key=_extent)
        if count >= REPEATS:
            yield _flag(AudioFlagKind.LOOP, words[start : start + length * count], f"the same words {count} times")
            start += length * count
        else:
            start += 1


def _times(texts: Sequence[str], start: int, size: int) -> int:
    """How often the phrase at ``start`` is said in a row."""
    phrase = texts[start : start + size]
    count = 1
    while texts[start + count * size : start + (count + 1) * size] == phrase and len(phrase) == size:
        count += 1
    return count


def _extent(repetition: tuple[int, int]) -> tuple[bool, int, int]:
    size, count = repetition
    return count >= REPEATS, size * count, -size


def unheard(words: Sequence[Word], voices: Sequence[Voice]) -> tuple[Voice, ...]:
    """Stretches between two words (or before the first, or behind the last) in which somebody speaks unheard."""
    edges = [0, *(edge for word in words for edge in (word.start_ms, word.end_ms)), sys.maxsize]
    found: list[Voice] = []
    for start_ms, end_ms in zip(edges[::2], edges[1::2], strict=True):
        group: list[Voice] = []
        for voice in within(voices, start_ms, end_ms):
            if group and voice.start_ms - group[-1].end_ms > APART_MS:
                found += _long_enough(group)
                group = []
            group.append(voice)
        found += _long_enough(group)
    return tuple(found)


def _long_enough(group: Sequence[Voice]) -> list[Voice]:
    if sum(voice.end_ms - voice.start_ms for voice in group) < UNHEARD_MS:
        return []
    return [Voice(group[0].start_ms, group[-1].end_ms)]


def _flag(kind: AudioFlagKind, words: Sequence[Word], detail: str) -> AudioFlag:
    return AudioFlag(kind, words[0].start_ms, words[-1].end_ms, detail)
