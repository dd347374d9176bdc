"""Transcripts of strangers: hostile numbers and text, words without times, files that pysubs2 writes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.case.codec import encode
from pipeline.errors import InputError
from pipeline.records import AudioFlagKind, Transcript
from pipeline.sources.transcripts import read_transcript


def from_json(folder: Path, content: object) -> Transcript:
    path = folder / "talk.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_transcript(path, "r")


def times(transcript: Transcript) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in transcript.words]


def segment(*words: Mapping[str, object], start: float = 0, end: float = 4) -> dict[str, object]:
    return {"start": start, "end": end, "text": " ".join(str(word["word"]) for word in words), "words": list(words)}


def test_words_without_times_share_the_gap_by_their_length(tmp_path: Path) -> None:
    aligned: dict[str, object] = {"word": "людей", "start": 2, "end": 3, "score": 0.9}
    words: list[dict[str, object]] = [{"word": "a"}, {"word": "bcde"}, aligned, {"word": "250."}]
    transcript = from_json(tmp_path, {"segments": [segment(*words, start=1.3)]})
    assert times(transcript) == [("a", 1300, 1500), ("bcde", 1500, 2000), ("людей", 2000, 3000), ("250.", 3000, 4000)]
    (flag,) = transcript.flags
    assert (flag.kind, flag.detail) == (AudioFlagKind.IMPORTED, "times of words are estimated")


def test_times_that_run_backwards_are_put_in_order(tmp_path: Path) -> None:
    words = ({"word": "b", "start": 2, "end": 1}, {"word": "c", "start": 0.5, "end": 3})
    assert times(from_json(tmp_path, {"segments": [segment(*words)]})) == [("b", 2000, 2000), ("c", 2000, 3000)]


@pytest.mark.parametrize("number", [10**400, -1, float("inf"), True, "1"])
def test_numbers_that_are_no_times_are_refused(tmp_path: Path, number: object) -> None:
    with pytest.raises(InputError, match=r"talk\.json"):
        from_json(tmp_path, {"segments": [{"start": 0, "end": number, "text": "a"}]})


def test_a_probability_beyond_all_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"talk\.json"):
        from_json(tmp_path, {"segments": [segment({"word": "a", "start": 0, "end": 1, "probability": 10**400})]})


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
def test_a_cue_beyond_two_days_is_refused_not_dropped(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk.{suffix}"
    cues = "00:00:01.000 --> 00:00:02.000\nhi\n\n60:00:01.000 --> 61:00:02.000\nlost\n"
    path.write_text("WEBVTT\n\n" + cues if suffix == "vtt" else cues.replace(".", ","))
    with pytest.raises(InputError, match="48 hours"):
        read_transcript(path)


@pytest.mark.parametrize("language", ["../../etc", "ru\n", "", 5, "x" * 1000, "ru/../.."])
def test_a_language_that_is_none_is_not_passed_on(tmp_path: Path, language: object) -> None:
    content = {"language": language, "segments": [{"start": 0, "end": 1, "text": "a"}]}
    assert from_json(tmp_path, content).language in ("und", "ru")


def test_half_characters_can_be_written(tmp_path: Path) -> None:
    transcript = from_json(tmp_path, r'{"segments": [{"start": 0, "end": 1, "text": "a\ud800b \ud83d\ude00"}]}')
    assert [word.text for word in transcript.words] == ["a\ufffdb", "😀"]
    encode(transcript, "transcript")


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**7), st.integers(1, 60_000), st.text("абвгдеё -", min_size=1).filter(lambda t: t.strip())
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_pysubs2_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, rows: list[tuple[int, int, str]]
) -> None:
    subtitles = pysubs2.SSAFile()
    subtitles.extend(pysubs2.SSAEvent(start, start + length, text) for start, length, text in sorted(rows))
    path = tmp_path_factory.mktemp("talk") / f"talk.{suffix}"
    subtitles.save(str(path))
    transcript = read_transcript(path)
    assert [word.text for word in transcript.words] == [word for *_, text in sorted(rows) for word in text.split()]
    firsts = [transcript.words[sentence.start_word].start_ms for sentence in transcript.sentences]
    lasts = [transcript.words[sentence.end_word - 1].end_ms for sentence in transcript.sentences]
    assert firsts == [start for start, *_ in sorted(rows)]
    assert lasts == [start + length for start, length, _ in sorted(rows)]


def test_two_thousand_damaged_files(tmp_path: Path) -> None:
    """Whatever the bytes: a transcript that can be written, or one clear error."""
    cues = b"WEBVTT\n\n00:01.000 --> 00:03.000\n<v A>\xd0\x94\xd0\xb0 &lt;x&gt;\n\n1:00:04.500 --> 01:00:05.000\nno\n"
    words: list[dict[str, object]] = [{"word": " a", "start": 0.5, "end": 0.7, "probability": 0.9}, {"word": "-b"}]
    whole = {"json": json.dumps({"language": "ru", "segments": [segment(*words)]}).encode(), "srt": cues, "vtt": cues}
    rng = random.Random(6)
    read = 0
    for number in range(2000):
        suffix = ("json", "srt", "vtt")[number % 3]
        data = bytearray(whole[suffix])
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / f"talk.{suffix}"
        path.write_bytes(data)
        try:
            transcript = read_transcript(path)
        except InputError:
            continue
        encode(transcript, "transcript")
        read += 1
    assert 200 < read < 2000


@pytest.mark.parametrize("row", ["<" * 300, "00:00:01,000 --> ", " " * 300 + "x", "{\\" * 100, "&lt" * 100])
def test_five_megabytes_of_nonsense_in_seconds(tmp_path: Path, row: str) -> None:
    path = tmp_path / "talk.srt"
    path.write_text("00:00:01,000 --> 00:00:02,000\nhi\n" + (row + "\n") * (5_000_000 // len(row)))
    start = time.process_time()
    read_transcript(path)
    assert time.process_time() - start < 30
