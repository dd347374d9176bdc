"""Synthetic voices with true word times: espeak-ng as a library, Festival as a program.

In: a text of words and marks, a voice. Out: 16 kHz samples and, for each word of the text, when it starts and ends.
espeak-ng reports a word event at every word's first sample; Festival keeps the word's segments. Never writes files
except Festival's script and waves, in a temporary folder.
"""

import ctypes
import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from models.training.links import words_of

SAMPLE_RATE_HZ = 16000
_TRAINED = (
    "m1 m2 m3 m4 m5 m7 m8 f1 f2 f3 f5 klatt klatt2 klatt3 klatt4 Alex Alicia Andy Annie Denis Diogo Gene "
    "Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Nguyen adam anika antonio belinda benjamin "
    "boris caleb david ed edward gustave iven iven2 john linda marcelo max michel miguel norbert pablo "
    "paul pedro quincy rob robert sandro shelby steph steph2 travis victor "
)
VARIANTS = ("", *(f"+{name}" for name in _TRAINED.split()))
INVENTED = tuple(f"+voxquote{number:03d}" for number in range(90))  # espeak-ng keeps a list of at most 349 voices
INVENTED_SHARE = 0.6
_VARIANTS = Path("espeak-ng-data", "voices", "!v")
HELD_BACK_VARIANTS = ("+m6", "+f4", "+zac", "+Andrea", "+edward2")  # measured on, never trained on
FESTIVAL_VOICES = {"ru": ("msu_ru_nsh_clunits",), "en": ("kal_diphone", "ked_diphone")}
_WORD_EVENT, _RATE, _PITCH, _RANGE, _UTF8, _SYNCHRONOUS = 1, 1, 3, 4, 1, 2


@dataclass(frozen=True)
class Voice:
    """A synthesiser's voice and how it speaks; rate in words a minute, pitch 0..99 (espeak-ng only)."""

    name: str
    rate: int = 160
    pitch: int = 50


