"""The case folder: round trips, foreign and damaged files, one writer, whole writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.case import codec, evidence
from pipeline.case.files import local_path, portable_path, safe_id, write_atomic
from pipeline.case.lock import sole_writer
from pipeline.case.store import Case, CaseInfo
from pipeline.errors import EvidenceError
from pipeline.records import (
    Article,
    AudioFlag,
    AudioFlagKind,
    Check,
    Coverage,
    Failure,
    Judgement,
    ModelInfo,
    Passage,
    Quote,
    QuoteFlag,
    QuoteFlagKind,
    Recording,
    Sentence,
    Transcript,
    TranslatedSentence,
    Translation,
    Verdict,
    Word,
)

TRANSCRIPT = Transcript(
    recording_id="0123456789abcdef",
    language="ru",
    language_probability=0.99,
    words=(Word("Нет,", 300, 520, 0.9), Word("ребята.", 560, 900, 0.8)),
    sentences=(Sentence(0, 2),),
    flags=(AudioFlag(AudioFlagKind.PARTIAL, 900, 2000, "half is missing"),),
    model=ModelInfo("starter", "ab" * 32, True),
    options={"beam_size": 5, "language": "ru"},
    duration_ms=2000,
)
TRANSLATION = Translation(
    "0123456789abcdef",
    "en",
    (TranslatedSentence("No, guys.", -0.4, ((0, 0), (1, 1))),),
    ModelInfo("starter"),
    "cd" * 32,
)
QUOTE = Quote("q1", "No, guys.", 10, 19, "Gromov", parts=((10, 19),))
ARTICLE = Article("fedcba9876543210", "story.html", "00" * 32, "A story", "en", "He said: “No, guys.”", (QUOTE,))
PASSAGE = Passage("0123456789abcdef", 300, 900, (0,), "Нет, ребята.", "No, guys.", 1.0, {"wording": 1.0}, ((0, 0),))
CHECK = Check(
    ARTICLE,
    Coverage(1, 600, 600),
    (
        Judgement(
            QUOTE,
            Verdict.SUPPORTED,
            0.97,
            (PASSAGE,),
            (QuoteFlag(QuoteFlagKind.EDGE, "No", "but no"),),
            (),
            "fair wording",
        ),
    ),
)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.open_or_create(tmp_path / "case", CaseInfo())


def test_records_come_back_as_they_went(case: Case) -> None:
    recording = Recording("0123456789abcdef", "../note.ogg", "01" * 32, 2000, None, "Иван", {"source": "telegram"})
    failure = Failure("bad.ogg", "transcribe", "bad.ogg holds no sound", "get the original")
    case.write_recordings([recording])
    case.write_transcript(TRANSCRIPT)
    case.write_translation(TRANSLATION)
    case.write_article(ARTICLE)
    case.write_check(CHECK)
    case.write_failures([failure])
    again = Case.open(case.folder)
    assert again.recordings() == (recording,)
    assert again.transcript(recording.id) == TRANSCRIPT
    assert again.translation(recording.id) == TRANSLATION
    assert tuple(again.articles()) == (ARTICLE,)
    assert again.check(ARTICLE) == CHECK
    assert again.failures() == (failure,)


def test_the_documented_check_object(case: Case) -> None:
    case.write_check(CHECK)
    plain = json.loads((case.folder / "checks" / f"{ARTICLE.id}.json").read_text(encoding="utf-8"))
    assert plain["schema"] == "voxquote.check/1"
    assert set(plain["article"]) == {"id", "path", "sha256", "title", "language"}
    assert plain["coverage"] == {"recordings": 1, "speech_ms": 600, "checked_ms": 600}
    (quote,) = plain["quotes"]
    documented = {"id", "text", "start_char", "end_char", "speaker", "kind", "verdict", "confidence"}
    assert documented | {"passages", "flags", "alternatives"} <= set(quote)


def test_a_case_written_by_hand_with_plain_fields_only(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "case.json").write_text('{"schema":"voxquote.case/1","source_language":"ru","target_language":"en"}')
    (tmp_path / "recordings.jsonl").write_text('{"id":"a","path":"a.ogg","sha256":"0","duration_ms":5,"more":[1]}\n\n')
    (tmp_path / "transcripts/a.json").write_text(
        '{"schema":"voxquote.transcript/1","recording_id":"a","language":"ru","language_probability":1.0,'
        '"words":[{"text":"Да","start_ms":0,"end_ms":5}],"sentences":[{"start_word":0,"end_word":1}]}'
    )
    case = Case.open(tmp_path)
    document = case.document(case.recordings()[0])
    assert document is not None
    assert document.transcript.sentence_text(0) == "Да"
    assert document.translation is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"schema":"voxquote.case/2"}', "newer"),
        ('{"schema":"other/1"}', "not a voxquote.case"),
        ("{", "cannot be read"),
        ("", "cannot be read"),
        ('{"schema":"voxquote.case/1","source_language":5}', "cannot be read"),
        ('{"schema":"voxquote.case/1","target_language":"../x"}', "id"),
    ],
)
def test_a_case_that_cannot_be_read_says_why(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "case.json").write_text(content)
    with pytest.raises(EvidenceError, match=said) as caught:
        Case.open(tmp_path)
    assert caught.value.hint
    assert str(tmp_path) not in caught.value.message


def test_no_case_at_all(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="not a case folder"):
        Case.open(tmp_path / "nothing")


def test_sentences_outside_their_words_are_damage(case: Case) -> None:
    path = case.folder / "transcripts" / f"{TRANSCRIPT.recording_id}.json"
    case.write_transcript(TRANSCRIPT)
    path.write_text(path.read_text(encoding="utf-8").replace('"end_word": 2', '"end_word": 9'), encoding="utf-8")
    with pytest.raises(EvidenceError, match="outside its words"):
        case.transcript(TRANSCRIPT.recording_id)


@pytest.mark.parametrize("identifier", ["../a", "a/b", ".hidden", "", "a\0b", "x" * 200, "a\\b"])
def test_ids_cannot_lead_out_of_the_case(identifier: str) -> None:
    with pytest.raises(EvidenceError):
        safe_id(identifier, "recordings.jsonl")


@given(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
        lambda n: n not in (".", "..")
    )
)
def test_any_name_survives_the_case_file(name: str) -> None:
    base = Path("/somewhere/case")
    kept = portable_path(base / "sub" / name, base)
    kept.encode("utf-8")
    assert local_path(kept, base) == base / "sub" / name


def test_a_name_that_is_no_utf8_survives(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.ogg"))
    kept = portable_path(path, tmp_path)
    assert kept.isascii()
    assert local_path(kept, tmp_path) == path


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.json"
    write_atomic(path, b"first")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvidenceError, match="No space left"):
        write_atomic(path, b"second")
    assert path.read_bytes() == b"first"
    assert [item.name for item in tmp_path.iterdir()] == ["file.json"]


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.case.lock import sole_writer\n"
        "with sole_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(EvidenceError, match=f"process {other.pid} on"), sole_writer(tmp_path):
            pass
        other.kill()
    with sole_writer(tmp_path):  # a killed holder holds nothing
        pass


def test_encoding_is_canonical() -> None:
    assert codec.encode(TRANSCRIPT, "transcript") == codec.encode(TRANSCRIPT, "transcript")


class TestSeal:
    def test_nothing_differs_at_first(self, case: Case, tmp_path: Path) -> None:
        audio = tmp_path / "note.ogg"
        audio.write_bytes(b"sound")
        assert evidence.seal(case.folder, [audio]) == 2
        assert evidence.verify(case.folder) == ()

    def test_changed_missing_added(self, case: Case, tmp_path: Path) -> None:
        audio = tmp_path / "note.ogg"
        audio.write_bytes(b"sound")
        case.write_transcript(TRANSCRIPT)
        evidence.seal(case.folder, [audio])
        audio.write_bytes(b"sounD")
        (case.folder / "case.json").unlink()
        (case.folder / "extra.txt").write_text("new")
        found = {difference.path: difference.change.value for difference in evidence.verify(case.folder)}
        assert found == {"../note.ogg": "changed", "case.json": "missing", "extra.txt": "added"}

    def test_names_with_newlines_and_backslashes(self, case: Case) -> None:
        (case.folder / "a\nb\\n c.txt").write_text("x")
        evidence.seal(case.folder)
        assert evidence.verify(case.folder) == ()

    def test_every_flipped_bit_is_found(self, case: Case) -> None:
        case.write_transcript(TRANSCRIPT)
        evidence.seal(case.folder)
        path = case.folder / "transcripts" / f"{TRANSCRIPT.recording_id}.json"
        whole = path.read_bytes()
        for position in range(0, len(whole) * 8, 61):
            flipped = bytearray(whole)
            flipped[position // 8] ^= 1 << position % 8
            path.write_bytes(flipped)
            assert len(evidence.verify(case.folder)) == 1
        path.write_bytes(whole)
        assert evidence.verify(case.folder) == ()

    def test_a_stranger_can_check_it(self, case: Case) -> None:
        (case.folder / "odd\nname.txt").write_text("x")
        evidence.seal(case.folder)
        command = ["sha256sum", "-c", "--quiet", evidence.MANIFEST]
        if subprocess.run(["which", "sha256sum"], capture_output=True, check=False).returncode:
            pytest.skip("sha256sum is not installed")
        assert subprocess.run(command, cwd=case.folder, capture_output=True, check=False).returncode == 0
        (case.folder / "case.json").write_text("{}")
        assert subprocess.run(command, cwd=case.folder, capture_output=True, check=False).returncode == 1

    def test_an_unsealed_case_says_so(self, case: Case) -> None:
        with pytest.raises(EvidenceError, match="not sealed"):
            evidence.verify(case.folder)
