"""Clips: cut in a pause, the samples of the original, named and described, and clear about what cannot be cut."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.clip_bounds import MARGIN_MS, REACH_MS, Bounds, padded, settled
from pipeline.batch.clipping import Clipping, cut_quotes
from pipeline.case.store import Case, CaseInfo
from pipeline.errors import EvidenceError, SettingsError
from pipeline.records import (
    Article,
    Check,
    Coverage,
    Judgement,
    Passage,
    Quote,
    Recording,
    Sentence,
    Timing,
    Transcript,
    Verdict,
    Word,
)
from tests.conftest import Voxquote

RATE_HZ = 44100
LENGTH_MS = 8000
WORDS = (
    Word("Раз,", 500, 900),
    Word("два,", 950, 1400),
    Word("три.", 1450, 1900),
    Word("Снарядов", 2700, 3200),  # a pause of 800 ms before
    Word("хватает.", 3220, 3900),
    Word("На", 4150, 4300),  # 250 ms
    Word("два", 4310, 4500),
    Word("дня.", 4510, 5000),
)


def milliseconds(bounds: Bounds) -> tuple[int, int]:
    return bounds.start_ms, bounds.end_ms


@pytest.mark.parametrize(
    ("passage", "clip"),
    [
        ((2700, 3900), (2300, 5700)),  # the pause behind it is too short for the margin: on to the next
        ((2710, 3890), (2300, 5700)),  # a passage inside its words: the words count
        ((4150, 5000), (2300, 5700)),  # a pause too short, a gap of 20 ms, then the long pause
        ((500, 1900), (0, 2300)),  # the recording begins
        ((950, 1400), (0, 2300)),
        ((4510, 5000), (4025, 5700)),
        ((500, 5000), (0, 5700)),
    ],
)
def test_a_clip_begins_and_ends_in_a_pause(passage: tuple[int, int], clip: tuple[int, int]) -> None:
    assert milliseconds(padded(Bounds(*passage), WORDS, LENGTH_MS)) == clip


def test_without_a_pause_it_ends_between_two_words() -> None:
    fluent = [Word("слово", 400 * place, 400 * place + 390) for place in range(30)]
    bounds = padded(Bounds(4800, 5590), fluent, 12_000)
    assert milliseconds(bounds) == (4395, 5995)


def test_without_words_it_keeps_the_margin() -> None:
    bounds = padded(Bounds(1000, 2000), (), LENGTH_MS)
    assert bounds.start_ms <= 1000 - MARGIN_MS
    assert bounds.end_ms >= 2000 + MARGIN_MS


times = st.integers(0, 20_000)


@given(st.lists(st.tuples(times, st.integers(0, 2000))), times, st.integers(1, 9000), st.sampled_from([0, 30_000]))
def test_a_clip_never_cuts_the_first_or_last_word(
    spoken: list[tuple[int, int]], start_ms: int, length_ms: int, duration_ms: int
) -> None:
    words = [Word("слово", start, start + length) for start, length in spoken]
    passage = Bounds(start_ms, start_ms + length_ms)
    bounds = padded(passage, words, duration_ms)
    touched = [word for word in words if word.start_ms < passage.end_ms and word.end_ms > passage.start_ms]
    first_ms = min([passage.start_ms, *(word.start_ms for word in touched)])
    last_ms = max([passage.end_ms, *(word.end_ms for word in touched)])
    assert max(0, first_ms - REACH_MS) <= bounds.start_ms <= max(0, first_ms - MARGIN_MS)
    assert last_ms + MARGIN_MS <= bounds.end_ms <= last_ms + REACH_MS


def test_the_sound_moves_a_cut_out_of_a_word_that_the_transcript_misplaced() -> None:
    loudness = np.ones(800)
    loudness[200:215] = 0.001  # the pause is at 2000-2150 ms, and the words said 2300
    loudness[560:600] = 0.001
    moved = settled(Bounds(2300, 5700), Bounds(2400, 5300), loudness, 0)
    assert 2000 <= moved.start_ms <= 2150
    assert 5600 <= moved.end_ms <= 6000


@given(st.integers(0, 3000), st.integers(300, 3000), st.lists(st.floats(0, 1), max_size=900))
def test_the_sound_never_moves_a_cut_into_the_passage(first_ms: int, room_ms: int, loudness: list[float]) -> None:
    edges = Bounds(first_ms + room_ms, first_ms + room_ms + 1000)
    bounds = Bounds(edges.start_ms - 300, edges.end_ms + 300)
    moved = settled(bounds, bounds, np.array(loudness), first_ms)
    assert first_ms <= moved.start_ms <= edges.start_ms - MARGIN_MS
    ends_ms = first_ms + 10 * len(loudness)
    assert moved.end_ms >= min(edges.end_ms + MARGIN_MS, ends_ms) or not loudness


def article(name: str, *quotes: str) -> Article:
    text = " ".join(f"“{quote}”" for quote in quotes)
    listed = tuple(Quote(f"q{number}", quote, 0, len(quote)) for number, quote in enumerate(quotes, start=1))
    return Article(hashlib.sha256(name.encode()).hexdigest()[:16], name, "00" * 32, name, "en", text, listed)


def keep(case: Case, answered: Article, passages: list[tuple[Passage, ...]]) -> None:
    judgements = tuple(
        Judgement(quote, Verdict.SUPPORTED if found else Verdict.NOT_FOUND, 0.5, found)
        for quote, found in zip(answered.quotes, passages, strict=True)
    )
    case.write_article(answered)
    case.write_check(Check(answered, Coverage(1, 1, 1), judgements))


@pytest.fixture
def sound() -> np.ndarray:
    """Noise where the words are, silence between them."""
    noise = np.random.default_rng(6).integers(-9000, 9000, (RATE_HZ * LENGTH_MS // 1000, 2), np.int16)
    spoken = np.zeros(len(noise), bool)
    for word in WORDS:
        spoken[word.start_ms * RATE_HZ // 1000 : word.end_ms * RATE_HZ // 1000] = True
    return noise * spoken[:, np.newaxis]


@pytest.fixture
def case(tmp_path: Path, sound: np.ndarray) -> Case:
    """A recording of noise, a transcript of eight words, and an article with three quotes."""
    case = Case.open_or_create(tmp_path / "case", CaseInfo())
    path = tmp_path / "запись \u202eодин.wav"
    soundfile.write(path, sound, RATE_HZ, subtype="PCM_16")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    case.write_recordings([Recording("a", case.portable(path), sha256, LENGTH_MS, None, "Иван")])
    case.write_transcript(Transcript("a", "ru", 1.0, WORDS, (Sentence(0, 3), Sentence(3, 5), Sentence(5, 8))))
    one = Passage("a", 2700, 3900, (1,), "Снарядов хватает.", "There are enough shells.", 1.0, timing=Timing.MEASURED)
    two = Passage("a", 4510, 5000, (2,), "На два дня.", "For two days.", 1.0, timing=Timing.MEASURED)
    keep(case, article("story.html", "enough shells", "never said", "shells … days"), [(one,), (), (one, two)])
    return case


def test_a_wav_clip_has_the_samples_of_the_original(case: Case, sound: np.ndarray) -> None:
    (path,), failures = cut_quotes(case.folder, Clipping(("q1",)))
    assert not failures
    samples, rate_hz = soundfile.read(io.BytesIO(path.read_bytes()), dtype="int16")
    assert rate_hz == RATE_HZ
    assert np.array_equal(samples, sound[2300 * RATE_HZ // 1000 : 5700 * RATE_HZ // 1000])


def test_an_opus_clip_has_the_length_of_its_name(case: Case, tmp_path: Path) -> None:
    (path,), _ = cut_quotes(case.folder, Clipping(("q1",), encoding="opus", target=tmp_path / "to"))
    assert path.parent == tmp_path / "to"
    samples, rate_hz = soundfile.read(path)
    assert len(samples) / rate_hz == pytest.approx(3.4, abs=0.001)
    assert soundfile.info(path).subtype == "OPUS"


def test_the_name_and_the_sidecar_tell_what_it_is(case: Case) -> None:
    (path,), _ = cut_quotes(case.folder, Clipping(("q1",)))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path == case.folder / "clips" / f"q1_запись--один_0m02.300s-0m05.700s_{sha256[:8]}.wav"
    told = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
    (recording,) = case.recordings()
    assert told["recording"] == {"id": "a", "path": recording.path, "sha256": recording.sha256, "sender": "Иван"}
    assert (told["start_ms"], told["end_ms"], told["padding_ms"]) == (2300, 5700, [400, 1800])
    assert (told["heard"], told["translation"]) == ("Снарядов хватает.", "There are enough shells.")
    assert told["clip"] == {"file": path.name, "sha256": sha256}
    assert told["quote"]["id"] == "q1"
    assert told["voxquote"]


def test_every_passage_of_a_joined_quote_is_cut(case: Case) -> None:
    written, failures = cut_quotes(case.folder, Clipping(("q3",)))
    assert len(set(written)) == 2
    assert not failures


def test_a_quote_that_was_not_found_costs_the_others_nothing(case: Case) -> None:
    written, failures = cut_quotes(case.folder, Clipping(("q2", "q1")))
    assert len(written) == 1
    assert "nothing was found" in failures[0].message
    assert failures[0].hint


def test_quotes_of_two_articles_are_told_apart(case: Case) -> None:
    other = article("other.html", "enough shells")
    keep(case, other, [()])
    with pytest.raises(SettingsError, match="2 articles") as caught:
        cut_quotes(case.folder, Clipping(("q1",)))
    assert "story.html" in caught.value.hint
    assert len(cut_quotes(case.folder, Clipping(("q1",), "story.html"))[0]) == 1
    assert len(cut_quotes(case.folder, Clipping(("q1",), "some/folder/story.html"))[0]) == 1
    assert cut_quotes(case.folder, Clipping(("q1",), other.id))[0] == ()
    assert len(cut_quotes(case.folder, Clipping(("q3",)))[0]) == 2
    with pytest.raises(SettingsError, match="no checked article"):
        cut_quotes(case.folder, Clipping(("q1",), "nosuch.html"))


def test_a_recording_that_is_gone_or_changed_is_never_cut(case: Case, tmp_path: Path) -> None:
    (recording,) = case.recordings()
    path = case.audio_path(recording)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (failure,) = cut_quotes(case.folder, Clipping(("q1",)))[1]
    assert "has changed" in failure.message
    path.unlink()
    (failure,) = cut_quotes(case.folder, Clipping(("q1",)))[1]
    assert "no longer where it was" in failure.message
    assert str(tmp_path) not in failure.message
    assert not (case.folder / "clips").exists()


def test_a_copy_stands_in_for_a_recording_that_is_gone(case: Case, tmp_path: Path) -> None:
    (recording,) = case.recordings()
    copy = case.audio_path(recording).rename(tmp_path / "copy.wav")
    again = Recording("a", case.portable(copy), recording.sha256, LENGTH_MS)
    case.write_recordings([recording, again])
    (path,), _ = cut_quotes(case.folder, Clipping(("q1",)))
    assert "_copy_" in path.name


def test_an_unchecked_case_says_so(tmp_path: Path) -> None:
    Case.open_or_create(tmp_path / "case", CaseInfo())
    with pytest.raises(EvidenceError, match="no checked article"):
        cut_quotes(tmp_path / "case", Clipping(("q1",)))


def test_the_command(voxquote: Voxquote, case: Case) -> None:
    done = voxquote("clip", "q1", "--case", case.folder)
    assert (done.code, len(done.out.splitlines())) == (0, 1)
    assert Path(done.out.strip()).is_file()
    assert voxquote("clip", "q2", "--case", case.folder).code == 1
    assert voxquote("clip", "q1", "q2", "--case", case.folder).code == 3
    wrong = voxquote("clip", "q9", "--case", case.folder)
    assert wrong.code == 2
    assert "no quote 'q9'" in wrong.err
    assert "q1, q2, q3" in wrong.err
