"""Make the sample recordings and SAMPLES.toml from texts/*.toml: `python audio_samples/make_samples.py`.

In: texts/notes.toml (what is said), texts/quotes.toml (what the two articles print, and the gold verdicts).
Out: the .ogg files, their copies in telegram_export/, SAMPLES.toml with true word times. The same bytes on every run
with the same synthesisers. Needs espeak-ng, festival and festvox-ru; the files that it makes need none of them.
Everything it makes is synthetic speech of invented people. Never reads the articles or the network.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from espeak_voice import EspeakVoice, speak_with_espeak
from festival_voice import speak_with_festival
from gold_quotes import Recording, Sentence, samples_toml
from opus_note import RATE_HZ, encode_note, resample
from speech_parts import SampleError, Samples, Speech, Word

FOLDER = Path(__file__).resolve().parent
BEFORE_MS, BETWEEN_SENTENCES_MS, BETWEEN_PARAGRAPHS_MS, AFTER_MS = 300, 450, 900, 400
PEAK, NOISE_RMS, NOISE_SEED = 0.7, 0.25, 20260514
LICENCES = {
    "espeak-ng": "speech made with espeak-ng (a GPL-3.0-or-later program; its output is not restricted); text MIT",
    "festival": "speech made with festvox-ru, copyright 2005 Nickolay V. Shmyrev (BSD-like); text MIT",
    "": "MIT",
}


@dataclass(frozen=True)
class Line:
    """One sentence to be spoken: its id, its text and the pause before it."""

    id: str
    text: str
    pause_ms: int


def read_lines(text: str) -> Iterator[Line]:
    """The sentences of a note's text: one a line, id first; an empty line asks for the longer pause."""
    pause_ms = BEFORE_MS
    for line in text.strip().splitlines():
        if not line.strip():
            pause_ms = BETWEEN_PARAGRAPHS_MS
            continue
        name, _, sentence = line.partition(" ")
        yield Line(name, sentence.strip(), pause_ms)
        pause_ms = BETWEEN_SENTENCES_MS


def speak(note: dict[str, Any], lines: list[Line]) -> list[Speech]:
    """Every sentence of a note, spoken by the synthesiser that the note names."""
    if note["synthesiser"] == "espeak-ng":
        voice = EspeakVoice(note["voice"], note["words_per_minute"], note["pitch"])
        return speak_with_espeak([line.text for line in lines], voice)
    if note["synthesiser"] == "festival":
        return speak_with_festival([line.text for line in lines], note["voice"])
    return []


def join(lines: list[Line], spoken: list[Speech]) -> tuple[Samples, list[Sentence]]:
    """One waveform at 48 kHz with pauses between the sentences, and the sentences with their words' times in it."""
    pieces: list[Samples] = []
    sentences: list[Sentence] = []
    position = 0
    for line, speech in zip(lines, spoken, strict=True):
        gap = np.zeros(line.pause_ms * RATE_HZ // 1000)
        start_ms = (position + len(gap)) * 1000 / RATE_HZ
        voice = resample(speech.samples, speech.rate_hz)
        pieces += [gap, voice]
        position += len(gap) + len(voice)
        words = tuple(rounded(word.later(start_ms)) for word in speech.words)
        sentences.append(Sentence(line.id, line.text, words))
    samples = np.concatenate([*pieces, np.zeros(AFTER_MS * RATE_HZ // 1000)])
    return samples * (PEAK / np.abs(samples).max()), sentences


def rounded(word: Word) -> Word:
    """The word with whole milliseconds."""
    return Word(word.text, round(word.start_ms), round(word.end_ms))


def drown(samples: Samples, sentence: Sentence) -> Samples:
    """The samples with noise, louder than any speech, from the first to the last word of the sentence."""
    first = int(sentence.words[0].start_ms) * RATE_HZ // 1000
    last = int(sentence.words[-1].end_ms) * RATE_HZ // 1000
    noise = np.random.default_rng(NOISE_SEED).standard_normal(last - first) * NOISE_RMS
    noisy = samples.copy()
    noisy[first:last] = 0.1 * samples[first:last] + noise
    return np.clip(noisy, -1, 1)


def make_recording(note: dict[str, Any]) -> Recording:
    """Speak, encode and write one note and its copies."""
    lines = list(read_lines(note["text"]))
    samples, sentences = np.zeros(note.get("silence_ms", 0) * RATE_HZ // 1000), list[Sentence]()
    if lines:
        samples, sentences = join(lines, speak(note, lines))
    drowned = [sentence for sentence in sentences if sentence.id in note.get("drowned_in_noise", [])]
    for sentence in drowned:
        samples = drown(samples, sentence)
    label = f"Computer voice ({note['synthesiser'] or 'none'} {note['voice']}), invented text, no real person."
    encoded = encode_note(samples, f"SYNTHETIC SPEECH: voxquote sample {note['id']}", f"SYNTHETIC SPEECH. {label}")
    for name in [note["file"], *note["copies"]]:
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(encoded)
    return Recording(
        note=note,
        sha256=hashlib.sha256(encoded).hexdigest(),
        duration_ms=round(len(samples) * 1000 / RATE_HZ),
        licence=LICENCES[note["synthesiser"]],
        sentences=tuple(sentences),
        untrusted=tuple(drowned),
    )


def main() -> int:
    """Make everything; 0, or 1 with one line on stderr."""
    try:
        notes = tomllib.loads((FOLDER / "texts/notes.toml").read_text(encoding="utf-8"))["note"]
        articles = tomllib.loads((FOLDER / "texts/quotes.toml").read_text(encoding="utf-8"))["article"]
        recordings = [make_recording(note) for note in notes]
        (FOLDER / "SAMPLES.toml").write_text(samples_toml(recordings, articles), encoding="utf-8")
    except SampleError as error:
        print(f"make_samples: {error}", file=sys.stderr)
        return 1
    for recording in recordings:
        print(f"{recording.note['file']}: {recording.duration_ms / 1000:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
