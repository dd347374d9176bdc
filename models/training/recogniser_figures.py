"""Measure the shipped recogniser: every figure of its model card.

In: the model folder; texts held back from training, spoken by held-back voices (and by Festival, which has one Russian
voice). Out: figures on standard output as one JSON object. Never trains. Word errors are jiwer's, after lower case,
ё as е, and without marks.

Run: python -m models.training.recogniser_figures [--most 300]
"""

import argparse
import csv
import json
import random
import statistics
import time
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import jiwer
import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from faster_whisper import WhisperModel

from models.training import places
from models.training.links import words_of
from models.training.pairs import read_table
from models.training.sentences import normal_form
from models.training.speech_corpus import ACCENTS, plain_text, through_opus
from models.training.voices import (
    FESTIVAL_VOICES,
    HELD_BACK_VARIANTS,
    SAMPLE_RATE_HZ,
    Clip,
    Espeak,
    any_voice,
    festival,
)

Samples = npt.NDArray[np.float32]
OPUS_BITS_PER_SECOND, NOISE_BELOW_DB = 16_000, 15
LONGEST_WORDS_A_SECOND = 6.0  # more than anyone says: a loop


def heldout_texts(language: str) -> list[str]:
    """Held-back texts that can be spoken as written, our own and Tatoeba's in turn."""
    if language == "uk":
        lines = (places.OWN_TEXT / "ukrainian_heldout.txt").read_text(encoding="utf-8").splitlines()
        return [text for line in lines if (text := plain_text(line, language))]
    own = [row for name in ("domain_heldout", "survival") for row in read_table(places.OWN_TEXT / f"{name}.tsv")]
    both = zip_longest(own, read_table(places.WORK / "tatoeba_heldout.tsv"))
    rows = [row for pair in both for row in pair if row]
    texts = (plain_text(row[0] if language == "ru" else row[1], language) for row in rows)
    return [text for text in dict.fromkeys(texts) if text and len(words_of(text)) >= 3]


def heldout_clips(count: int, language: str = "ru") -> list[Clip]:
    """Held-back texts by held-back espeak-ng variants, in turn; for Russian every sixth by Festival."""
    chance, espeak = random.Random(11), Espeak()
    texts = heldout_texts(language)
    by_festival = texts[:count:6] if language == "ru" else []
    clips: list[Clip | None] = list(festival(by_festival, "ru", FESTIVAL_VOICES["ru"][0])) if by_festival else []
    spoken = set(by_festival)
    left = [text for text in texts[:count] if text not in spoken]
    accent = ACCENTS[language][0]
    clips += [
        espeak.speak(left[number % len(left)], accent, any_voice(chance, HELD_BACK_VARIANTS))
        for number in range(count - len(by_festival))
    ]
    return [clip for clip in clips if clip]


