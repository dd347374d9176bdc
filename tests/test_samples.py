"""The sample recordings and SAMPLES.toml agree with each other, with the articles and with the Telegram export."""

from __future__ import annotations

import ctypes.util
import hashlib
import html
import importlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

FOLDER = Path(__file__).resolve().parent.parent / "audio_samples"
SAMPLES: dict[str, Any] = tomllib.loads((FOLDER / "SAMPLES.toml").read_text(encoding="utf-8"))
RECORDINGS: list[dict[str, Any]] = SAMPLES["recording"]
QUOTES = [(article, quote) for article in SAMPLES["article"] for quote in article["quote"]]
VERDICTS = {"verbatim", "supported", "edited", "changed", "not_found", "uncheckable"}
CASES = [
    "verbatim", "fair rendering", "partial quote", "multi-paragraph quote", "split by its attribution",
    "changed number", "dropped negation", "two distant sentences joined", "invented quote",
    "quote of someone else", "marked ellipsis",
]  # fmt: skip

each_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording["id"])
each_quote = pytest.mark.parametrize(("article", "quote"), QUOTES, ids=lambda item: item["id"])


def words_of(recording_id: str) -> list[tuple[str, int, int]]:
    recording = next(item for item in RECORDINGS if item["id"] == recording_id)
    return [(text, start, end) for text, start, end in recording["words"]]


