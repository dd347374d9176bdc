"""Samples become a transcript.

In: 16 kHz mono samples and a Whisper model in a local folder. Out: words with times and probabilities, the language,
and flags for what is weak. The only importer of faster_whisper: its loading, features, tokenizer and voice detector are
used; the model itself is called through CTranslate2. Never downloads, never drops a stretch of sound without a flag.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.errors import SettingsError, WeightsError
from pipeline.records import AudioFlag, AudioFlagKind, ModelInfo, Transcript, Word
from pipeline.speech.doubts import doubts, unheard
from pipeline.speech.engine import LONGEST_TOKENS, SEED, Engine, RecogniserOptions
from pipeline.speech.piece import WINDOW_FRAMES, Doubt, Features, Piece, padded
from pipeline.speech.sentences import split
from pipeline.speech.voice import LONGEST, SAMPLE_RATE_HZ, Cut, Samples, Voice, audible, joined, pieces

__all__ = ["Recogniser", "RecogniserOptions", "voice_stretches"]

UNKNOWN = "und"
"""The language of a recording in which nothing is heard (ISO 639)."""
MARGIN_MS = 300
"""Sound around a voice that is listened to again."""
VOICE_BLOCK = 300 * SAMPLE_RATE_HZ
_VOICE = VadOptions(min_speech_duration_ms=100, min_silence_duration_ms=200, speech_pad_ms=0)
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class _Sound:
    """A recording on its way: its samples, where a voice is heard, and its pieces."""

    samples: Samples
    voices: tuple[Voice, ...]
    cuts: tuple[Cut, ...]

    def part(self, cut: Cut) -> Samples:
        return self.samples[cut.start : cut.end]

    def voice_end_s(self, cut: Cut) -> float:
        """Where the last voice in a piece ends, in seconds from the start of the piece."""
        ends = [min(voice.end_ms, _ms(cut.end)) for voice in self.voices if voice.start_ms < _ms(cut.end)]
        return max(0.0, (max(ends, default=0) - _ms(cut.start)) / 1000)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The piece whose language was asked: its features and encoder output are used again for its text."""

    cut: Cut
    features: Features
    encoded: Any


class Recogniser:
    """A Whisper model in memory. One transcription at a time."""

    def __init__(
        self, model_folder: Path, options: RecogniserOptions | None = None, model: ModelInfo | None = None
    ) -> None:
        """Load a faster-whisper folder. ``model`` is recorded in the transcripts.

        Raises ``WeightsError`` when the folder cannot be loaded, ``SettingsError`` for a device that is not there.
        """
        self.options = options or RecogniserOptions()
        self.model = model
        self._folder = model_folder
        ctranslate2.set_random_seed(SEED)
        self._whisper = _load(model_folder, self.options)
        self._engine = Engine(self._whisper.model, self._sampler, self.options)

    def transcribe(self, samples: Samples, recording_id: str, language: str | None = None) -> Transcript:
        """Words, sentences and flags of one recording.

        ``samples``: float32 [n], 16 kHz, one channel. ``language``: a Whisper code ("ru"); None asks the model.
        """
        voices = voice_stretches(samples)
        sound = _Sound(samples, voices, pieces(samples, voices))
        audible_cuts = [cut for cut in sound.cuts if audible(sound.part(cut))]
        code, probability, lead = language or UNKNOWN, 1.0 if language else 0.0, None
        if audible_cuts and not language:
            code, probability, lead = self._language(sound, audible_cuts)
        heard = [(cut, self._hear(sound, cut, code, lead)) for cut in audible_cuts]
        again = _unheard(sound, _words(heard, _ms(len(samples))))
        heard += [(cut, self._hear(sound, cut, code, None)) for cut in again]
        words = _words(heard, _ms(len(samples)))
        return Transcript(
            recording_id=recording_id,
            language=code,
            language_probability=probability,
            words=words,
            sentences=split(words),
            flags=_flags(sound, heard, words),
            model=self.model,
            options=self.options.identity(),
            duration_ms=_ms(len(samples)),
        )

    def _language(self, sound: _Sound, cuts: Sequence[Cut]) -> tuple[str, float, _Lead | None]:
        """The language of the first piece with a voice (of the first piece when there is none)."""
        if not self._whisper.model.is_multilingual:
            return "en", 1.0, None
        cut = next((cut for cut in cuts if sound.voice_end_s(cut) > 0), cuts[0])
        features = self._whisper.feature_extractor(sound.part(cut))
        encoded = self._engine.encode(padded(features[:, :-1][:, :WINDOW_FRAMES]))
        code, probability = self._engine.languages(encoded)[0]
        return code, probability, _Lead(cut, features, encoded)

    def _hear(self, sound: _Sound, cut: Cut, language: str, lead: _Lead | None) -> Piece:
        """Walk through one piece, window by window."""
        known = lead if lead and lead.cut == cut else None
        features = known.features if known else self._whisper.feature_extractor(sound.part(cut))
        tokenizer = self._tokenizer(language)
        piece = Piece(features, tokenizer, sound.voice_end_s(cut), self.options.condition_on_previous_text)
        while not piece.done:
            encoded = known.encoded if known and piece.first else self._engine.encode(piece.window())
            heard = self._engine.hear(encoded, piece.prompt(LONGEST_TOKENS), tokenizer)
            text = [] if heard.silent else piece.text_tokens(heard)
            piece.accept(heard, self._engine.align(encoded, tokenizer, text, piece.size) if text else None)
        return piece

    def _tokenizer(self, language: str) -> Tokenizer:
        multilingual = self._whisper.model.is_multilingual
        try:
            return Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)
        except ValueError as error:
            hint = "Name a language by its Whisper code (ru, uk, en …), or leave it to the model."
            raise SettingsError(f"The recogniser does not know the language {language!r}.", hint) from error

    def _sampler(self) -> Any:
        """The model once more: only a fresh one starts its random numbers at the seed."""
        return _load(self._folder, self.options).model


