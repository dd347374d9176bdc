"""Training windows: clips laid end to end, cut where a window ends, made worse as recordings are, with their tokens.

In: speech shards (see `speech_corpus`). Out: samples of one window, its tokens, and for each token where it was said.
Silence and noise windows have no text. Never uses a held-back voice, because the shards hold none.
"""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr
from tokenizers import Tokenizer

from models.training.links import words_of
from models.training.voices import SAMPLE_RATE_HZ

Samples = npt.NDArray[np.float32]
SILENT_SHARE = 0.06
LANGUAGE_SHARES = {"ru": 0.79, "en": 0.09, "uk": 0.12}
SPEED_SHARE, SPEEDS = 0.5, (0.86, 1.16)  # a clip played slower or faster is another voice: pitch and formants move
NOISES, NOISE_SAMPLES = 40, 40 * SAMPLE_RATE_HZ  # made once, cut anywhere: noise made anew would cost half of the time
# How often a clip takes its turn: Festival is the one Russian voice made from a person, and the hardest to learn.
TURNS = {"festival msu_ru_nsh_clunits": 4}
NOWHERE = (-1, -1)


@dataclass(frozen=True)
class Speech:
    """One clip of a shard: where its samples lie, what it says, when."""

    language: str
    text: str
    shard: int
    first: int
    samples: int
    words_ms: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Window:
    """One example.

    `filled`: how many of the samples are recording (what follows is padding); `spans_ms`: each token's (start_ms,
    end_ms) or NOWHERE; `said`: the words as plain text.
    """

    samples: Samples
    filled: int
    tokens: list[int]
    spans_ms: list[tuple[int, int]]
    said: str


@dataclass(frozen=True)
class Placed:
    """A clip in a window: its first millisecond there and the words that lie wholly inside."""

    clip: Speech
    start_ms: int
    end_ms: int
    inside: int


class Shards:
    """All clips that are on disk now."""

    def __init__(self, folder: Path) -> None:
        self.sound: list[npt.NDArray[np.int16]] = []
        self.clips: dict[str, list[Speech]] = {language: [] for language in LANGUAGE_SHARES}
        for number, index in enumerate(sorted(folder.glob("*.jsonl"))):
            self.sound.append(np.memmap(index.with_suffix(".raw"), np.int16, "r"))
            for line in index.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                words = tuple((start, end) for start, end in row["words_ms"])
                clip = Speech(row["language"], row["text"], number, row["first"], row["samples"], words)
                self.clips[clip.language] += [clip] * TURNS.get(row["voice"], 1)

    def samples(self, clip: Speech) -> Samples:
        """The samples of a clip, full scale 1."""
        return self.sound[clip.shard][clip.first : clip.first + clip.samples].astype(np.float32) / 32768


class Tokens:
    """Numbers of the tokens that training uses."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        names = ("startoftranscript", "endoftext", "transcribe", "notimestamps", "nospeech", "0.00")
        numbers = [int(self.tokenizer.token_to_id(f"<|{name}|>")) for name in names]
        self.start, self.end, self.transcribe, self.no_times, self.no_speech, self.first_time = numbers
        self.languages = {code: self.tokenizer.token_to_id(f"<|{code}|>") for code in ("ru", "en", "uk")}

    def time(self, time_ms: int) -> int:
        """The token of a time in the window."""
        return int(self.first_time) + min(1500, max(0, round(time_ms / 20)))

    def is_time(self, token: int) -> bool:
        """Whether a token is a time."""
        return self.first_time <= token <= self.first_time + 1500

    def words(self, clip: Speech, start_ms: int, inside: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Tokens of the first `inside` words of a clip, and when each was said in the window."""
        ranges = words_of(clip.text)
        text = clip.text if inside == len(ranges) else clip.text[: ranges[inside - 1][1]]
        encoded = self.tokenizer.encode(" " + text)
        spans = []
        for begin, end in encoded.offsets:
            middle = (begin + end) / 2 - 1
            word = next((n for n, (a, b) in enumerate(ranges) if a - 1 <= middle <= b), None)
            if word is None or not any(letter.isalnum() for letter in (" " + text)[begin:end]):
                spans.append(NOWHERE)
                continue
            (first, last), (from_ms, to_ms) = ranges[word], clip.words_ms[word]
            share = (to_ms - from_ms) / max(1, last - first)
            low, high = max(0, begin - 1 - first), min(last - first, end - 1 - first)
            spans.append((round(start_ms + from_ms + low * share), round(start_ms + from_ms + high * share)))
        return encoded.ids, spans


