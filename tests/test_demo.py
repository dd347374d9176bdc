"""The main job on the samples with the starter models, end to end: real decoder, real Whisper, real CTranslate2."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import pysubs2
import pytest
import sacrebleu

from pipeline.case.store import Case
from tests.conftest import SAMPLES, Answer, Voxquote

ARTICLES = ("article_en.html", "article_ru.txt")
HEARD_FROM = 2 / 3  # a passage counts as heard when at least this share of its words was recognised
TRANSLATED_FROM = 40  # and as translated when its translation is at least this like the printed quote (chrF)
LEAST_HEARD = {"en": 6, "ru": 9}  # what the starter models must understand for this test to mean anything
LEAST_LOCATED = {"en": 14, "ru": 12}  # measured 16 of 19 and 13 of 13; processors round differently
SOURCES = (SAMPLES / "telegram_export", *sorted(SAMPLES.glob("*.ogg")))


@dataclass(frozen=True)
class Demo:
    folder: Path
    answer: Answer


@pytest.fixture(scope="module")
def demo(voxquote: Voxquote, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "case"
    articles = [part for name in ARTICLES for part in ("--article", SAMPLES / name)]
    return Demo(folder, voxquote("run", *SOURCES, *articles, "--case", folder))


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    return tomllib.loads((SAMPLES / "SAMPLES.toml").read_text(encoding="utf-8"))


def checks(demo: Demo) -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (demo.folder / "checks").glob("*.json")]
    return {Path(check["article"]["path"]).name: check for check in found}


def test_it_finishes_and_says_what_it_could_not_do(demo: Demo) -> None:
    assert demo.answer.code == 3, demo.answer.err  # one voice note of the export is not in it
    assert "its audio is not in the export" in demo.answer.err
    assert "starter model" in demo.answer.err
    assert "report.html" in demo.answer.out
    assert "not found" in demo.answer.out


def test_nothing_opened_a_connection_or_imported_torch(demo: Demo) -> None:
    assert set(demo.answer.watched) == {"watching"}


def test_the_case_holds_every_documented_file(demo: Demo) -> None:
    case = Case.open(demo.folder)
    recordings = case.recordings()
    assert len(recordings) == 9  # five contents, four of them listed again by the export
    assert len({recording.id for recording in recordings}) == 5
    assert all(recording.duration_ms > 0 for recording in recordings)
    assert {recording.sender for recording in recordings} > {None}
    for recording in recordings:
        document = case.document(recording)
        assert document is not None
        assert document.transcript.model is not None
        assert document.transcript.model.starter
        if document.translation:
            assert len(document.translation.sentences) == len(document.transcript.sentences)
    assert [failure.stage for failure in case.failures()] == ["source"]
    for name in ("report.html", "provenance.json", "manifest-sha256.txt"):
        assert (demo.folder / name).is_file()


def test_the_seal_holds_and_breaks(demo: Demo, voxquote: Voxquote, tmp_path: Path) -> None:
    assert voxquote("verify", "--case", demo.folder).code == 0
    copy = demo.folder.parent / "tampered"
    shutil.copytree(demo.folder, copy)
    path = next((copy / "transcripts").iterdir())
    path.write_bytes(path.read_bytes().replace(b"start_ms", b"start_mz", 1))
    answer = voxquote("verify", "--case", copy)
    assert answer.code == 4
    assert f"changed  transcripts/{path.name}" in answer.out
    if shutil.which("sha256sum"):
        done = subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=demo.folder, check=False)
        assert done.returncode == 0


def test_the_same_command_again_does_nothing_twice(demo: Demo, voxquote: Voxquote) -> None:
    before = {path.name: path.read_bytes() for path in demo.folder.rglob("*") if path.is_file()}
    articles = [part for name in ARTICLES for part in ("--article", SAMPLES / name)]
    again = voxquote("run", *SOURCES, *articles, "--case", demo.folder)
    assert "transcribe: 5 finished earlier, 0 to do" in again.err
    assert {path.name: path.read_bytes() for path in demo.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("article", ARTICLES)
def test_quotes_that_were_heard_are_found_where_they_were_said(demo: Demo, gold: dict[str, Any], article: str) -> None:
    """Every quote whose words the starter models heard (and translated) must be found at the right second."""
    expected = next(entry for entry in gold["article"] if entry["file"] == article)
    answers = _by_text(checks(demo)[article])
    spoken = [quote for quote in expected["quote"] if quote.get("spans_ms")]
    heard = [quote for quote in spoken if _is_heard(demo, gold, quote, expected["language"])]
    missed = [q["id"] for q in heard if not _overlaps(answers[_plain(q["text"].split())], q["spans_ms"])]
    assert missed == []
    assert len(heard) >= LEAST_HEARD[expected["language"]]
    located = [q["id"] for q in spoken if _overlaps(answers[_plain(q["text"].split())], q["spans_ms"])]
    assert len(located) >= LEAST_LOCATED[expected["language"]]


def test_invented_quotes_are_not_found(demo: Demo, gold: dict[str, Any]) -> None:
    for entry in gold["article"]:
        answers = _by_text(checks(demo)[entry["file"]])
        for quote in entry["quote"]:
            if quote["verdict"] == ["not_found"]:
                assert answers[_plain(quote["text"].split())]["verdict"] == "not_found", quote["id"]


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_exports_open_elsewhere(demo: Demo, voxquote: Voxquote, kind: str, tmp_path: Path) -> None:
    answer = voxquote("export", "--case", demo.folder, "--format", kind, "--to", tmp_path)
    assert answer.code == 0, answer.err
    files = sorted(tmp_path.iterdir())
    assert len(files) == 5
    assert any(len(pysubs2.load(str(path))) > 0 for path in files)


def test_search_finds_a_word_that_was_heard(demo: Demo, voxquote: Voxquote) -> None:
    case = Case.open(demo.folder)
    words = [
        w.text.strip(".,!?")
        for r in case.recordings()
        if (t := case.transcript(r.id)) and t.language == "ru"
        for w in t.words
    ]
    hits = json.loads(voxquote("search", "--case", demo.folder, max(words, key=len), "--json").out)
    assert hits
    assert {"start_ms", "sender", "heard", "translation"} <= set(hits[0])


def test_a_verdict_can_be_explained(demo: Demo, voxquote: Voxquote) -> None:
    answer = voxquote("check", "--case", demo.folder, SAMPLES / "article_ru.txt", "--explain", "q1")
    assert "rule" in answer.out.lower()
    assert voxquote("check", "--case", demo.folder, SAMPLES / "article_ru.txt", "--explain", "q999").code == 2


def test_a_check_does_not_ask_which_language_is_to_be_transcribed(
    demo: Demo, voxquote: Voxquote, tmp_path: Path
) -> None:
    (tmp_path / "voxquote.toml").write_text('language = "xx"\n', encoding="utf-8")
    article = SAMPLES / "article_ru.txt"
    answer = voxquote("check", "--case", demo.folder, article, "--explain", "q1", cwd=tmp_path)
    assert "rule" in answer.out
    assert "does not know the language" not in answer.err


def _by_text(check: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {_plain(quote["text"].split()): quote for quote in check["quotes"]}


def _is_heard(demo: Demo, gold: dict[str, Any], quote: dict[str, Any], language: str) -> bool:
    """Whether the recogniser heard the quote's passages and, for a quote in another language, they were translated."""
    case = Case.open(demo.folder)
    recording = next(entry for entry in gold["recording"] if entry["id"] == quote["recording"])
    transcript, translation = case.transcript(recording["sha256"][:16]), case.translation(recording["sha256"][:16])
    assert transcript is not None
    said, recognised, translated = [], [], []
    for start_ms, end_ms in quote["spans_ms"]:
        said += [text for text, start, end in recording["words"] if start < end_ms and end > start_ms]
        recognised += [w.text for w in transcript.words if w.start_ms < end_ms - 100 and w.end_ms > start_ms + 100]
        for number, sentence in enumerate(transcript.sentences):
            words = transcript.words[sentence.start_word : sentence.end_word]
            if translation and words[0].start_ms < end_ms - 100 and words[-1].end_ms > start_ms + 100:
                translated.append(translation.sentences[number].text)
    if 1 - jiwer.wer(_plain(said), _plain(recognised) or "-") < HEARD_FROM:
        return False
    if language == recording["language"]:
        return True
    return sacrebleu.sentence_chrf(" ".join(translated), [quote["text"]]).score >= TRANSLATED_FROM


def _plain(words: list[str]) -> str:
    kept = ("".join(letter for letter in word.lower() if letter.isalnum()) for word in words)
    return " ".join(word for word in kept if word).replace("ё", "е")


def _overlaps(answer: dict[str, Any], spans: list[list[int]]) -> bool:
    return any(
        passage["start_ms"] < end and passage["end_ms"] > start
        for passage in answer["passages"]
        for start, end in spans
    )