def article_text(name: str) -> str:
    text = (FOLDER / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return " ".join(text.split())


@each_recording
def test_files_are_the_ones_described(recording: dict[str, Any]) -> None:
    for name in [recording["file"], *recording["copies"]]:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == recording["sha256"], name
    samples, rate_hz = soundfile.read(FOLDER / recording["file"])
    assert samples.ndim == 1
    assert round(len(samples) * 1000 / rate_hz) == recording["duration_ms"]


@each_recording
def test_files_are_labelled_as_synthetic(recording: dict[str, Any]) -> None:
    with soundfile.SoundFile(FOLDER / recording["file"]) as file:
        assert file.format == "OGG"
        assert file.subtype == "OPUS"
        assert "SYNTHETIC SPEECH" in file.title
    assert b"SYNTHETIC SPEECH" in (FOLDER / recording["file"]).read_bytes()[:500]


@each_recording
def test_words_stand_in_order_inside_the_recording(recording: dict[str, Any]) -> None:
    words = words_of(recording["id"])
    assert " ".join(text for text, _, _ in words) == recording["text"]
    edges = [0, *(time for _, start, end in words for time in (start, end)), recording["duration_ms"]]
    assert edges == sorted(edges)
    assert all(start < end for _, start, end in words)
    bounds = [0, *(sentence["end_word"] for sentence in recording["sentences"])]
    assert [sentence["start_word"] for sentence in recording["sentences"]] == bounds[:-1]
    assert bounds[-1] == len(words)
    for sentence in recording["sentences"]:
        assert sentence["start_ms"] == words[sentence["start_word"]][1]
        assert sentence["end_ms"] == words[sentence["end_word"] - 1][2]


@each_recording
def test_sound_begins_and_ends_where_the_words_do(recording: dict[str, Any]) -> None:
    """Sentences are surrounded by silence, so their times can be measured in the decoded file itself."""
    samples, rate_hz = soundfile.read(FOLDER / recording["file"])
    if not recording["sentences"]:
        assert np.abs(samples).max() < 0.001
    for sentence in recording["sentences"]:
        first, last = (sentence[key] * rate_hz // 1000 for key in ("start_ms", "end_ms"))
        margin = rate_hz // 5
        around = np.abs(samples[first - margin : last + margin])
        loud = np.flatnonzero(around > 0.004)
        assert abs(loud[0] - margin) < rate_hz * 0.08, sentence["id"]
        assert abs(len(around) - margin - loud[-1]) < rate_hz * 0.12, sentence["id"]


def test_every_verdict_and_case_occurs() -> None:
    assert {quote["verdict"][0] for _, quote in QUOTES} == VERDICTS
    named = [quote["case"] for _, quote in QUOTES]
    assert [case for case in CASES if not any(case in name for name in named)] == []
    identities = [quote["id"] for _, quote in QUOTES]
    assert len(set(identities)) == len(identities)


@each_quote
def test_quote_stands_in_its_article(article: dict[str, Any], quote: dict[str, Any]) -> None:
    text = article_text(article["file"])
    places = [text.find(part) for part in quote.get("parts", [quote["text"]])]
    assert -1 not in places
    assert places == sorted(places)
    assert " ".join(quote.get("parts", [quote["text"]])) == quote["text"]


@pytest.mark.parametrize("article", SAMPLES["article"], ids=lambda article: article["id"])
def test_every_quotation_in_an_article_has_its_gold(article: dict[str, Any]) -> None:
    text = article_text(article["file"])
    printed = re.findall(r"“[^“”]+”?|«[^«»]+»?", text)
    parts = [part for quote in article["quote"] for part in quote.get("parts", [quote["text"]])]
    for words in printed:
        bare = words.strip("“”«» ")
        assert any(part in bare or bare in part for part in parts) or " — " in bare, bare


@each_quote
def test_gold_spans_are_the_times_of_words(article: dict[str, Any], quote: dict[str, Any]) -> None:
    assert set(quote["verdict"]) <= VERDICTS
    assert bool(quote["spans_ms"]) == bool(quote["heard"])
    if quote["heard"]:
        words = words_of(quote["recording"])
        for start_ms, end_ms in quote["spans_ms"]:
            assert start_ms in [start for _, start, _ in words]
            assert end_ms in [end for _, _, end in words]
            assert start_ms < end_ms
    else:
        assert "recording" not in quote
        assert quote["verdict"] == ["not_found"]


def test_verbatim_quotes_are_word_for_word() -> None:
    """A gold of `verbatim` means the printed words are the reference words of its spans (case, marks and ё apart)."""
    for _, quote in QUOTES:
        if quote["verdict"][0] == "verbatim":
            spans = quote["spans_ms"]
            said = [t for t, s, e in words_of(quote["recording"]) if any(a <= s and e <= b for a, b in spans)]
            assert plain_words(quote["text"]) == plain_words(" ".join(said)), quote["id"]


def plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def test_telegram_export_holds_its_files() -> None:
    export = json.loads((FOLDER / "telegram_export/result.json").read_text(encoding="utf-8"))
    durations = {copy: item["duration_ms"] for item in RECORDINGS for copy in item["copies"]}
    listed = [message for message in export["messages"] if message.get("media_type") == "voice_message"]
    missing = [message for message in listed if message["file"].startswith("(File not included")]
    present = {f"telegram_export/{message['file']}": message for message in listed if message not in missing}
    assert len(missing) == 1
    assert present.keys() == durations.keys()
    for name, message in present.items():
        assert (FOLDER / name).is_file()
        assert message["duration_seconds"] == durations[name] // 1000
    hashes = [hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in present]
    assert len(set(hashes)) < len(hashes), "the same note is there twice"


def test_samples_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.suffix != ".pyc") < 1_000_000


def test_espeak_gives_the_same_times_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    espeak_voice = importlib.import_module("espeak_voice")
    note = tomllib.loads((FOLDER / "texts/notes.toml").read_text(encoding="utf-8"))["note"][0]
    recording = next(item for item in RECORDINGS if item["id"] == note["id"])
    sentence = recording["sentences"][2]
    text = " ".join(word for word, _, _ in recording["words"][sentence["start_word"] : sentence["end_word"]])
    voice = espeak_voice.EspeakVoice(note["voice"], note["words_per_minute"], note["pitch"])
    spoken = espeak_voice.speak_with_espeak([text], voice)[0].words
    kept = words_of(note["id"])[sentence["start_word"] : sentence["end_word"]]
    assert [word.text for word in spoken] == [word for word, _, _ in kept]
    for word, (_, start_ms, end_ms) in zip(spoken, kept, strict=True):
        assert abs(word.start_ms - spoken[0].start_ms - (start_ms - kept[0][1])) <= 2
        assert abs(word.end_ms - spoken[0].start_ms - (end_ms - kept[0][1])) <= 2
