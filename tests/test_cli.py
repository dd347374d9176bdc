"""The command line as a person meets it: help, clear errors, exit codes, other files' results kept."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.cli.terminal import clean, clock
from tests.conftest import ROOT, SAMPLES, Answer, Voxquote

QUOTEBENCH = ROOT.parent / "shared/quotebench/dev"
COMMANDS = (
    "run",
    "transcribe",
    "translate",
    "check",
    "report",
    "export",
    "import",
    "search",
    "verify",
    "clip",
    "seal",
    "status",
    "models",
)


def hinted(answer: Answer) -> bool:
    """Whether the last thing said is one error and its hint, without a traceback."""
    lines = answer.err.strip().splitlines()
    return "Traceback" not in answer.err and len(lines) >= 2 and lines[-2].startswith("voxquote: ")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case written by hand, with the plain fields only."""
    folder = tmp_path_factory.mktemp("plain")
    for name in ("transcripts", "translations"):
        (folder / name).mkdir()
    (folder / "case.json").write_text('{"schema":"voxquote.case/1","source_language":"ru","target_language":"en"}')
    (folder / "recordings.jsonl").write_text('{"id":"a","path":"a.ogg","sha256":"00","duration_ms":4000}\n')
    words = [
        {"text": text, "start_ms": 300 + 500 * place, "end_ms": 700 + 500 * place, "probability": 0.9}
        for place, text in enumerate(["Снарядов", "хватает", "только", "на", "два", "дня."])
    ]
    transcript = {
        "schema": "voxquote.transcript/1",
        "recording_id": "a",
        "language": "ru",
        "language_probability": 1.0,
        "words": words,
        "sentences": [{"start_word": 0, "end_word": 6}],
        "flags": [],
    }
    translation = {
        "schema": "voxquote.translation/1",
        "recording_id": "a",
        "language": "en",
        "sentences": [{"text": "There are only enough shells for two days."}],
    }
    (folder / "transcripts/a.json").write_text(json.dumps(transcript), encoding="utf-8")
    (folder / "translations/a.en.json").write_text(json.dumps(translation), encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples(voxquote: Voxquote, command: str) -> None:
    answer = voxquote(command, "--help")
    assert answer.code == 0
    assert "Example" in answer.out
    assert "voxquote" in answer.out


def test_quotes_are_answered_in_their_order(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.txt"
    lines = [
        "There are only enough shells for five days.",
        "",
        "We will win the cup.",
        "only enough shells for two days",
    ]
    quotes.write_text("\n".join(lines), encoding="utf-8")
    answer = voxquote("check", "--quotes", quotes, "--case", case, "--json")
    assert answer.code == 4
    found = json.loads(answer.out)["quotes"]
    assert [quote["text"] for quote in found] == lines
    assert [quote["verdict"] for quote in found][::2] == ["changed", "not_found"]
    assert found[3]["verdict"] == "supported"
    assert found[3]["passages"][0]["recording_id"] == "a"
    assert found[0]["flags"][0]["kind"] == "number"


def test_a_quote_found_as_printed_is_exit_code_0(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.txt"
    quotes.write_text("There are only enough shells for two days.\n", encoding="utf-8")
    assert voxquote("check", "--quotes", quotes, "--case", case).code == 0


def test_a_case_by_hand_makes_a_report_without_its_recording(voxquote: Voxquote, case: Path) -> None:
    answer = voxquote("report", "--case", case)
    assert answer.code in (0, 3), answer.err
    assert "Снарядов" in (case / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["check", "--case", "nowhere"], 1, "not a case folder"),
        (["run", "missing.ogg", "--case", "{new}", "--asr", "nosuch"], 1, "nosuch"),
        (["run", "missing.ogg", "--case", "{new}", "--mt", "nosuch"], 1, "nosuch"),
        (["run", "--case", "{new}"], 2, "SOURCE"),
        (["run", "x.ogg"], 2, "--case"),
        (["frobnicate"], 2, "frobnicate"),
        (["transcribe", "x.ogg", "--case", "{new}", "--device", "abacus"], 2, "abacus"),
        (["check", "missing.html", "--case", "{case}"], 1, "missing.html"),
        (["check", "--quotes", "missing.txt", "--case", "{case}"], 1, "missing.txt"),
        (["verify", "--case", "{case}"], 1, "not sealed"),
        (["export", "--case", "{case}", "--format", "papyrus"], 2, "papyrus"),
        (["models", "fetch", "nosuch"], 1, "nosuch"),
        (["search", "--case", "{case}", "!!!"], 1, "no word"),
    ],
)  # fmt: skip
def test_mistakes_are_named(
    voxquote: Voxquote, case: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    filled = [argument.format(new=tmp_path / "new", case=case) for argument in arguments]
    answer = voxquote(*filled)
    assert answer.code == code, answer.err
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert str(tmp_path) not in answer.err
    assert hinted(answer) or code == 2


def test_a_newer_case_is_refused(voxquote: Voxquote, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text('{"schema":"voxquote.case/7"}')
    answer = voxquote("check", "--case", tmp_path)
    assert answer.code == 1
    assert "newer" in answer.err
    assert hinted(answer)


@pytest.mark.parametrize("command", [["run"], ["run", "--dry-run"], ["transcribe"], ["import", "--language", "ru"]])
def test_a_mistyped_recording_is_one_error_and_makes_no_case(
    voxquote: Voxquote, tmp_path: Path, command: list[str]
) -> None:
    folder, empty = tmp_path / "case", tmp_path / "пустая папка"
    empty.mkdir()
    answer = voxquote(*command, tmp_path / "nte.srt", "--case", folder)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[0] == "voxquote: nte.srt does not exist"
    assert hinted(answer)
    several = voxquote(*command, empty, tmp_path / "nte.srt", "--case", folder)
    assert several.code == 1
    assert "пустая папка" in several.err.splitlines()[0]
    assert not folder.exists()


def test_bad_files_cost_the_good_one_nothing(voxquote: Voxquote, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    shutil.copy(SAMPLES / "silence.ogg", source / "good.ogg")
    (source / "empty.ogg").write_bytes(b"")
    (source / "text.ogg").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    (source / "half.ogg").write_bytes((SAMPLES / "officer.ogg").read_bytes()[:300])
    (source / "picture.mp3").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    folder = tmp_path / "case"
    answer = voxquote("transcribe", source, "--case", folder)
    assert answer.code == 3, answer.err
    failures = [json.loads(line) for line in (folder / "failures.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(failure["path"].rsplit("/", 1)[-1] for failure in failures) == [
        "empty.ogg", "half.ogg", "picture.mp3", "text.ogg"
    ]  # fmt: skip
    assert all(failure["message"] and failure["hint"] for failure in failures)
    listed = (folder / "recordings.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["path"].rsplit("/", 1)[-1] for line in listed] == ["good.ogg"]


def test_an_article_without_quotes_says_so(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    article = tmp_path / "plain.txt"
    article.write_text("Nothing is quoted in this text. It only tells.", encoding="utf-8")
    answer = voxquote("check", article, "--case", case)
    assert answer.code == 0
    assert "no quotes" in answer.out


def test_quotebench_is_answered_line_by_line(voxquote: Voxquote, tmp_path: Path) -> None:
    if not QUOTEBENCH.is_dir():
        pytest.skip("shared/quotebench is not beside this checkout")
    quotes = tmp_path / "some.txt"
    lines = (QUOTEBENCH / "quotes.txt").read_text(encoding="utf-8").splitlines()[:40]
    quotes.write_text("\n".join(lines), encoding="utf-8")
    answer = voxquote("check", "--quotes", quotes, "--case", QUOTEBENCH / "case", "--json")
    assert answer.code == 4
    assert len(json.loads(answer.out)["quotes"]) == len(lines)


def test_hostile_text_cannot_drive_the_terminal() -> None:
    assert clean("a\x1b[31m\u202eb\nc") == "a [31m b c"


def test_clock() -> None:
    assert [clock(ms) for ms in (0, 41_999, 3_729_000)] == ["0:00", "0:41", "1:02:09"]


def test_subtitles_of_another_program_become_a_transcript(voxquote: Voxquote, tmp_path: Path) -> None:
    subtitles = tmp_path / "их.srt"
    subtitles.write_text(
        "1\n00:00:01,000 --> 00:00:04,000\nСнарядов хватает только на два дня.\n\n"
        "2\n00:00:05,000 --> 00:00:07,000\nМы не отступили.\n",
        encoding="utf-8",
    )
    folder = tmp_path / "case"
    assert voxquote("import", subtitles, "--language", "ru", "--case", folder).code == 0
    (hit,) = json.loads(voxquote("search", "снаряд", "--case", folder, "--json").out)
    assert (hit["start_ms"], hit["end_ms"]) == (1000, 4000)
    transcript = json.loads(next((folder / "transcripts").iterdir()).read_text(encoding="utf-8"))
    assert "imported" in {flag["kind"] for flag in transcript["flags"]}
    assert voxquote("import", tmp_path / "missing.srt", "--case", folder).code == 3
    silent_about_it = voxquote("import", subtitles, "--case", tmp_path / "other")
    assert silent_about_it.code == 0
    assert "их.srt does not say what is spoken" in silent_about_it.err
    quotes = tmp_path / "quotes.txt"
    quotes.write_text("«Мы отступили»\nснарядов хватает на два дня", encoding="utf-8")
    answer = json.loads(voxquote("check", "--quotes", quotes, "--case", folder, "--json").out)
    assert [quote["verdict"] for quote in answer["quotes"]] == ["changed", "edited"]


def test_formats_are_listed(voxquote: Voxquote) -> None:
    answer = voxquote("export", "--list")
    assert answer.code == 0
    assert {"srt", "docx", "textgrid"} <= {line.split()[0] for line in answer.out.splitlines()}


def test_a_title_is_nobodys_words(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    article = tmp_path / "review.txt"
    article.write_text(
        "She played the nurse in the film “The Long Winter”, which opened the festival in Sosnovy Bereg last year.\n",
        encoding="utf-8",
    )
    answer = voxquote("check", article, "--case", case, "--json")
    assert [quote["kind"] for quote in json.loads(answer.out)["quotes"]] == ["title"]
    assert answer.code == 0


def test_a_missing_article_of_a_run_is_named_and_costs_the_recordings_nothing(
    voxquote: Voxquote, tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    answer = voxquote("run", SAMPLES / "silence.ogg", "--article", tmp_path / "gone.html", "--case", folder)
    assert answer.code == 3
    assert answer.err.index("gone.html") < answer.err.index("transcribe 1/1")
    assert answer.err.splitlines()[-1] == "1 could not be done: gone.html does not exist"
    assert len(list((folder / "transcripts").iterdir())) == 1


def test_a_language_that_does_not_exist_is_one_error(voxquote: Voxquote, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("officer.ogg", "sergeant.ogg"):
        shutil.copy(SAMPLES / name, source)
    answer = voxquote("transcribe", source, "--language", "xx", "--case", tmp_path / "case")
    assert answer.code == 2, answer.err
    assert answer.err.count("does not know the language 'xx'") == 1
    assert not (tmp_path / "case").exists()
    assert hinted(answer)


def test_hashes_that_nobody_knows_are_explained(voxquote: Voxquote) -> None:
    answer = voxquote("models", "verify", "whisper-ru")
    assert answer.code == 0
    assert "unknown  whisper-ru/model.bin" in answer.out
    assert "unknown: nobody published a hash" in answer.err


def test_a_run_with_json_prints_nothing_else(voxquote: Voxquote, tmp_path: Path) -> None:
    article = tmp_path / "story.txt"
    article.write_text("“Only two days,” he said.", encoding="utf-8")
    answer = voxquote(
        "run",
        SAMPLES / "silence.ogg",
        "--article",
        article,
        "--article",
        article,
        "--case",
        tmp_path / "case",
        "--json",
    )
    assert [check["schema"] for check in json.loads(answer.out)] == ["voxquote.check/1"] * 2
    assert "report.html" in answer.err


def test_a_damaged_transcript_is_named_by_a_report(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    (copy / "transcripts/a.json").write_text("{")
    answer = voxquote("report", "--case", copy)
    assert answer.code == 3
    assert "transcripts/a.json" in answer.err
    assert "transcripts/a.json" in (copy / "report.html").read_text(encoding="utf-8")


def test_an_article_that_cannot_be_read_costs_the_others_nothing(
    voxquote: Voxquote, case: Path, tmp_path: Path
) -> None:
    article = tmp_path / "story.txt"
    article.write_text("“There are only enough shells for two days,” he said.", encoding="utf-8")
    answer = voxquote("check", tmp_path / "gone.html", article, "--case", case, "--json")
    assert answer.code == 3
    assert "gone.html does not exist" in answer.err
    assert [quote["verdict"] for quote in json.loads(answer.out)["quotes"]] == ["supported"]
    neither = voxquote("check", tmp_path / "gone.html", tmp_path / "lost.html", "--case", case)
    assert (neither.code, neither.out) == (1, "")
    assert {"gone.html", "lost.html"} <= {line.split()[1] for line in neither.err.splitlines() if "not exist" in line}


def test_an_unreadable_file_is_told_where_it_is_read(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As any other file that fails, so that it costs its neighbours nothing: it is no wrong usage."""
    article = tmp_path / "story.txt"
    article.write_text("“There are only enough shells for two days,” he said.", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the system says so of every file
    with pytest.raises(SystemExit) as left:
        main(["check", str(article), "--case", str(case)])
    assert left.value.code == 0
    assert "supported" in capsys.readouterr().out


def test_what_the_system_refuses_is_no_bug(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SystemExit) as left:
        main(["status", "--case", str(case)])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("voxquote: case.json: Permission denied")
    assert "bug" not in said
    assert str(tmp_path) not in said


def test_a_damaged_transcript_is_named_by_a_check(voxquote: Voxquote, case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    (copy / "transcripts/a.json").write_text("{")
    quotes = tmp_path / "quotes.txt"
    quotes.write_text("Only two days.", encoding="utf-8")
    answer = voxquote("check", "--quotes", quotes, "--case", copy)
    assert answer.code == 3
    assert "transcripts/a.json" in answer.err
