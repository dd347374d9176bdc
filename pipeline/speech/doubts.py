"""What is weak about a transcript, as flags.

In: words, and the stretches in which the voice detector hears somebody. Out: flags for improbable words, repetitions,
speech without words and words without speech. Nothing is taken away from a transcript here: a flag asks a person to
listen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.records import AudioFlag, AudioFlagKind, Word
from pipeline.speech.voice import Voice

IMPROBABLE = 0.4
"""Below this, Whisper's words are wrong about as often as right."""
IMPROBABLE_RUN = 3
"""So many improbable words in a row are a stretch to listen to; one alone is usual."""
UNHEARD_MS = 1500
"""Voice for this long without a word is a stretch that was skipped; less is a breath or a filled pause."""
EDGE_MS = 300
"""Word times and voice times may differ by this much."""
REPEATS = 4
"""The same words this many times in a row: nobody talks like that, a recogniser does."""
LONGEST_PHRASE = 8


def doubts(words: Sequence[Word], voices: Sequence[Voice]) -> tuple[AudioFlag, ...]:
    """All flags that follow from the words and the voice."""
    found = [*_improbable(words), *_without_voice(words, voices), *_repeated(words), *_without_words(words, voices)]
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
    return any(word.start_ms < voice.end_ms + EDGE_MS and voice.start_ms - EDGE_MS < word.end_ms for voice in voices)


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


def _without_words(words: Sequence[Word], voices: Sequence[Voice]) -> Iterator[AudioFlag]:
    for voice in voices:
        at_ms = voice.start_ms
        for word in words:
            if word.end_ms <= at_ms or word.start_ms >= voice.end_ms:
                continue
            yield from _skipped(at_ms, word.start_ms)
            at_ms = max(at_ms, word.end_ms)
        yield from _skipped(at_ms, voice.end_ms)


def _skipped(start_ms: int, end_ms: int) -> Iterator[AudioFlag]:
    if end_ms - start_ms >= UNHEARD_MS:
        yield AudioFlag(AudioFlagKind.SKIPPED, start_ms, end_ms, "a voice without words")


def _flag(kind: AudioFlagKind, words: Sequence[Word], detail: str) -> AudioFlag:
    return AudioFlag(kind, words[0].start_ms, words[-1].end_ms, detail)