def clean(clip: Clip) -> Samples:
    """The clip as it is, full scale 1, with half a second of near silence around."""
    hush = np.zeros(SAMPLE_RATE_HZ // 2, np.float32)
    return np.concatenate([hush, clip.samples.astype(np.float32) / 32768, hush])


def worse(clip: Clip) -> Samples:
    """The clip with white noise 15 dB below it, then through Opus at 16 kbit/s."""
    sound = clean(clip)
    noise = np.random.default_rng(len(sound)).standard_normal(len(sound))
    noise *= np.sqrt((sound**2).mean() / 10 ** (NOISE_BELOW_DB / 10))
    coded = through_opus(((sound + noise) * 32767).clip(-32767, 32767).astype(np.int16), OPUS_BITS_PER_SECOND)
    return coded.astype(np.float32) / 32768


class Listener:
    """The model as a user of faster-whisper would run it: one core, beam of 5, no text from before."""

    def __init__(self, folder: Path) -> None:
        self.model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        self.spent_s = self.heard_s = 0.0

    def hear(
        self, sound: Samples, language: str | None = None, words: bool = False
    ) -> tuple[str, str, list[tuple[str, float]]]:
        """Text, language, and (word, start in seconds)."""
        begun = time.process_time()
        segments, info = self.model.transcribe(
            sound, language=language, beam_size=5, condition_on_previous_text=False, word_timestamps=words
        )
        found = list(segments)
        self.spent_s += time.process_time() - begun
        self.heard_s += len(sound) / SAMPLE_RATE_HZ
        starts = [(word.word.strip(), word.start) for segment in found for word in (segment.words or [])]
        return " ".join(segment.text.strip() for segment in found), info.language, starts


def word_errors(listener: Listener, clips: list[Clip], sound_of: Callable[[Clip], Samples]) -> dict[str, float]:
    """Word error rate, by synthesiser and in all; the share of languages heard right; the number of loops."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    right = loops = 0
    for clip in clips:
        sound = sound_of(clip)
        text, language, _ = listener.hear(sound)
        pairs.setdefault(clip.voice.split()[0], []).append((normal_form(clip.text), normal_form(text)))
        right += language == clip.language[:2]
        loops += len(text.split()) > LONGEST_WORDS_A_SECOND * len(sound) / SAMPLE_RATE_HZ
    everything = [pair for group in pairs.values() for pair in group]
    by_group = {name: _rate(group) for name, group in [*pairs.items(), ("all", everything)]}
    return {"clips": len(clips), **by_group, "language_right": round(right / len(clips), 4), "loops": loops}


def _rate(pairs: list[tuple[str, str]]) -> float:
    return round(float(jiwer.wer([wanted for wanted, _ in pairs], [said for _, said in pairs])), 3)


def word_starts(listener: Listener, clips: list[Clip]) -> dict[str, float]:
    """How far word starts are off, for words heard right."""
    off_ms: list[float] = []
    for clip in clips:
        _, _, heard = listener.hear(clean(clip), language=clip.language[:2], words=True)
        wanted = [normal_form(clip.text[a:b]) for a, b in words_of(clip.text)]
        said = [normal_form(word) for word, _ in heard]
        for part in jiwer.process_words(
            " ".join(wanted) or "-", " ".join(word or "-" for word in said) or "-"
        ).alignments[0]:
            if part.type == "equal" and len(said) == len(heard):
                for step in range(part.ref_end_idx - part.ref_start_idx):
                    true_ms = (
                        clip.words_ms[part.ref_start_idx + step][0] + 500
                        if part.ref_start_idx + step < len(clip.words_ms)
                        else None
                    )
                    if true_ms is not None and part.hyp_start_idx + step < len(heard):
                        off_ms.append(abs(1000 * heard[part.hyp_start_idx + step][1] - true_ms))
    if not off_ms:
        return {"words": 0}
    return {
        "words": len(off_ms),
        "median_ms": round(statistics.median(off_ms)),
        "p90_ms": round(float(np.quantile(off_ms, 0.9))),
    }


def inventions(listener: Listener, minutes: int = 10) -> dict[str, int]:
    """Words heard where nobody speaks: digital silence, and noise of several colours and levels."""
    numbers = np.random.default_rng(5)
    words = {"silence": 0, "noise": 0}
    for half_minute in range(2 * minutes):
        length = 30 * SAMPLE_RATE_HZ
        level = 10 ** numbers.uniform(-4, -0.7)
        spectrum = np.fft.rfft(numbers.standard_normal(length))
        spectrum /= (1 + np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ) / 60) ** numbers.choice([0, 0.5, 1.0])
        noise = np.fft.irfft(spectrum, length)
        silent = half_minute % 4 == 0
        sound = np.zeros(length, np.float32) if silent else (level * noise / noise.std()).clip(-1, 1).astype(np.float32)
        text, _, _ = listener.hear(sound, language="ru")
        words["silence" if silent else "noise"] += len(normal_form(text).split())
    return {"minutes": minutes, **words}


def minutes_long(folder: Path, clips: list[Clip], notes: int = 10) -> dict[str, float]:
    """Speed and word errors on recordings of about a minute: clips with pauses, for few notes are one sentence."""
    listener, pairs = Listener(folder), []
    for number in range(notes):
        part = [clip for clip in clips[number::notes] if "espeak" in clip.voice][:15]
        sound = np.concatenate([clean(clip) for clip in part])
        text, _, _ = listener.hear(sound)
        pairs.append((normal_form(" ".join(clip.text for clip in part)), normal_form(text)))
    speed = round(listener.heard_s / listener.spent_s, 1)
    return {"notes": notes, "word_error_rate": _rate(pairs), "times_real_time_one_core": speed}


def people(listener: Listener) -> dict[str, object]:
    """Word error rate on the clips of people speaking, where they are at hand."""
    pairs = []
    for index in sorted((places.DATA / "speech").rglob("*.tsv")):
        for row in csv.reader(index.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
            path = index.parent / row[0]
            if path.exists() and path.is_file():
                sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
                text, _, _ = listener.hear(soxr.resample(sound.mean(1), rate_hz, SAMPLE_RATE_HZ))
                pairs.append((normal_form(row[1]), normal_form(text)))
    return {"clips": len(pairs), "word_error_rate": _rate(pairs)} if pairs else {"clips": 0}


def measure(folder: Path, most: int) -> dict[str, object]:
    """Every figure."""
    listener = Listener(folder)
    russian, english, ukrainian = heldout_clips(most), heldout_clips(most // 4, "en"), heldout_clips(most // 12, "uk")
    figures: dict[str, object] = {
        "russian_clean": word_errors(listener, russian, clean),
        "russian_opus_16k_noise_15db": word_errors(listener, russian[::2], worse),
        "english_clean": word_errors(listener, english, clean),
        "ukrainian_clean": word_errors(listener, ukrainian, clean),
        "notes_of_a_minute": minutes_long(folder, russian),
    }
    figures["times_real_time_one_core"] = round(listener.heard_s / listener.spent_s, 1)
    figures["word_starts"] = word_starts(listener, russian[::3])
    figures["words_where_nobody_speaks"] = inventions(listener)
    figures["people"] = people(listener)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=places.RECOGNISER_FOLDER)
    parser.add_argument("--most", type=int, default=1000, help="Russian clips")
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.most), indent=1, ensure_ascii=False))
