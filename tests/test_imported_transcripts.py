"""Transcripts of other programs: files as those programs write them, and what our own exports and pysubs2 write."""

from __future__ import annotations

import json
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.case.store import Case
from pipeline.errors import InputError
from pipeline.exports import export
from pipeline.records import AudioFlagKind, Document, Recording, Sentence, Transcript, Word
from pipeline.sources.cues import read_cues
from pipeline.sources.transcripts import read_transcript
from tests.conftest import SAMPLES, Answer, Voxquote

WHISPER = {
    "text": " Мы ждём приказа. Никто не уходит.",
    "language": "ru",
    "segments": [
        {
            "id": 0,
            "seek": 0,
            "start": 0.5,
            "end": 2.0,
            "text": " Мы ждём приказа.",
            "words": [
                {"word": " Мы", "start": 0.5, "end": 0.7, "probability": 0.9},
                {"word": " ждём", "start": 0.8, "end": 1.2, "probability": 0.8},
                {"word": " приказа", "start": 1.3, "end": 1.9, "probability": 0.7},
                {"word": ".", "start": 1.9, "end": 2.0, "probability": 0.6},
            ],
        },
        {"id": 1, "start": 2.5, "end": 4.0, "text": " Никто не уходит."},
    ],
}


def _write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path


def test_whisper_json(tmp_path: Path) -> None:
    transcript = read_transcript(_write(tmp_path / "a.json", WHISPER), "r1")
    assert [word.text for word in transcript.words] == ["Мы", "ждём", "приказа.", "Никто", "не", "уходит."]
    assert transcript.words[2] == Word("приказа.", 1300, 2000, 0.6)
    assert transcript.sentences == (Sentence(0, 3), Sentence(3, 6))
    assert (transcript.language, transcript.recording_id) == ("ru", "r1")
    (flag,) = transcript.flags
    assert (flag.kind, flag.start_ms, flag.end_ms) == (AudioFlagKind.IMPORTED, 500, 4000)
    assert flag.detail == "times of words are estimated"


def test_whisperx_words_without_times(tmp_path: Path) -> None:
    words = [
        {"word": "Нас", "start": 1.0, "end": 1.2, "score": 0.9},
        {"word": "250", "score": float("nan")},
        {"word": "человек.", "start": 2.0, "end": 2.5, "score": 0.8},
    ]
    content = {"segments": [{"start": 1.0, "end": 2.5, "text": "Нас 250 человек.", "words": words}], "language": "ru"}
    transcript = read_transcript(_write(tmp_path / "a.json", content))
    assert [(w.text, w.start_ms, w.end_ms) for w in transcript.words] == [
        ("Нас", 1000, 1200),
        ("250", 1200, 2000),
        ("человек.", 2000, 2500),
    ]
    assert transcript.words[1].probability == 0.0


def test_a_list_of_faster_whisper_segments(tmp_path: Path) -> None:
    segments = WHISPER["segments"]
    transcript = read_transcript(_write(tmp_path / "a.json", segments))
    assert (transcript.language, transcript.language_probability) == ("und", 0.0)
    assert read_transcript(_write(tmp_path / "b.json", segments), language="ru").language == "ru"


def test_names_of_languages(tmp_path: Path) -> None:
    assert read_transcript(_write(tmp_path / "a.json", WHISPER | {"language": "Russian"})).language == "ru"


SRT = "1\n00:00:01,000 --> 00:00:03,000\n<i>Мы ждём</i>\nприказа.\n\n2\n00:00:04,500 --> 00:00:05,000\nДа.\n"
VTT = (
    "WEBVTT - notes\n\nNOTE nothing\n\nSTYLE\n::cue { color: red }\n\nfirst\n00:01.000 --> 00:03.000 align:start\n"
    "<v Командир>Мы ждём\nприказа.\n\n1:00:04.500 --> 01:00:05.000\nAT&amp;T &lt;да&gt;\n"
)


def test_subrip(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.replace("\n", "\r\n").encode("utf-8-sig"))
    transcript = read_transcript(path)
    assert [w.text for w in transcript.words] == ["Мы", "ждём", "приказа.", "Да."]
    assert transcript.words[0].start_ms == 1000
    assert transcript.words[2].end_ms == 3000
    assert transcript.words[3] == Word("Да.", 4500, 5000)
    assert transcript.flags[0].detail is not None


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "utf-8"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.encode(encoding))
    assert read_transcript(path).words[1].text == "ждём"


