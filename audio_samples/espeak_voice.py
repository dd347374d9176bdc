"""Sentences spoken by espeak-ng, with the word times that its library reports.

In: a sentence and a voice. Out: `Speech`. The library (Debian: libespeak-ng1, espeak-ng-data) is called through
ctypes; its events carry the sample at which every word and every phoneme begins. Never guesses a missing word time.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from speech_parts import SampleError, Speech, Word

# speak_lib.h of espeak-ng 1.51.
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_PHONEME_EVENTS = 1
PARAMETER_RATE, PARAMETER_PITCH = 1, 3
POSITION_CHARACTER = 1
CHARACTERS_UTF8 = 1
EVENT_LIST_TERMINATED, EVENT_WORD, EVENT_PHONEME = 0, 1, 7


class _Event(ctypes.Structure):
    """`espeak_EVENT`; `name` is the union's string, which holds the phoneme in phoneme events."""

    _fields_ = [
        ("kind", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class EspeakVoice:
    """An espeak-ng voice, its variant after a plus sign (`ru+m3`); pitch 0..99."""

    name: str
    words_per_minute: int
    pitch: int


def speak_with_espeak(sentences: Sequence[str], voice: EspeakVoice) -> list[Speech]:
    """Speak each sentence. Raises SampleError for a missing library or voice, or a word without a time.

    Each sentence gets a process of its own: the library carries state from one to the next, so that the same sentence
    would sound a little different after another one, and the samples would not be reproducible one by one.
    """
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as fresh:
        return fresh.starmap(_speak_once, [(sentence, voice) for sentence in sentences], chunksize=1)


def _speak_once(sentence: str, voice: EspeakVoice) -> Speech:
    return _Espeak().speak(sentence, voice)


class _Espeak:
    """The loaded library, whose state lies in globals: one object a process."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libespeak-ng.so.1")
        except OSError as error:
            raise SampleError("libespeak-ng is missing: install espeak-ng (apt-get install espeak-ng)") from error
        self._chunks: list[np.ndarray] = []
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _Callback(self._receive)  # kept here, or ctypes frees it while the library holds it
        options = INITIALIZE_PHONEME_EVENTS
        self.rate_hz = int(self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, None, options))
        if self.rate_hz <= 0:
            raise SampleError("espeak-ng found no voice data: install espeak-ng-data")
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, wave: object, count: int, events: object) -> int:
        """Store what the library hands over; both buffers are its own and die when this returns."""
        for position in range(10_000):
            event = events[position]  # type: ignore[index]
            if event.kind == EVENT_LIST_TERMINATED:
                break
            name = bytes(event.name).decode("utf-8", "replace") if event.kind == EVENT_PHONEME else ""
            self._events.append((event.kind, event.text_position, event.sample, name))
        if wave and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def speak(self, sentence: str, voice: EspeakVoice) -> Speech:
        """The sentence as samples and timed words."""
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise SampleError(f"espeak-ng has no voice {voice.name}")
        self._library.espeak_SetParameter(PARAMETER_RATE, voice.words_per_minute, 0)
        self._library.espeak_SetParameter(PARAMETER_PITCH, voice.pitch, 0)
        text = sentence.encode() + b"\0"
        self._library.espeak_Synth(text, len(text), 0, POSITION_CHARACTER, 0, CHARACTERS_UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._chunks) / 32768
        return Speech(samples, self.rate_hz, tuple(self._words(sentence, len(samples))))

    def _words(self, sentence: str, sample_count: int) -> Iterator[Word]:
        """Join the events to the sentence's words; a word ends where the next begins or where a pause begins."""
        starts = {position - 1: sample for kind, position, sample, _ in self._events if kind == EVENT_WORD}
        pauses = [sample for kind, _, sample, name in self._events if kind == EVENT_PHONEME and name.startswith("_")]
        spoken = list(re.finditer(r"\S+", sentence))
        begins = [next((starts[at] for at in range(*word.span()) if at in starts), None) for word in spoken]
        for number, (word, begin) in enumerate(zip(spoken, begins, strict=True)):
            if begin is None:
                raise SampleError(f"espeak-ng reported no time for word {number + 1} of a sentence: reword it")
            following = next((later for later in begins[number + 1 :] if later is not None), sample_count)
            end = min([following, *(pause for pause in pauses if pause > begin)])
            yield Word(word.group(), begin * 1000 / self.rate_hz, end * 1000 / self.rate_hz)
