"""Samples become a transcript.

In: 16 kHz mono samples and a Whisper model in a local folder. Out: words with times and probabilities, the language,
and flags for what is weak. The only importer of faster_whisper: its loading, features, tokenizer and voice detector are
used; the model itself is called through CTranslate2. Never downloads, never drops a stretch of sound without a flag.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.errors import SettingsError, WeightsError
from pipeline.records import ModelInfo, Transcript, Word
from pipeline.speech.engine import LONGEST_TOKENS, SEED, Encoded, Engine, RecogniserOptions
from pipeline.speech.merge import Hearing, Sound, all_flags, merged_words, to_hear_again, with_voice_edges
from pipeline.speech.piece import WINDOW_FRAMES, Features, Piece, padded, short_window
from pipeline.speech.retime import Ear, Timed, retimed, surroundings
from pipeline.speech.sentences import split
from pipeline.speech.voice import LONGEST, SAMPLE_RATE_HZ, Cut, Samples, Voice, audible, joined, milliseconds, pieces
from pipeline.speech.walk import walk, window_frames
from pipeline.speech.word_times import token_starts

__all__ = ["Recogniser", "RecogniserOptions", "side_by_side", "voice_stretches", "windows_together"]

UNKNOWN = "und"
"""The language of a recording in which nothing is heard (ISO 639)."""
LANGUAGE_PIECES = 4
SURE_OF_LANGUAGE = 0.5
"""The language is asked in up to four pieces, until the model is more sure than not."""
WINDOWS_BYTES = 1 << 30
"""What the decoder may remember of the windows that one worker decodes together."""
LEAST_TOGETHER, MOST_TOGETHER = 2, 8
VOICE_BLOCK = 300 * SAMPLE_RATE_HZ
_VOICE = VadOptions(min_speech_duration_ms=100, min_silence_duration_ms=200, speech_pad_ms=0)
_NEEDED = ("model.bin", "config.json", "tokenizer.json")
LANGUAGE_HINT = "Name a language by its Whisper code (ru, uk, en …), or leave it to the model."


@dataclass(frozen=True, slots=True)
class _Lead:
    """The piece whose language was asked: its features and encoder output are used again for its text."""

    cut: Cut
    features: Features
    encoded: Encoded


@dataclass(slots=True)
class _Take:
    """A recording on its way to a transcript."""

    sound: Sound
    language: str
    language_probability: float
    lead: _Lead | None
    hearings: list[Hearing] = field(default_factory=list)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words that were heard so far."""
        return merged_words(self.hearings, self.sound.duration_ms)


