"""Speak the training text with many voices and keep the clips in shards.

In: `pairs.tsv` (see `pairs`) in the work folder, and our own Ukrainian sentences. Out: `speech/<number>.raw` (int16,
16 kHz, clips end to end) and `speech/<number>.jsonl` (a line a clip: language, voice, text, first sample, samples,
words_ms). Texts come in random order, so that any first part of the shards is a fair mixture. Never speaks a text with
digits or foreign letters, nor with a held-back voice.

Run: python -m models.training.speech_corpus --shards 30
"""

import argparse
import io
import json
import random
import re
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soxr

from models.training import places
from models.training.pairs import read_pairs
from models.training.voices import FESTIVAL_VOICES, SAMPLE_RATE_HZ, Clip, Espeak, any_voice, festival

SHARD_CLIPS = 2000
LONGEST_SAMPLES = 14 * SAMPLE_RATE_HZ
LANGUAGE_SHARES = {"ru": 0.75, "en": 0.10, "uk": 0.15}
ACCENTS = {"ru": ("ru",), "en": ("en-us", "en", "en-gb-x-rp"), "uk": ("uk",)}
FESTIVAL_SHARE, OPUS_SHARE, NOISY_SHARE = 0.3, 0.3, 0.6
UKRAINIAN_TEXT = "ukrainian.txt"
OPUS_BITS_PER_SECOND = (10_000, 12_000, 16_000, 24_000)
_PLAIN = {"ru": re.compile(r"[А-Яа-яЁё ,.!?:;-]+"), "en": re.compile(r"[A-Za-z ,.!?:;'-]+"),
          "uk": re.compile(r"[А-ЩЬЮЯа-щьюяІЇЄҐіїєґ' ,.!?:;-]+")}  # fmt: skip
_SOURCES = {"tatoeba_ccby2fr": 1.0, "ruslit_classics_pd": 0.35, "mlqe_pe_cc0": 1.0, "xquad_ccbysa4": 1.0,
            "morevna_subtitles_ccby4": 1.0, "lingo_wiktionary_phrases_ccbysa3": 1.0}  # fmt: skip
OWN_SHARE = 4.0


def plain_text(text: str, language: str) -> str:
    """The text as a synthesiser should get it; empty if it cannot be read as it is written."""
    text = text.replace('"', "").replace(" - ", ", " if language == "en" else " - ")
    text = re.sub(r"\s+", " ", text).strip()
    fits = _PLAIN[language].fullmatch(text) and 3 <= len(text) <= 150 and not text.isupper()
    return text if fits else ""


def speakable(language: str) -> list[tuple[float, str]]:
    """(how often, text) of every pair's side that a synthesiser reads as written; for Ukrainian, our own lines."""
    if language == "uk":
        lines = (places.OWN_TEXT / UKRAINIAN_TEXT).read_text(encoding="utf-8").splitlines()
        return [(1.0, text) for line in lines if (text := plain_text(line, language))]
    found = {}
    for pair in read_pairs():
        text = pair.russian if language == "ru" else pair.english
        text = plain_text(text, language)
        share = OWN_SHARE if pair.source.startswith("domain") else _SOURCES.get(pair.source, 0)
        if share and text:
            found[text] = share
    return [(share, text) for text, share in found.items()]


def through_opus(samples: npt.NDArray[np.int16], bits_per_second: int) -> npt.NDArray[np.int16]:
    """Encode and decode 16 kHz speech with Opus, same length out."""
    packed = io.BytesIO()
    with av.open(packed, "w", format="ogg") as container:
        options = {"compression_level": "2", "application": "voip"}
        stream = container.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono", options=options)
        stream.bit_rate = bits_per_second
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    packed.seek(0)
    with av.open(packed) as container:
        parts = [np.asarray(frame.to_ndarray(), np.float32).ravel() for frame in container.decode(audio=0)]
    decoded = soxr.resample(np.concatenate(parts), 48_000, SAMPLE_RATE_HZ, quality="MQ")
    decoded = (decoded * 32767).clip(-32767, 32767).astype(np.int16)
    out = np.zeros_like(samples)
    out[: len(decoded)] = decoded[: len(samples)]
    return out


