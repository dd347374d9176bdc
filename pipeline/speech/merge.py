"""What was heard in the pieces becomes the words and flags of the recording.

In: hearings of pieces, and where a voice was heard. Out: words in order, stretches to listen to again, flags. Pure.
"""

from __future__ import annotations

import dataclasses
import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import AudioFlag, AudioFlagKind, Word
from pipeline.speech.doubts import doubts, unheard
from pipeline.speech.piece import Doubt
from pipeline.speech.voice import LONGEST, SAMPLE_RATE_HZ, Cut, Samples, Voice, milliseconds, within
from pipeline.speech.word_times import TimedWord

ONSET_MS = 40
"""The voice detector hears a word that begins with a consonant this much late."""
MARGIN_MS = 300
"""Sound around a voice that is listened to again."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording on its way: its samples, where a voice is heard, and its pieces."""

    samples: Samples
    voices: tuple[Voice, ...]  # in order, none touches another
    cuts: tuple[Cut, ...]

    @property
    def duration_ms(self) -> int:
        """Its whole length."""
        return milliseconds(len(self.samples))

    def part(self, cut: Cut) -> Samples:
        """The samples of a piece."""
        return self.samples[cut.start : cut.end]

    def voice_end_s(self, cut: Cut) -> float:
        """Where the last voice in a piece ends, in seconds from the start of the piece; 0 when there is none."""
        end_ms = milliseconds(cut.end)
        begun = bisect_left(self.voices, end_ms, key=lambda voice: voice.start_ms)
        last_ms = min(self.voices[begun - 1].end_ms, end_ms) if begun else 0
        return max(0.0, (last_ms - milliseconds(cut.start)) / 1000)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one piece: times are seconds from its start."""

    cut: Cut
    words: Sequence[TimedWord]
    silent: Sequence[Doubt]
    loops: Sequence[Doubt]


def to_hear_again(sound: Sound, words: Sequence[Word]) -> tuple[Cut, ...]:
    """Where a voice got no words: pieces for a second try, in which that voice stands at the beginning.

    ``words`` are in order. A long silence in front of a voice makes Whisper take the whole window for silence.
    """
    per_ms = SAMPLE_RATE_HZ // 1000
    cuts = []
    for voice in unheard(words, sound.voices):
        begun = bisect_left(words, voice.start_ms, key=lambda word: word.start_ms)
        ended = bisect_right(words, voice.end_ms, key=lambda word: word.end_ms)
        before = words[begun - 1].end_ms if begun else 0
        after = words[ended].start_ms if ended < len(words) else sound.duration_ms
        start = max(before, voice.start_ms - MARGIN_MS) * per_ms
        end = min(after, voice.end_ms + MARGIN_MS) * per_ms
        cuts.append(Cut(start, min(end, start + LONGEST, len(sound.samples))))
    return tuple(cut for cut in cuts if cut.end > cut.start)


def merged_words(hearings: Iterable[Hearing], duration_ms: int) -> tuple[Word, ...]:
    """All words in order: no word begins before the one before it ends, none lies outside the recording."""
    merged = heapq.merge(*map(_piece_words, hearings), key=lambda word: word.start_ms)
    return tuple(_in_order(merged, duration_ms))


def with_voice_edges(words: Iterable[Word], voices: Sequence[Voice]) -> tuple[Word, ...]:
    """Words that do not reach into the pause around them: cross-attention gives a pause to the words at its edges.

    A word in which the voice detector hears nobody keeps its times.
    """
    return tuple(_at_voice(word, voices) for word in words)


def all_flags(sound: Sound, hearings: Sequence[Hearing], words: Sequence[Word]) -> tuple[AudioFlag, ...]:
    """What the words, the voice and the model itself leave in doubt; ``no_speech`` where nothing was said."""
    flags = list(doubts(words, sound.voices))
    for hearing in hearings:
        flags += [_flag(AudioFlagKind.LOOP, hearing.cut, doubt, sound.duration_ms) for doubt in hearing.loops]
        silent = (_flag(AudioFlagKind.NO_SPEECH, hearing.cut, doubt, sound.duration_ms) for doubt in hearing.silent)
        flags += [flag for flag in silent if not any(_overlap(flag, word) for word in words)]
    decoded = {hearing.cut for hearing in hearings}
    flags += [
        AudioFlag(AudioFlagKind.NO_SPEECH, milliseconds(cut.start), milliseconds(cut.end), "silence")
        for cut in sound.cuts
        if cut not in decoded
    ]
    if not words:
        flags = [flag for flag in flags if flag.kind != AudioFlagKind.NO_SPEECH]
        flags.append(AudioFlag(AudioFlagKind.NO_SPEECH, 0, sound.duration_ms, "no word was heard"))
    return tuple(sorted(flags, key=lambda flag: (flag.start_ms, flag.end_ms, flag.kind)))


def _piece_words(hearing: Hearing) -> list[Word]:
    offset_ms = milliseconds(hearing.cut.start)
    words = (
        Word(
            word.text.strip(),
            offset_ms + round(word.start_s * 1000),
            offset_ms + round(word.end_s * 1000),
            round(min(1.0, word.probability), 4),
        )
        for word in hearing.words
        if word.text.strip()
    )
    return list(_in_order(words, milliseconds(hearing.cut.end)))


def _at_voice(word: Word, voices: Sequence[Voice]) -> Word:
    heard = list(within(voices, word.start_ms, word.end_ms))
    if not heard:
        return word
    start_ms = max(word.start_ms, heard[0].start_ms - ONSET_MS)
    return dataclasses.replace(word, start_ms=start_ms, end_ms=max(start_ms, heard[-1].end_ms))


def _in_order(words: Iterable[Word], end_ms: int) -> Iterator[Word]:
    at_ms = 0
    for word in words:
        start_ms = min(max(word.start_ms, at_ms), end_ms)
        at_ms = min(max(word.end_ms, start_ms), end_ms)
        yield Word(word.text, start_ms, at_ms, word.probability)


def _flag(kind: AudioFlagKind, cut: Cut, doubt: Doubt, duration_ms: int) -> AudioFlag:
    start_ms, end_ms = (milliseconds(cut.start) + round(second * 1000) for second in (doubt.start_s, doubt.end_s))
    return AudioFlag(kind, min(start_ms, duration_ms), min(end_ms, duration_ms), doubt.words)


def _overlap(flag: AudioFlag, word: Word) -> bool:
    return word.start_ms < flag.end_ms and flag.start_ms < word.end_ms