class Recogniser:
    """A Whisper model in memory."""

    def __init__(
        self, model_folder: Path, options: RecogniserOptions | None = None, model: ModelInfo | None = None
    ) -> None:
        """Load a faster-whisper folder. ``model`` is recorded in the transcripts.

        Raises ``WeightsError`` when the folder cannot be loaded, ``SettingsError`` for a device that is not there.
        """
        self.options = options or RecogniserOptions()
        self.model = model
        self._folder = model_folder
        self._sampling = threading.Lock()
        ctranslate2.set_random_seed(SEED)
        self._whisper = _load(model_folder, self.options)
        self._engine = Engine(self._whisper.model, self._sampler, self.options)

    def transcribe(self, samples: Samples, recording_id: str, language: str | None = None) -> Transcript:
        """Words, sentences and flags of one recording; see ``transcribe_together``."""
        return self.transcribe_together([(recording_id, samples)], language)[0]

    def transcribe_together(
        self, recordings: Sequence[tuple[str, Samples]], language: str | None = None
    ) -> tuple[Transcript, ...]:
        """Words, sentences and flags of recordings by id, in their order. A recording's transcript does not depend on
        those beside it. ``options.workers`` threads may call this at the same time.

        The samples are float32 [n], 16 kHz, one channel. ``language``: a Whisper code ("ru"); None asks the model.
        Raises ``SettingsError`` for a language that Whisper does not know.
        """
        takes = [self._take(samples, language) for _, samples in recordings]
        self._hear((take, cut) for take in takes for cut in take.sound.cuts if audible(take.sound.part(cut)))
        self._hear([(take, cut) for take in takes for cut in to_hear_again(take.sound, take.words)])
        return tuple(
            self._transcript(identifier, take) for (identifier, _), take in zip(recordings, takes, strict=True)
        )

    def retime(self, transcript: Transcript, run: range, samples: Samples) -> Timed:
        """The words ``run`` of a transcript, timed once more. ``samples``: the recording, float32 [n] at 16 kHz."""
        start_ms, end_ms = surroundings(transcript, run)
        part = samples[start_ms * SAMPLE_RATE_HZ // 1000 : end_ms * SAMPLE_RATE_HZ // 1000]
        voices = tuple(Voice(start_ms + v.start_ms, start_ms + v.end_ms) for v in voice_stretches(part))
        tokenizer = self._tokenizer(transcript.language)
        return retimed(transcript, run, Ear(part, start_ms, voices, partial(self._places, tokenizer)))

    def _places(self, tokenizer: Tokenizer, samples: Samples, words: Sequence[str]) -> list[tuple[int, int, float]]:
        """Start, end (ms) and probability of each of ``words`` in ``samples``; zeros when they fit no window.

        The encoder hears a window as long as the sound: nothing is generated, so nothing needs to hear where it ends.
        """
        tokens = [tokenizer.encode(f" {word}") for word in words]
        text = [token for word in tokens for token in word]
        if not text or len(samples) > LONGEST or len(text) > LONGEST_TOKENS // 2:
            return [(0, 0, 0.0)] * len(words)
        features = self._whisper.feature_extractor(samples)[:, :-1]
        encoded = self._engine.encode([padded(features, short_window(features.shape[1]))])
        alignment = self._engine.align(encoded, tokenizer, [text], [features.shape[1]])[0]
        starts = [round(second * 1000) for second in token_starts(alignment.alignments)]
        starts += [starts[-1] if starts else 0] * (len(text) + 1 - len(starts))
        edges = [0, *accumulate(map(len, tokens))]
        probable = alignment.text_token_probs
        return [
            (starts[first], starts[last], statistics.fmean(probable[first:last] or [0.0]))
            for first, last in pairwise(edges)
        ]

    def _take(self, samples: Samples, language: str | None) -> _Take:
        voices = voice_stretches(samples)
        sound = Sound(samples, voices, pieces(samples, voices))
        if language:
            return _Take(sound, language, 1.0, None)
        return _Take(sound, *self._language(sound))

    def _transcript(self, recording_id: str, take: _Take) -> Transcript:
        words = take.words
        if self.options.voice_edges:
            words = with_voice_edges(words, take.sound.voices)
        return Transcript(
            recording_id=recording_id,
            language=take.language,
            language_probability=take.language_probability,
            words=words,
            sentences=split(words),
            flags=all_flags(take.sound, take.hearings, words),
            model=self.model,
            options=self.options.identity(),
            duration_ms=take.sound.duration_ms,
        )

    def _language(self, sound: Sound) -> tuple[str, float, _Lead | None]:
        """The language of the first piece with a voice in which the model is sure of it; of the surest otherwise."""
        cuts = [cut for cut in sound.cuts if audible(sound.part(cut))]
        best: tuple[str, float, _Lead | None] = (UNKNOWN, 0.0, None)
        if cuts and not self._whisper.model.is_multilingual:
            return "en", 1.0, None
        for cut in ([cut for cut in cuts if sound.voice_end_s(cut) > 0] or cuts)[:LANGUAGE_PIECES]:
            features = self._whisper.feature_extractor(sound.part(cut))
            window = features[:, :-1][:, :WINDOW_FRAMES]
            encoded = self._engine.encode([padded(window, window_frames(self._engine, window.shape[1]))])[0]
            code, probability = self._engine.languages(encoded)[0]
            best = max(best, (code, probability, _Lead(cut, features, encoded)), key=lambda asked: asked[1])
            if probability >= SURE_OF_LANGUAGE:
                break
        return best

    def _hear(self, parts: Iterable[tuple[_Take, Cut]]) -> None:
        """Walk through pieces of recordings; what is heard is added to each recording in the order of its pieces."""
        started = (((take, cut), self._piece(take, cut)) for take, cut in parts)
        heard: dict[int, _Take] = {}
        for (take, cut), piece in walk(self._engine, started):
            take.hearings.append(Hearing(cut, piece.words, piece.silent, piece.loops))
            heard[id(take)] = take
        for take in heard.values():
            take.hearings.sort(key=lambda hearing: (hearing.cut.start, hearing.cut.end))

    def _piece(self, take: _Take, cut: Cut) -> Piece:
        known = take.lead if take.lead and take.lead.cut == cut else None
        take.lead = None if known else take.lead
        return Piece(
            known.features if known else self._whisper.feature_extractor(take.sound.part(cut)),
            self._tokenizer(take.language),
            take.sound.voice_end_s(cut),
            self.options.condition_on_previous_text,
            known.encoded if known else None,
        )

    def _tokenizer(self, language: str) -> Tokenizer:
        multilingual = self._whisper.model.is_multilingual
        try:
            return Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language=language)
        except ValueError as error:
            raise SettingsError(f"The recogniser does not know the language {language!r}.", LANGUAGE_HINT) from error

    @contextmanager
    def _sampler(self) -> Iterator[Any]:
        """The model once more, for one window at a time: only a fresh one starts its random numbers at the seed."""
        with self._sampling:
            yield _load(self._folder, dataclasses.replace(self.options, workers=1)).model


def side_by_side(options: RecogniserOptions, recordings: int) -> RecogniserOptions:
    """The options for many recordings: on a processor one thread for each does more than all threads on one.

    The transcripts stay the same, whatever the number of threads.
    """
    if options.device == "cuda" or (options.device == "auto" and ctranslate2.get_cuda_device_count()):
        return options
    cores = options.threads or os.cpu_count() or 1
    workers = max(1, min(cores, recordings))
    return dataclasses.replace(options, workers=workers, threads=max(1, cores // workers))


def windows_together(model_folder: Path) -> int:
    """How many windows of a model to decode together.

    What the decoder keeps of a window takes about a sixth of the space of the weights (Whisper's shapes).
    """
    model = model_folder / _NEEDED[0]
    size = model.stat().st_size if model.is_file() else 0
    return max(LEAST_TOGETHER, min(MOST_TOGETHER, 6 * WINDOWS_BYTES // max(1, size)))


def voice_stretches(samples: Samples) -> tuple[Voice, ...]:
    """Where the voice detector (Silero, part of faster-whisper) hears somebody; five minutes at a time."""
    return joined(
        Voice(milliseconds(start + found["start"]), milliseconds(start + found["end"]))
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
            num_workers=options.workers,
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