def with_noise(samples: npt.NDArray[np.int16], below_db: float, slope: float, seed: int) -> npt.NDArray[np.int16]:
    """Speech with noise `below_db` under its mean power; `slope` 0 is white, 1 falls with frequency."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(samples)))
    noise = np.fft.irfft(spectrum / (1 + np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) / 60) ** slope, len(samples))
    sound = samples.astype(np.float32)
    noise *= np.sqrt((sound**2).mean() / 10 ** (below_db / 10)) / (noise.std() + 1e-9)
    return np.asarray((sound + noise).clip(-32767, 32767), np.int16)


def worsen(samples: npt.NDArray[np.int16], chance: random.Random) -> npt.NDArray[np.int16]:
    """Some clips as a telephone would send them: often with noise, and that through Opus."""
    if chance.random() >= OPUS_SHARE:
        return samples
    if chance.random() < NOISY_SHARE:
        slope = chance.choice((0.0, 0.0, 0.5, 1.0))
        samples = with_noise(samples, chance.uniform(8, 28), slope, chance.getrandbits(32))
    return through_opus(samples, chance.choice(OPUS_BITS_PER_SECOND))


def speak_shard(number: int, texts: dict[str, tuple[list[str], list[float]]], espeak: Espeak) -> list[Clip]:
    """The clips of one shard; the number decides every choice, and the invented voices."""
    chance = random.Random(number)
    espeak.invent(number)
    clips: list[Clip | None] = []
    for language, share in LANGUAGE_SHARES.items():
        picked = chance.choices(*texts[language], k=int(SHARD_CLIPS * share))
        by_festival = int(len(picked) * FESTIVAL_SHARE)
        for voice in FESTIVAL_VOICES.get(language, ()):
            clips += festival(picked[: by_festival // len(FESTIVAL_VOICES[language])], language, voice)
            del picked[: by_festival // len(FESTIVAL_VOICES[language])]
        clips += [espeak.speak(text, chance.choice(ACCENTS[language]), any_voice(chance)) for text in picked]
    good = [clip for clip in clips if clip and len(clip.samples) <= LONGEST_SAMPLES and len(clip.samples) > 4000]
    chance.shuffle(good)
    return good


def write_shard(number: int, clips: list[Clip], folder: Path) -> float:
    """Write one shard, the index last; return its hours of speech."""
    chance = random.Random(-number)
    first, lines = 0, []
    with open(folder / f"{number:03d}.raw", "wb") as sound:
        for clip in clips:
            samples = worsen(clip.samples, chance)
            sound.write(samples.tobytes())
            record = {"language": clip.language[:2], "voice": clip.voice, "text": clip.text, "first": first,
                      "samples": len(samples), "words_ms": clip.words_ms}  # fmt: skip
            lines.append(json.dumps(record, ensure_ascii=False))
            first += len(samples)
    (folder / f"{number:03d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return first / SAMPLE_RATE_HZ / 3600


def build(shards: int) -> None:
    """Write the shards that are not there yet."""
    folder = places.WORK / "speech"
    folder.mkdir(parents=True, exist_ok=True)
    espeak = Espeak(places.WORK / "espeak")
    for number in range(shards):
        if (folder / f"{number:03d}.jsonl").exists():
            continue
        texts = {}
        for language in LANGUAGE_SHARES:
            weighted = speakable(language)
            texts[language] = ([text for _, text in weighted], [share for share, _ in weighted])
        hours = write_shard(number, speak_shard(number, texts, espeak), folder)
        known = ", ".join(f"{len(found)} {language}" for language, (found, _) in texts.items())
        print(f"shard {number}: {hours:.2f} h; texts: {known}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=30)
    build(parser.parse_args().shards)
