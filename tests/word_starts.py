"""How far the times of passages are from the true ones: every sentence of the sample recordings, timed by the program.

``python -m tests.word_starts`` prints the figures for three kinds of words: those that the recogniser heard (only the
ones that it heard right have a true time), the true words with times spread evenly over their sentence as an imported
subtitle tells them, and the same with each sentence shifted by up to half a second.
"""

from __future__ import annotations

import random
import re
import statistics
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pipeline.records import Sentence, Transcript, Word
from pipeline.speech.audio import Samples, decode
from pipeline.speech.recognise import Recogniser, RecogniserOptions
from pipeline.speech.retime import is_measured

SAMPLES = Path(__file__).parent.parent / "audio_samples"
STARTER = Path(__file__).parent.parent / "models/starter/whisper-ru"
SAME_PLACE_MS = 2000
"""A heard word and a true one with the same letters are the same word when they are no further apart."""


@dataclass(frozen=True)
class Sample:
    """A recording with its true words: text, start and end in ms."""

    recording: dict[str, Any]
    samples: Samples

    @property
    def words(self) -> list[tuple[str, int, int]]:
        return [tuple(word) for word in self.recording["words"]]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(Sentence(item["start_word"], item["end_word"]) for item in self.recording["sentences"])


@dataclass
class Errors:
    """Of one kind of transcript: sentences, how many were measured, and the errors in ms of the words in these."""

    sentences: int = 0
    measured: int = 0
    before: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        figures = " · ".join(
            f"{name} median {statistics.median(errors):.0f} ms, 95th percentile {percentile(errors):.0f} ms"
            for name, errors in (("starts", self.starts), ("ends", self.ends), ("starts before", self.before))
        )
        return f"{self.measured} of {self.sentences} sentences measured, {len(self.starts)} words · {figures}"


def percentile(errors: Sequence[int]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(errors, n=20, method="inclusive")[-1]


def samples() -> list[Sample]:
    """Every sample recording in which somebody speaks."""
    listed = tomllib.loads((SAMPLES / "SAMPLES.toml").read_text(encoding="utf-8"))["recording"]
    return [Sample(item, decode(SAMPLES / item["file"]).samples) for item in listed if item.get("words")]


def spread(sample: Sample, shift_ms: int = 0) -> Transcript:
    """The true words with times as an importer estimates them: by letters, over a sentence that may be shifted."""
    chance = random.Random(sample.recording["id"])
    words = []
    for sentence in sample.sentences:
        true = sample.words[sentence.start_word : sentence.end_word]
        moved = chance.randint(-shift_ms, shift_ms)
        start, length, letters = true[0][1] + moved, true[-1][2] - true[0][1], sum(len(word[0]) for word in true)
        done = 0
        for text, *_ in true:
            edges = [max(0, start + length * letter // letters) for letter in (done, done + len(text))]
            words.append(Word(text, *edges))
            done += len(text)
    return Transcript(sample.recording["id"], sample.recording["language"], 1.0, tuple(words), sample.sentences)


def true_places(sample: Sample, transcript: Transcript) -> dict[int, int]:
    """Which true word each word of a transcript is; misheard words are none."""
    heard, true = ([_plain(text) for text in texts] for texts in _texts(sample, transcript))
    blocks = SequenceMatcher(None, heard, true, autojunk=False).get_matching_blocks()
    pairs = ((block.a + step, block.b + step) for block in blocks for step in range(block.size))
    return {
        left: right
        for left, right in pairs
        if abs(transcript.words[left].start_ms - sample.words[right][1]) < SAME_PLACE_MS
    }


def errors(recogniser: Recogniser, pairs: Sequence[tuple[Sample, Transcript]]) -> Errors:
    """The errors of the words in every sentence of the transcripts that counts as measured."""
    found = Errors()
    for sample, transcript in pairs:
        places = true_places(sample, transcript)
        for sentence in transcript.sentences:
            timed = recogniser.retime(transcript, range(sentence.start_word, sentence.end_word), sample.samples)
            found.sentences += 1
            if not is_measured(timed.firm):
                continue
            found.measured += 1
            for number, word in enumerate(timed.words, start=sentence.start_word):
                if number in places:
                    _, start_ms, end_ms = sample.words[places[number]]
                    found.before.append(abs(transcript.words[number].start_ms - start_ms))
                    found.starts.append(abs(word.start_ms - start_ms))
                    found.ends.append(abs(word.end_ms - end_ms))
    return found


def wrong_words(sample: Sample) -> Iterator[Transcript]:
    """Each sentence's time with the words of another one: nothing in it may count as measured."""
    plain = spread(sample)
    texts = [plain.words[s.start_word : s.end_word] for s in plain.sentences]
    for number, sentence in enumerate(plain.sentences):
        said = plain.words[sentence.start_word : sentence.end_word]
        other = texts[(number + len(texts) // 2) % len(texts)]
        words = tuple(replace(word, text=lie.text) for word, lie in zip(said, other, strict=False))
        yield replace(plain, words=words, sentences=(Sentence(0, len(words)),))


def _texts(sample: Sample, transcript: Transcript) -> tuple[list[str], list[str]]:
    return [word.text for word in transcript.words], [word[0] for word in sample.words]


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text.lower().replace("ё", "е"))


def main() -> None:
    recogniser = Recogniser(STARTER, RecogniserOptions(device="cpu", condition_on_previous_text=False))
    recordings = samples()
    heard = [(sample, recogniser.transcribe(sample.samples, sample.recording["id"])) for sample in recordings]
    print("words as heard:             ", errors(recogniser, heard))
    print("true words, times estimated:", errors(recogniser, [(sample, spread(sample)) for sample in recordings]))
    print("the same, shifted:          ", errors(recogniser, [(sample, spread(sample, 500)) for sample in recordings]))
    false = [transcript for sample in recordings for transcript in wrong_words(sample)]
    sounds = [sample.samples for sample in recordings for _ in sample.sentences]
    firm = [
        is_measured(recogniser.retime(transcript, range(len(transcript.words)), sound).firm)
        for transcript, sound in zip(false, sounds, strict=True)
    ]
    print(f"words of another sentence:   {sum(firm)} of {len(firm)} sentences measured")


if __name__ == "__main__":
    main()