def test_webvtt(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(VTT, "utf-8")
    transcript = read_transcript(path)
    assert " ".join(w.text for w in transcript.words) == "Мы ждём приказа. AT&T <да>"
    assert transcript.words[-1].end_ms == 3_605_000


@pytest.mark.parametrize(("reader", "text"), [("srt", SRT), ("vtt", VTT)])
def test_cues_agree_with_another_reader(reader: str, text: str) -> None:
    theirs = pysubs2.SSAFile.from_string(text, reader)
    ours = read_cues(text)
    assert [(cue.start_ms, cue.end_ms) for cue in ours] == [(event.start, event.end) for event in theirs]


@pytest.mark.parametrize("name", ["json", "srt", "vtt"])
def test_our_own_exports_come_back(tmp_path: Path, name: str) -> None:
    words = tuple(
        Word(text, 500 * i, 500 * i + 400) for i, text in enumerate(["Мы", "ждём", "приказа.", "Да,", "<это>", "так."])
    )
    original = Transcript("r", "ru", 1.0, words, (Sentence(0, 3), Sentence(3, 6)))
    path = tmp_path / f"a.{name}"
    path.write_bytes(export(Document(Recording("r", "a.ogg", "0", 4000), original), name))
    again = read_transcript(path)
    assert again.sentences == original.sentences
    expected = [word.text if name != "srt" else word.text.replace("<это>", "‹это›") for word in words]
    assert [word.text for word in again.words] == expected
    if name == "json":
        assert again.words == words


BAD = {
    "empty.json": b"",
    "text.json": b"hello",
    "number.json": b"5",
    "null.json": b"null",
    "other.json": b'{"result": []}',
    "none.json": b'{"segments": []}',
    "time.json": b'{"segments": [{"start": "x", "end": 1, "text": "a"}]}',
    "nan.json": b'{"segments": [{"start": NaN, "end": 1, "text": "a"}]}',
    "negative.json": b'{"segments": [{"start": -1, "end": 1, "text": "a"}]}',
    "endless.json": b'{"segments": [{"start": 0, "end": 1e300, "text": "a"}]}',
    "notext.json": b'{"segments": [{"start": 0, "end": 1, "text": null}]}',
    "deep.json": b"[" * 100_000,
    "none.srt": b"no cues here",
    "empty.srt": b"1\n00:00:01,000 --> 00:00:02,000\n\n",
    "binary.vtt": bytes(range(256)),
    "note.docx": b"PK",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_transcript_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(InputError) as caught:
        read_transcript(tmp_path / name)
    assert name in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_transcript(tmp_path / "a.srt")


_TIMES = st.floats(-10, 200_000) | st.just(float("nan")) | st.none()
_ENTRY = st.fixed_dictionaries(
    {"word": st.text(max_size=8)}, optional={"start": _TIMES, "end": _TIMES, "probability": st.floats() | st.none()}
)
_SEGMENT = st.fixed_dictionaries(
    {"start": st.floats(0, 100), "end": st.floats(0, 100), "text": st.text(max_size=30)},
    optional={"words": st.lists(_ENTRY, max_size=5) | st.none()},
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_SEGMENT, max_size=5))
def test_any_segments_give_an_error_or_a_sound_transcript(
    tmp_path_factory: pytest.TempPathFactory, rows: object
) -> None:
    path = _write(tmp_path_factory.mktemp("t") / "a.json", {"segments": rows})
    try:
        transcript = read_transcript(path)
    except InputError:
        return
    assert transcript.sentences[0].start_word == 0
    assert transcript.sentences[-1].end_word == len(transcript.words)
    for word in transcript.words:
        assert word.text.strip()
        assert 0 <= word.start_ms <= word.end_ms
        assert 0 <= word.probability <= 1


SUBTITLES = """1
00:00:13,900 --> 00:00:17,300
Месяц назад я написал честный доклад генералу Рыбину.

2
00:00:17,500 --> 00:00:20,300
Нам нечем отвечать на огонь чужой артиллерии.
"""


def _checked(voxquote: Voxquote, folder: Path, *audio: str | Path) -> tuple[Path, Answer]:
    """A case with the subtitles above and a checked article; whatever ``check`` answered."""
    (folder / "note.srt").write_text(SUBTITLES, encoding="utf-8")
    (folder / "story.txt").write_text("Статья\n\n«Нам нечем отвечать на огонь», — сказал он.", encoding="utf-8")
    case = folder / "case"
    done = voxquote("import", folder / "note.srt", *audio, "--language", "ru", "--case", case)
    assert done.code == 0, done.err
    return case, voxquote("check", folder / "story.txt", "--case", case, "--json")


def test_subtitles_with_their_recording_are_heard_and_timed(voxquote: Voxquote, tmp_path: Path) -> None:
    case, answer = _checked(voxquote, tmp_path, "--audio", SAMPLES / "officer.ogg")
    (passage,) = json.loads(answer.out)["quotes"][0]["passages"]
    assert passage["timing"] == "measured"
    assert abs(passage["start_ms"] - 17_630) <= 80  # where the first of these words begins, by SAMPLES.toml
    assert voxquote("report", "--case", case).code == 0
    assert 'id="clip-0"' in (case / "report.html").read_text(encoding="utf-8")
    (recording,) = Case.open(case).recordings()
    assert recording.path.endswith("officer.ogg")
    again = voxquote(
        "import", tmp_path / "note.srt", "--audio", SAMPLES / "officer.ogg", "--language", "ru", "--case", case
    )
    assert again.code == 0
    (tmp_path / "note.srt").write_text(SUBTITLES.replace("нечем", "есть чем"), encoding="utf-8")
    other = voxquote(
        "import", tmp_path / "note.srt", "--audio", SAMPLES / "officer.ogg", "--language", "ru", "--case", case
    )
    assert other.code == 3
    assert "never replaced" in other.err
    assert "нечем" in Case.open(case).transcript(recording.id).sentence_text(1)  # type: ignore[union-attr]


def test_subtitles_without_their_recording_say_what_they_lack(voxquote: Voxquote, tmp_path: Path) -> None:
    case, answer = _checked(voxquote, tmp_path)
    assert answer.code == 0
    (passage,) = json.loads(answer.out)["quotes"][0]["passages"]
    assert (passage["timing"], passage["word_times"]) == ("estimated", [])
    assert voxquote("report", "--case", case).code == 0  # a page without sound is no failure
    cut = voxquote("clip", "q1", "--case", case)
    assert cut.code == 1
    assert "--audio RECORDING" in cut.err
    assert voxquote("import", tmp_path / "note.srt", tmp_path / "note.srt", "--audio", "x", "--case", case).code == 2
