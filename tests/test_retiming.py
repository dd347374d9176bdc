"""Passages timed once more: against the true times of the samples, with the real recogniser on the real sound."""

from __future__ import annotations

import json
import shutil
import statistics
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.retiming import as_measured
from pipeline.case.store import Case, CaseInfo
from pipeline.records import Document, Passage, Recording, Sentence, Timing, Transcript, Word
from pipeline.speech.onsets import at_sound
from pipeline.speech.recognise import Recogniser, RecogniserOptions
from pipeline.speech.retime import Ear, is_measured, retimed, surroundings
from tests.conftest import Voxquote
from tests.word_starts import STARTER, Sample, errors, percentile, samples, spread, wrong_words

MOST_MEDIAN_MS, MOST_P95_MS = 80, 300  # what issue 6 asks; measured 20-28 and 128-215
LEAST_MEASURED = 0.7
MOST_FALSE = 0.05
QUOTED_FROM = 4  # shorter sentences are said more than once, or could be anywhere


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(STARTER, RecogniserOptions(device="cpu", threads=1, condition_on_previous_text=False))


@pytest.fixture(scope="module")
def recordings() -> list[Sample]:
    return samples()


@pytest.mark.parametrize("shift_ms", [0, 500])
def test_words_that_somebody_else_wrote_down_are_found_in_the_sound(
    recogniser: Recogniser, recordings: list[Sample], shift_ms: int
) -> None:
    found = errors(recogniser, [(sample, spread(sample, shift_ms)) for sample in recordings])
    assert found.measured >= LEAST_MEASURED * found.sentences
    assert statistics.median(found.starts) <= MOST_MEDIAN_MS < statistics.median(found.before) + shift_ms + 60
    assert percentile(found.starts) <= MOST_P95_MS


def test_words_that_the_recogniser_heard_are_timed_better(recogniser: Recogniser, recordings: list[Sample]) -> None:
    heard = [(sample, recogniser.transcribe(sample.samples, sample.recording["id"])) for sample in recordings]
    found = errors(recogniser, heard)
    assert len(found.starts) > 50
    assert statistics.median(found.starts) <= min(MOST_MEDIAN_MS, statistics.median(found.before))
    assert percentile(found.starts) <= MOST_P95_MS


def test_words_that_are_not_said_are_not_measured(recogniser: Recogniser, recordings: list[Sample]) -> None:
    answers = [
        is_measured(recogniser.retime(lie, range(len(lie.words)), sample.samples).firm)
        for sample in recordings
        for lie in wrong_words(sample)
    ]
    assert sum(answers) <= MOST_FALSE * len(answers)


WORDS = tuple(Word(text, start, start + 300) for text, start in (("one", 1000), ("two", 1400), ("three", 1800)))
HEARD = Transcript("a", "en", 1.0, WORDS, (Sentence(0, 3),))


def ear(offsets_ms: tuple[int, int], probability: float = 0.9) -> Ear:
    """Something that hears every word where the transcript has it, but for an offset a window."""
    windows = iter((0, 170))
    offsets = iter(offsets_ms)

    def align(part: Any, texts: Any) -> list[tuple[int, int, float]]:
        shift = next(offsets) + next(windows) - start_ms
        return [(word.start_ms + shift, word.end_ms + shift, probability) for word in WORDS]

    start_ms = 700  # the window begins 300 ms before its first word
    return Ear(np.zeros(4 * 16000, np.float32), 0, (), align)


def test_two_windows_must_agree() -> None:
    assert retimed(HEARD, range(3), ear((40, 40))).words[0].start_ms == 1040
    assert not any(retimed(HEARD, range(3), ear((0, 150))).firm)
    assert retimed(HEARD, range(3), ear((0, 150))).words == WORDS
    assert not any(retimed(HEARD, range(3), ear((40, 40), probability=0.1)).firm)


TIMES = st.integers(-5_000, 60_000)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=12), st.integers(0, 4), st.integers(0, 40_000))
def test_times_that_make_no_sense_break_nothing(times: list[tuple[int, int]], first: int, length_ms: int) -> None:
    """A transcript of somebody else may hold any times: words outside the recording, out of order, of no length."""
    words = tuple(Word("word", *edges) for edges in times)
    first = min(first, len(words) - 1)
    transcript = Transcript("a", "en", 1.0, words, (Sentence(first, len(words)),))
    run = range(first, len(words))
    start_ms, _ = surroundings(transcript, run)
    samples = np.zeros(length_ms * 16, np.float32)[start_ms * 16 :]

    def align(part: Any, texts: Any) -> list[tuple[int, int, float]]:
        assert len(part) >= 1600
        return [(100 * place, 100 * place + 90, 0.9) for place in range(len(texts))]

    timed = retimed(transcript, run, Ear(samples, start_ms, (), align))
    assert len(timed.words) == len(timed.firm) == len(run)
    assert all(word.start_ms <= word.end_ms for word, firm in zip(timed.words, timed.firm, strict=True) if firm)
    assert all(old == new for old, new, firm in zip(words[first:], timed.words, timed.firm, strict=True) if not firm)


def test_a_long_run_is_timed_in_parts(recogniser: Recogniser, recordings: list[Sample]) -> None:
    """The colonel's whole note as one sentence of 77 s: most of its words are still found, and found right."""
    officer = next(sample for sample in recordings if sample.recording["id"] == "officer")
    whole = replace(spread(officer), sentences=(Sentence(0, len(officer.words)),))
    timed = recogniser.retime(whole, range(len(officer.words)), officer.samples)
    off_ms = [
        abs(w.start_ms - true[1]) for w, firm, true in zip(timed.words, timed.firm, officer.words, strict=True) if firm
    ]
    assert len(off_ms) > 0.8 * len(officer.words)
    assert percentile(off_ms) <= MOST_P95_MS