class Maker:
    """Makes windows of a given length."""

    def __init__(self, shards: Shards, tokens: Tokens, seed: int) -> None:
        self.shards, self.tokens = shards, tokens
        self.chance, self.numbers = random.Random(seed), np.random.default_rng(seed)
        self.noises = [self._noise(NOISE_SAMPLES) for _ in range(NOISES)]

    def window(self, seconds: int) -> Window:
        """One random window."""
        chance = self.chance
        sound = np.zeros(seconds * SAMPLE_RATE_HZ, np.float32)
        spoken = [language for language in LANGUAGE_SHARES if self.shards.clips[language]]
        language = chance.choices(spoken, [LANGUAGE_SHARES[language] for language in spoken])[0]
        placed = [] if chance.random() < SILENT_SHARE else self._lay(sound, language)
        filled = self._filled(placed, len(sound))
        sound[:filled] = self._worsen(sound[:filled], bool(placed))
        if not placed:
            return Window(sound, filled, *self._nothing(language), "")
        tokens, spans = self._sequence(placed, language, seconds * 1000)
        said = " ".join(
            " ".join(item.clip.text[a:b] for a, b in words_of(item.clip.text)[: item.inside]) for item in placed
        )
        return Window(sound, filled, tokens, spans, said)

    def _filled(self, placed: list[Placed], length: int) -> int:
        """Where the recording ends: anywhere after its last word, or not within this window."""
        end = placed[-1].end_ms * SAMPLE_RATE_HZ // 1000 if placed else SAMPLE_RATE_HZ
        if end >= length or self.chance.random() < 0.3:
            return length
        return min(length, end + int(self.chance.choice((0.2, 1.0, 4.0)) * self.chance.random() * SAMPLE_RATE_HZ))

    def _clip(self, language: str) -> tuple[Speech, Samples]:
        """A random clip, half of the time slower or faster."""
        clip = self.chance.choice(self.shards.clips[language])
        samples = self.shards.samples(clip)
        if self.chance.random() >= SPEED_SHARE:
            return clip, samples
        speed = self.chance.uniform(*SPEEDS)
        words = tuple((round(start / speed), round(end / speed)) for start, end in clip.words_ms)
        return replace(clip, words_ms=words), soxr.resample(samples, SAMPLE_RATE_HZ * speed, SAMPLE_RATE_HZ, "LQ")

    def _lay(self, sound: Samples, language: str) -> list[Placed]:
        chance, placed = self.chance, []
        place = int(chance.choice((0.0, chance.random() * 0.3, chance.random() * 2)) * SAMPLE_RATE_HZ)
        most = 99 if chance.random() < 0.75 else chance.randint(1, 3)
        one_level = chance.uniform(0.5, 1.0)
        while len(placed) < most and place < len(sound) - SAMPLE_RATE_HZ // 2:
            clip, samples = self._clip(language)
            room = len(sound) - place
            if len(samples) > room and chance.random() < 0.5:
                break
            start_ms = round(1000 * place / SAMPLE_RATE_HZ)
            room_ms = 1000 * room // SAMPLE_RATE_HZ
            inside = sum(end <= room_ms for _, end in clip.words_ms)
            sound[place : place + len(samples)] += one_level * samples[:room]
            end_ms = start_ms + min(room_ms, 1000 * len(samples) // SAMPLE_RATE_HZ)
            placed.append(Placed(clip, start_ms, end_ms, inside))
            place += len(samples) + int(
                chance.choice((chance.uniform(0.05, 0.4), chance.uniform(0.2, 1.5))) * SAMPLE_RATE_HZ
            )
        return placed if placed and placed[0].inside else []

    def _sequence(self, placed: list[Placed], language: str, length_ms: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Whisper's sequence: with times, a clip that the window cuts leaves only its start."""
        timed = self.chance.random() < 0.5
        tokens = [self.tokens.start, self.tokens.languages[language], self.tokens.transcribe]
        spans = [NOWHERE] * 3
        if not timed:
            tokens.append(self.tokens.no_times)
            spans.append(NOWHERE)
        for number, item in enumerate(placed):
            cut = item.inside < len(item.clip.words_ms)
            if timed:
                tokens.append(self.tokens.time(item.start_ms))
                spans.append((item.start_ms, item.start_ms + 20))
            if item.inside and not (timed and cut and number):
                ids, said = self.tokens.words(item.clip, item.start_ms, item.inside)
                tokens, spans = tokens + ids, spans + said
                if timed:
                    tokens.append(self.tokens.time(min(length_ms, item.end_ms)))
                    spans.append((item.end_ms - 20, item.end_ms))
        return [*tokens, self.tokens.end], [*spans, NOWHERE]

    def _nothing(self, language: str) -> tuple[list[int], list[tuple[int, int]]]:
        kind = self.chance.random()
        tokens = [self.tokens.start, self.tokens.no_speech]
        if kind > 0.4:
            mark = self.tokens.no_times if kind < 0.7 else self.tokens.first_time
            tokens = [self.tokens.start, self.tokens.languages[language], self.tokens.transcribe, mark]
        return [*tokens, self.tokens.end], [NOWHERE] * (len(tokens) + 1)

    def _worsen(self, sound: Samples, speech: bool) -> Samples:
        chance = self.chance
        if speech and chance.random() < 0.08:
            sound = self._room(sound)
        if chance.random() < (0.35 if speech else 0.85):
            first = chance.randrange(NOISE_SAMPLES - len(sound))
            noise = chance.choice(self.noises)[first : first + len(sound)]
            power = float((sound**2).mean()) if speech else 10 ** chance.uniform(-6, -1)
            below_db = chance.choice((chance.uniform(10, 20), chance.uniform(15, 45))) if speech else 0.0
            sound = sound + noise * np.float32(np.sqrt(power / 10 ** (below_db / 10)))
        if chance.random() < 0.08:
            sound = _band(sound, 300, chance.choice((3000, 3400, 3600)))
        return (sound * chance.choice((1.0, 1.0, chance.uniform(0.05, 1.0)))).astype(np.float32)

    def _noise(self, length: int) -> Samples:
        """Noise of unit power: a random slope over frequency, a little mains hum, sometimes in bursts."""
        white = self.numbers.standard_normal(length).astype(np.float32)
        spectrum = np.fft.rfft(white)
        frequency = np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ)
        noise = np.fft.irfft(spectrum / (1 + frequency / 60) ** self.chance.choice((0, 0, 0.5, 1.0)), length)
        if self.chance.random() < 0.2:
            noise = noise / noise.std() + self._hum(length)
        if self.chance.random() < 0.25:
            steps = self.numbers.random(length // 4000 + 2) ** 4
            noise = noise * np.interp(np.arange(length), np.arange(len(steps)) * 4000, steps)
        return np.asarray(noise / (noise.std() + 1e-9), np.float32)

    def _hum(self, length: int) -> npt.NDArray[np.float64]:
        time_s = np.arange(length) / SAMPLE_RATE_HZ
        base_hz = self.chance.choice((50, 60, 100, self.chance.uniform(80, 900)))
        tones: npt.NDArray[np.float64] = sum(
            np.sin(2 * np.pi * base_hz * n * time_s) / n for n in range(1, 5)
        ) * self.chance.uniform(0.3, 2)  # fmt: skip
        return tones

    def _room(self, sound: Samples) -> Samples:
        """A room as decaying noise, 0.1 to 0.5 s long."""
        length = int(self.chance.uniform(0.1, 0.5) * SAMPLE_RATE_HZ)
        tail = self.numbers.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
        tail *= self.chance.uniform(0.1, 0.6) / (np.sqrt((tail**2).sum()) + 1e-9)
        tail[0] = 1
        size = len(sound) + length
        wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
        return np.asarray(wet, np.float32)


def _band(sound: Samples, low_hz: float, high_hz: float) -> Samples:
    """What a telephone line lets through."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    spectrum[(frequency < low_hz) | (frequency > high_hz)] *= 0.02
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)