@dataclass(frozen=True)
class Clip:
    """Speech: int16 samples at 16 kHz, its words, and each word's (start_ms, end_ms)."""

    language: str
    voice: str
    text: str
    samples: npt.NDArray[np.int16]
    words_ms: tuple[tuple[int, int], ...]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position_ms", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8),
    ]  # fmt: skip


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """espeak-ng in this process; it has one global state, so keep one of these a process.

    With a folder, its data are copied there and the invented variants added (see `invent`).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.folder = folder
        if folder is not None:
            _copy_data(folder)
            self.invent(0)
        self.rate_hz = self.library.espeak_Initialize(_SYNCHRONOUS, 0, folder and os.fsencode(folder), 0)
        self.sound: list[npt.NDArray[np.int16]] = []
        self.starts: list[tuple[int, int]] = []
        self.callback = _CALLBACK(self._hear)
        self.library.espeak_SetSynthCallback(self.callback)

    def invent(self, seed: int) -> None:
        """Make the invented variants others than before: espeak-ng reads a variant whenever it is asked for."""
        if self.folder is None:
            raise ValueError("invented variants need a folder of their own")
        for number, name in enumerate(INVENTED):
            variant = invented_variant(random.Random(len(INVENTED) * seed + number))
            (self.folder / _VARIANTS / name[1:]).write_text(variant, encoding="ascii")

    def _hear(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wave and count:
            self.sound.append(np.ctypeslib.as_array(wave, (count,)).astype(np.int16))
        number = 0
        while events[number].type:
            if events[number].type == _WORD_EVENT:
                self.starts.append((events[number].text_position - 1, events[number].audio_position_ms))
            number += 1
        return 0

    def speak(self, text: str, language: str, voice: Voice) -> Clip | None:
        """Say `text`; None if its word times are unknown (the clip is then of no use)."""
        self.sound, self.starts = [], []
        if self.library.espeak_SetVoiceByName(f"{language}{voice.name}".encode()):
            raise ValueError(f"espeak-ng has no voice {language}{voice.name}")
        for parameter, value in ((_RATE, voice.rate), (_PITCH, voice.pitch), (_RANGE, voice.pitch)):
            self.library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        self.library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8, None, None)
        if not self.sound:
            return None
        sound = np.concatenate(self.sound)
        starts = self._starts_ms(words_of(text))
        if starts is None:
            return None
        words = tuple(zip(starts, [*starts[1:], 1000 * len(sound) // self.rate_hz], strict=True))
        samples = soxr.resample(sound, self.rate_hz, SAMPLE_RATE_HZ, quality="MQ")
        return tidy(Clip(language, f"espeak-ng {language}{voice.name}", text, samples, words))

    def _starts_ms(self, spans: list[tuple[int, int]]) -> list[int] | None:
        """A start for every word; a short word spoken in one breath with the next ("что ж") shares its interval."""
        places, times_ms = zip(*sorted(self.starts), strict=True) if self.starts else ((), ())
        known = [span for span in spans if any(span[0] <= place < span[1] for place in places)]
        if len(known) < 0.75 * len(spans) or known[0] != spans[0]:
            return None
        return [int(start_ms) for start_ms in np.interp([span[0] for span in spans], places, times_ms)]


def festival(texts: list[str], language: str, voice: str) -> list[Clip]:
    """Say `texts` with a Festival voice; texts whose words come out differently are left out."""
    with tempfile.TemporaryDirectory() as folder:
        script = [f"(voice_{voice})"]
        for number, text in enumerate(texts):
            script += [
                f'(set! utt (utt.synth (Utterance Text "{text}")))', f'(utt.save.wave utt "{folder}/{number}.wav")',
                f'(format t "@{number}\\n")',
                '(mapcar (lambda (w) (format t "%s %f %f\\n" (item.name w) (item.feat w "word_start") '
                '(item.feat w "word_end"))) (utt.relation.items utt \'Word))',
            ]  # fmt: skip
        path = Path(folder) / "say.scm"
        path.write_text("\n".join(script), encoding="utf-8")
        spoken = subprocess.run(["festival", "-b", str(path)], capture_output=True, check=False, env=os.environ)
        said = spoken.stdout.decode("utf-8", "replace").split("@")[1:]
        clips = [_festival_clip(texts, block.splitlines(), folder, f"{language} {voice}") for block in said]
    return [clip for clip in clips if clip]


def _festival_clip(texts: list[str], block: list[str], folder: str, voice: str) -> Clip | None:
    text = texts[int(block[0])]
    times = [line.rsplit(" ", 2) for line in block[1:] if line.count(" ") >= 2]
    spans = words_of(text)
    if len(times) != len(spans):
        return None
    sound, rate_hz = soundfile.read(f"{folder}/{block[0]}.wav", dtype="float32")
    samples = (soxr.resample(sound, rate_hz, SAMPLE_RATE_HZ, quality="MQ") * 32767).clip(-32767, 32767).astype(np.int16)
    words = tuple((round(1000 * float(start)), round(1000 * float(end))) for _, start, end in times)
    return tidy(Clip(voice[:2], f"festival {voice[3:]}", text, samples, words))


def tidy(clip: Clip) -> Clip | None:
    """Cut the silence around the speech (25 ms stay) and set one peak level; word times move along."""
    loud = np.flatnonzero(np.abs(clip.samples) > 130)
    if len(loud) == 0:
        return None
    first, last = max(0, loud[0] - 400), loud[-1] + 400
    sound = clip.samples[first:last].astype(np.float32)
    moved_ms = 1000 * first / SAMPLE_RATE_HZ
    length_ms = 1000 * len(sound) // SAMPLE_RATE_HZ
    words = tuple(
        (max(0, round(start - moved_ms)), min(length_ms, max(0, round(end - moved_ms)))) for start, end in clip.words_ms
    )
    samples = (sound * (0.7 * 32767 / np.abs(sound).max())).astype(np.int16)
    return replace(clip, samples=samples, words_ms=words)


def _copy_data(folder: Path) -> None:
    """Copy espeak-ng's data into `folder`."""
    told = subprocess.run(["espeak-ng", "--version"], capture_output=True, check=True, text=True).stdout
    others = shutil.ignore_patterns("mb", "mbrola*")  # they would fill the list
    shutil.copytree(told.partition("Data at:")[2].strip(), folder / "espeak-ng-data", ignore=others, dirs_exist_ok=True)


def invented_variant(chance: random.Random) -> str:
    """An espeak-ng variant that nobody wrote: another length of the throat (formants), another pitch and timbre."""
    throat, low = chance.uniform(84, 148), chance.uniform(65, 240)
    lines = ["language variant", "name voxquote", f"pitch {low:.0f} {low * chance.uniform(1.15, 1.7):.0f}"]
    for number in range(9):
        place = throat * chance.uniform(0.93, 1.07)
        lines.append(f"formant {number} {place:.0f} {chance.uniform(60, 130):.0f} {chance.uniform(70, 150):.0f}")
    lines += [f"{name} {chance.randint(0, most)}" for name, most in (("flutter", 8), ("roughness", 4))]
    lines += [f"voicing {chance.uniform(70, 150):.0f}", f"consonants {chance.uniform(60, 130):.0f}"]
    if chance.random() < 0.25:
        lines.append(f"klatt {chance.choice((1, 2, 3, 4, 6))}")
    return "\n".join(lines) + "\n"


def any_voice(chance: random.Random, names: tuple[str, ...] = VARIANTS) -> Voice:
    """A random espeak-ng voice at a random, still natural rate and pitch.

    Of the trained ones, one in five is the plain one and half are invented: an `Espeak` with a folder knows those.
    """
    if "" in names and chance.random() < 0.2:
        return Voice("", chance.randint(115, 175), chance.randint(35, 65))
    if "" in names and chance.random() < INVENTED_SHARE:
        return Voice(chance.choice(INVENTED), chance.randint(115, 205), chance.randint(30, 70))
    return Voice(chance.choice(names), chance.randint(115, 205), chance.randint(15, 85))