def test_a_passage_is_measured_by_its_edges_and_most_of_its_words() -> None:
    assert is_measured([True, False, True, True])
    assert not is_measured([False, True, True, True])
    assert not is_measured([True, False, False, True])
    assert not is_measured([])


def test_the_sound_sets_the_edges_at_a_pause() -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, 16000 * 3).astype(np.float32)
    noise[:16000] *= 0.001
    noise[2 * 16000 :] *= 0.001
    (word,) = at_sound([Word("word", 1080, 1930)], noise, 0)
    assert (word.start_ms, word.end_ms) == (1000, 2000)
    assert at_sound([word], np.ones(48000, np.float32), 0) == (word,)  # nothing stands out
    assert at_sound([word], noise[:0], 0) == (word,)


@pytest.fixture
def quoted(tmp_path: Path, recordings: list[Sample]) -> tuple[Case, Path]:
    """The Russian samples with their true words, badly timed, and an article that quotes every sentence of them."""
    case = Case.open_or_create(tmp_path / "case", CaseInfo())
    russian = [sample for sample in recordings if sample.recording["language"] == "ru"]
    case.write_recordings([_recording(sample, tmp_path, case) for sample in russian])
    quotes = []
    for sample in russian:
        transcript = replace(spread(sample), duration_ms=sample.recording["duration_ms"])
        case.write_transcript(transcript)
        texts = [transcript.sentence_text(index) for index in range(len(transcript.sentences))]
        quotes += [f"«{text.rstrip('.')}», — сказал он." for text in texts if len(text.split()) >= QUOTED_FROM]
    article = tmp_path / "article.txt"
    article.write_text("Заголовок\n\n" + "\n\n".join(quotes), encoding="utf-8")
    return case, article


def _recording(sample: Sample, folder: Path, case: Case) -> Recording:
    path = shutil.copy(Path(__file__).parent.parent / "audio_samples" / sample.recording["file"], folder)
    facts = sample.recording
    return Recording(facts["id"], case.portable(Path(path)), facts["sha256"], facts["duration_ms"])


def test_clips_cut_no_word(quoted: tuple[Case, Path], recordings: list[Sample], voxquote: Voxquote) -> None:
    """From an article to clips: every passage is found, most are measured, and every clip holds all of its words."""
    case, article = quoted
    checked = json.loads(voxquote("check", article, "--case", case.folder, "--json").out)
    passages = [(quote, passage) for quote in checked["quotes"] for passage in quote["passages"]]
    assert len({quote["id"] for quote, _ in passages}) == len(checked["quotes"]) > 25
    assert sum(passage["timing"] == "measured" for _, passage in passages) >= LEAST_MEASURED * len(passages)
    ids = [quote["id"] for quote, _ in passages]
    done = voxquote("clip", *dict.fromkeys(ids), "--case", case.folder)
    assert done.code == 0, done.err
    true = {sample.recording["id"]: sample for sample in recordings}
    for path in map(Path, done.out.splitlines()):
        told = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
        sample = true[told["recording"]["id"]]
        quote = told["quote"]["text"].rstrip(",")
        spans = [
            (sample.words[s.start_word][1], sample.words[s.end_word - 1][2])
            for s in sample.sentences
            if " ".join(w[0] for w in sample.words[s.start_word : s.end_word]).rstrip(".") == quote
        ]
        assert any(told["start_ms"] <= first and last <= told["end_ms"] for first, last in spans), quote


def test_without_the_recording_times_stay_estimated(quoted: tuple[Case, Path], voxquote: Voxquote) -> None:
    case, article = quoted
    for recording in case.recordings():
        case.audio_path(recording).unlink()
    answer = voxquote("check", article, "--case", case.folder, "--json")
    assert answer.code == 0
    assert "stay estimated" in answer.err
    passages = [passage for quote in json.loads(answer.out)["quotes"] for passage in quote["passages"]]
    assert {passage["timing"] for passage in passages} == {"estimated"}
    assert not any(passage["word_times"] for passage in passages)


def test_what_was_measured_once_is_kept(quoted: tuple[Case, Path], voxquote: Voxquote) -> None:
    case, article = quoted
    first = voxquote("check", article, "--case", case.folder, "--json").out
    for recording in case.recordings():
        case.audio_path(recording).unlink()
    assert voxquote("check", "--case", case.folder, "--json").out == first
    plain = json.loads(voxquote("check", "--case", case.folder, "--no-retime", "--json").out)
    assert {p["timing"] for quote in plain["quotes"] for p in quote["passages"]} == {"estimated"}


def test_measured_times_move_the_words_of_a_document() -> None:
    document = Document(Recording("a", "a.ogg", "0" * 64, 4000), HEARD)
    times = ((1010, 1290), None, (1830, 2110))
    passage = Passage("a", 1010, 2110, (0,), "one two three", "", 1.0, timing=Timing.MEASURED, word_times=times)
    words = as_measured(document, [passage]).transcript.words
    assert [word.start_ms for word in words] == [1010, 1400, 1830]
    assert as_measured(document, [replace(passage, heard="one two four")]) == document
    assert as_measured(document, [replace(passage, word_times=times[:2])]) == document