def voice_stretches(samples: Samples) -> tuple[Voice, ...]:
    """Where the voice detector (Silero, part of faster-whisper) hears somebody; five minutes at a time."""
    return joined(
        Voice(_ms(start + found["start"]), _ms(start + found["end"]))
        for start in range(0, len(samples), VOICE_BLOCK)
        for found in get_speech_timestamps(samples[start : start + VOICE_BLOCK], _VOICE)
    )


def _load(folder: Path, options: RecogniserOptions) -> Any:
    _check(folder)
    try:
        return faster_whisper.WhisperModel(
            str(folder),
            device=options.device,
            compute_type=options.compute_type,
            cpu_threads=options.threads,
            local_files_only=True,
        )
    except ValueError as error:
        hint = "Use --device auto and --compute-type default."
        raise SettingsError(f"This machine cannot run {options.compute_type} on {options.device}.", hint) from error
    except (RuntimeError, OSError) as error:
        raise _damaged(folder) from error


def _check(folder: Path) -> None:
    """faster-whisper would download a tokenizer that is not there, and its library has no error type for a bad one."""
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        hint = "Run `voxquote models list`, or name a folder in faster-whisper's format."
        raise WeightsError(f"The recogniser {folder.name} is not complete: {', '.join(missing)} is missing.", hint)
    try:
        known = json.loads((folder / "tokenizer.json").read_bytes())["model"]["vocab"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _damaged(folder) from error
    if not known:
        raise _damaged(folder)


def _damaged(folder: Path) -> WeightsError:
    hint = "Fetch the model again (`voxquote models fetch`), or use --device cpu."
    return WeightsError(f"The recogniser {folder.name} cannot be loaded.", hint)


def _unheard(sound: _Sound, words: Sequence[Word]) -> list[Cut]:
    """Where a voice got no words: what is heard at a second try, in which that voice stands at the beginning.

    A long silence in front of the voice makes Whisper take the whole window for silence.
    """
    per_ms = SAMPLE_RATE_HZ // 1000
    cuts = []
    for voice in unheard(words, sound.voices):
        before = max((word.end_ms for word in words if word.start_ms < voice.start_ms), default=0)
        after = min((word.start_ms for word in words if word.end_ms > voice.end_ms), default=_ms(len(sound.samples)))
        start = max(before, voice.start_ms - MARGIN_MS) * per_ms
        end = min(after, voice.end_ms + MARGIN_MS) * per_ms
        cuts.append(Cut(start, min(end, start + LONGEST, len(sound.samples))))
    return [cut for cut in cuts if cut.end > cut.start]


def _words(heard: Sequence[tuple[Cut, Piece]], duration_ms: int) -> tuple[Word, ...]:
    """All words in order: no word begins before the one before it ends, none lies outside the recording."""
    merged = heapq.merge(*(_piece_words(cut, piece) for cut, piece in heard), key=lambda word: word.start_ms)
    return tuple(_in_order(merged, duration_ms))


def _piece_words(cut: Cut, piece: Piece) -> list[Word]:
    offset_ms = _ms(cut.start)
    words = (
        Word(
            word.text.strip(),
            offset_ms + round(word.start_s * 1000),
            offset_ms + round(word.end_s * 1000),
            round(min(1.0, word.probability), 4),
        )
        for word in piece.words
        if word.text.strip()
    )
    return list(_in_order(words, _ms(cut.end)))


def _in_order(words: Iterable[Word], end_ms: int) -> Iterator[Word]:
    at_ms = 0
    for word in words:
        start_ms = min(max(word.start_ms, at_ms), end_ms)
        at_ms = min(max(word.end_ms, start_ms), end_ms)
        yield Word(word.text, start_ms, at_ms, word.probability)


def _flags(sound: _Sound, heard: Sequence[tuple[Cut, Piece]], words: Sequence[Word]) -> tuple[AudioFlag, ...]:
    duration_ms = _ms(len(sound.samples))
    flags = list(doubts(words, sound.voices))
    for cut, piece in heard:
        flags += [_flag(AudioFlagKind.LOOP, cut, doubt, duration_ms) for doubt in piece.loops]
        silent = (_flag(AudioFlagKind.NO_SPEECH, cut, doubt, duration_ms) for doubt in piece.silent)
        flags += [flag for flag in silent if not any(_overlap(flag, word) for word in words)]
    decoded = {cut for cut, _ in heard}
    flags += [
        AudioFlag(AudioFlagKind.NO_SPEECH, _ms(cut.start), _ms(cut.end), "silence")
        for cut in sound.cuts
        if cut not in decoded
    ]
    if not words:
        flags = [flag for flag in flags if flag.kind != AudioFlagKind.NO_SPEECH]
        flags.append(AudioFlag(AudioFlagKind.NO_SPEECH, 0, duration_ms, "no word was heard"))
    return tuple(sorted(flags, key=lambda flag: (flag.start_ms, flag.end_ms, flag.kind)))


def _flag(kind: AudioFlagKind, cut: Cut, doubt: Doubt, duration_ms: int) -> AudioFlag:
    start_ms, end_ms = (_ms(cut.start) + round(second * 1000) for second in (doubt.start_s, doubt.end_s))
    return AudioFlag(kind, min(start_ms, duration_ms), min(end_ms, duration_ms), doubt.words)


def _overlap(flag: AudioFlag, word: Word) -> bool:
    return word.start_ms < flag.end_ms and flag.start_ms < word.end_ms


def _ms(samples: int) -> int:
    return round(samples * 1000 / SAMPLE_RATE_HZ)
