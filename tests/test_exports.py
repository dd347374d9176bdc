"""Exports, read back by readers that other people wrote: pysubs2, python-docx, pympi, csv, json, ElementTree."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import docx
import pympi
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.exports import FORMATS, export
from pipeline.exports.cues import LINE_CHAR, cues, wrap
from pipeline.exports.lines import clock, lines
from pipeline.records import (
    AudioFlag,
    AudioFlagKind,
    Document,
    Judgement,
    ModelInfo,
    Passage,
    Quote,
    Recording,
    Sentence,
    Transcript,
    TranslatedSentence,
    Translation,
    Verdict,
    Word,
)

HEARD = (
    ("Мы ждём приказа.", "We are waiting for the order."),
    (
        "Никто не уходит с позиции до утра, пока не придёт смена, и чтобы разговоров по открытой связи не было.",
        "Nobody leaves the position before morning, until the relief comes, and there must be no talk on open lines.",
    ),
    ("Нас двести пятьдесят человек.", "There are two hundred and fifty of us."),
)


def _document(pairs: tuple[tuple[str, str], ...] = HEARD, sender: str | None = "Командир") -> Document:
    words: list[Word] = []
    sentences = []
    for heard, _ in pairs:
        start = len(words)
        for text in heard.split():
            time_ms = 500 * len(words) + 1234
            words.append(Word(text, time_ms, time_ms + 400, 0.875))
        sentences.append(Sentence(start, len(words)))
    length_ms = words[-1].end_ms + 1000 if words else 5000
    recording = Recording("0123456789abcdef", "in/note 1.ogg", "0" * 64, length_ms, "2024-03-01T10:00:00+03:00", sender)
    flags = (AudioFlag(AudioFlagKind.LOW_CONFIDENCE, words[0].start_ms, words[0].end_ms),) if words else ()
    transcript = Transcript(
        recording.id, "ru", 0.98, tuple(words), tuple(sentences), flags, ModelInfo("whisper-ru", starter=True)
    )
    translated = tuple(TranslatedSentence(text, -0.5) for _, text in pairs)
    return Document(recording, transcript, Translation(recording.id, "en", translated))


def _words(text: str) -> list[str]:
    return text.split()


ALL_WORDS = [word for heard, _ in HEARD for word in heard.split()]
ALL_TRANSLATED = [word for _, text in HEARD for word in text.split()]


def test_json_is_what_whisper_writes() -> None:
    content = json.loads(export(_document(), "json"))
    assert content["language"] == "ru"
    assert content["text"].split() == ALL_WORDS
    assert [s["id"] for s in content["segments"]] == [0, 1, 2]
    first = content["segments"][0]
    assert (first["start"], first["end"]) == (1.234, 2.634)
    assert first["text"] == " Мы ждём приказа."
    assert first["words"][0] == {"word": " Мы", "start": 1.234, "end": 1.634, "probability": 0.875}
    assert first["translation"] == HEARD[0][1]
    assert content["flags"][0]["kind"] == "low_confidence"
    subtitles = pysubs2.load_from_whisper(content)
    assert [event.text.split() for event in subtitles] == [heard.split() for heard, _ in HEARD]
    assert subtitles[0].start == 1234


@pytest.mark.parametrize(("name", "reader"), [("srt", "srt"), ("vtt", "vtt")])
def test_subtitles_hold_every_word_and_keep_their_lines(name: str, reader: str) -> None:
    subtitles = pysubs2.SSAFile.from_string(export(_document(), name).decode("utf-8"), reader)
    texts = [event.text.replace("\\N", "\n") for event in subtitles]
    assert _words(" ".join(texts)) == ALL_WORDS
    assert all(len(row) <= LINE_CHAR for text in texts for row in text.split("\n"))
    assert all(text.count("\n") <= 1 for text in texts)
    assert all(event.duration <= 7_500 for event in subtitles)
    assert subtitles[0].start == 1234
    assert [event.start for event in subtitles] == sorted(event.start for event in subtitles)


@pytest.mark.parametrize(("name", "reader"), [("srt-both", "srt"), ("vtt-both", "vtt")])
def test_subtitles_in_two_languages(name: str, reader: str) -> None:
    subtitles = pysubs2.SSAFile.from_string(export(_document(), name).decode("utf-8"), reader)
    rows = [row for event in subtitles for row in event.text.split("\\N")]
    cyrillic = [row for row in rows if re.search("[А-Яа-яё]", row)]
    latin = [row for row in rows if row not in cyrillic]
    assert _words(" ".join(cyrillic)) == ALL_WORDS
    assert _words(" ".join(latin)) == ALL_TRANSLATED
    assert all(len(row) <= LINE_CHAR for row in rows)
    first = subtitles[0].text.split("\\N")
    assert first == ["Мы ждём приказа.", "We are waiting for the order."]


def test_a_long_sentence_is_cut_where_its_links_say() -> None:
    heard = "раз " * 10 + "два " * 10
    translated = "two " * 10 + "one " * 10
    document = _document(((heard.strip(), translated.strip()),))
    (line,) = lines(document)
    assert len(cues([line])) > 1
    straight = [cue.translation.split() for cue in cues([line])]
    assert [word for part in straight for word in part] == translated.split()


def test_text_and_table_of_whisper() -> None:
    assert export(_document(), "txt").decode("utf-8").splitlines() == [heard for heard, _ in HEARD]
    rows = list(csv.reader(io.StringIO(export(_document(), "tsv").decode("utf-8")), delimiter="\t"))
    assert rows[0] == ["start", "end", "text"]
    assert rows[1] == ["1234", "2634", "Мы ждём приказа."]


DANGEROUS = ("=HYPERLINK(1)", "+1", "-2", "@SUM(A1)", "\t=1", "＝1")


def test_a_spreadsheet_runs_nothing() -> None:
    document = _document(tuple((text, text) for text in DANGEROUS), sender="=cmd|' /C calc'!A0")
    content = export(document, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(DANGEROUS)
    for row in rows:
        for cell in row.values():
            assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")
        assert row["sender"] == "'=cmd|' /C calc'!A0"
    plain = list(csv.DictReader(io.StringIO(export(_document(), "csv").decode("utf-8-sig"), newline="")))
    assert plain[0]["heard"] == "Мы ждём приказа."
    assert (plain[0]["start"], plain[0]["start_ms"], plain[0]["flags"]) == ("00:00:01.234", "1234", "low_confidence")


def _judgement() -> Judgement:
    passage = Passage("0123456789abcdef", 0, 1, (1,), "", "", 1.0)
    return Judgement(Quote("q1", "Nobody leaves", 0, 13), Verdict.SUPPORTED, 0.9, (passage,))


def test_a_word_document_has_the_table_and_the_quotes() -> None:
    page = docx.Document(io.BytesIO(export(_document(), "docx", [_judgement()])))
    (table,) = page.tables
    assert [cell.text for cell in table.rows[0].cells] == ["Time", "Heard", "Translation"]
    assert [row.cells[1].text for row in table.rows[1:]] == [heard for heard, _ in HEARD]
    assert table.rows[1].cells[2].text == HEARD[0][1]
    assert "q1 (supported): Nobody leaves" in table.rows[2].cells[2].text
    assert "Quoted" not in table.rows[3].cells[2].text
    assert page.paragraphs[0].text == "note 1.ogg"
    assert any("starter model" in paragraph.text for paragraph in page.paragraphs)


def test_quotes_stand_in_the_spreadsheet() -> None:
    content = export(_document(), "csv", [_judgement()]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [bool(row["quotes"]) for row in rows] == [False, True, False]


def _textgrid_tiers(content: bytes) -> dict[str, list[tuple[float, float, str]]]:
    tiers: dict[str, list[tuple[float, float, str]]] = {}
    for part in content.decode("utf-8").split("item [")[2:]:
        name = re.search(r'name = "(.*)"', part)
        assert name is not None
        found = re.findall(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"', part)
        tiers[name[1]] = [(float(start), float(end), text.replace('""', '"')) for start, end, text in found]
        assert f"intervals: size = {len(found)}\n" in part
    return tiers


def test_a_textgrid_has_touching_intervals() -> None:
    tiers = _textgrid_tiers(export(_document((('Он сказал «да» "нет".', "x"),)), "textgrid"))
    assert list(tiers) == ["sentences", "words", "translation"]
    for intervals in tiers.values():
        assert intervals[0][0] == 0
        assert all(one[1] == other[0] for one, other in pairwise(intervals))
        assert all(start < end for start, end, _ in intervals)
    assert len({intervals[-1][1] for intervals in tiers.values()}) == 1
    assert [text for _, _, text in tiers["words"] if text] == ["Он", "сказал", "«да»", '"нет".']


def test_another_program_reads_the_textgrid(tmp_path: Path) -> None:
    path = tmp_path / "note.TextGrid"
    path.write_bytes(export(_document((('Он сказал «да» "нет".', "x"),)), "textgrid"))
    grid = pympi.TextGrid(str(path))
    assert [name for _, name in grid.get_tier_name_num()] == ["sentences", "words", "translation"]
    found = [entry for entry in grid.get_tier("words").get_intervals() if entry[2]]
    assert [text for _, _, text in found] == ["Он", "сказал", "«да»", '"нет".']
    assert found[0][:2] == (1.234, 1.634)


def test_another_program_reads_the_eaf(tmp_path: Path) -> None:
    path = tmp_path / "note.eaf"
    path.write_bytes(export(_document(), "eaf"))
    eaf = pympi.Eaf(str(path))
    document = _document()
    words = document.transcript.words
    assert sorted(eaf.get_annotation_data_for_tier("words")) == [(w.start_ms, w.end_ms, w.text) for w in words]
    assert [entry[2] for entry in sorted(eaf.get_annotation_data_for_tier("sentences"))] == [pair[0] for pair in HEARD]
    translated = sorted(eaf.get_ref_annotation_data_for_tier("translation"))
    assert [entry[2] for entry in translated] == [pair[1] for pair in HEARD]


def test_an_eaf_refers_only_to_what_it_holds() -> None:
    root = ElementTree.fromstring(export(_document(), "eaf"))
    slots = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE", "-1")) for slot in root.iter("TIME_SLOT")}
    sentences = {}
    for tier in root.iter("TIER"):
        kinds = {kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")}
        assert tier.get("LINGUISTIC_TYPE_REF") in kinds
        for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
            start, end = slots[annotation.get("TIME_SLOT_REF1")], slots[annotation.get("TIME_SLOT_REF2")]
            assert start <= end
            if tier.get("TIER_ID") == "sentences":
                sentences[annotation.get("ANNOTATION_ID")] = annotation.findtext("ANNOTATION_VALUE")
    assert list(sentences.values()) == [heard for heard, _ in HEARD]
    references = [each.get("ANNOTATION_REF") for each in root.iter("REF_ANNOTATION")]
    assert references == list(sentences)
    identifiers = [each.get("ANNOTATION_ID") for each in root.iter() if each.get("ANNOTATION_ID")]
    assert len(identifiers) == len(set(identifiers)) == 3 + 3 + len(ALL_WORDS)


def test_text_for_coding() -> None:
    maxqda = export(_document(), "maxqda").decode("utf-8-sig").split("\n\n")
    assert maxqda[0] == "#00:00:01-2#Командир: Мы ждём приказа."
    nvivo = export(_document(), "nvivo").decode("utf-8-sig").splitlines()
    assert {line.count("\t") for line in nvivo} == {3}
    assert nvivo[1].startswith("00:00:01.2-00:00:02.6\tКомандир\tМы ждём приказа.\t")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_an_empty_recording_and_one_without_translation(name: str) -> None:
    assert export(_document(()), name) is not None
    document = _document()
    untranslated = Document(document.recording, document.transcript)
    assert export(untranslated, name)
    assert export(document, name) == export(document, name) or name == "docx"


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        export(_document(), "pdf")
    assert "srt-both" in caught.value.hint


HOSTILE = st.lists(
    st.tuples(st.text(max_size=40), st.integers(-50, 3000), st.integers(-50, 3000), st.text(max_size=30)), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_hostile_text_and_times_break_no_format(rows: list[tuple[str, int, int, str]]) -> None:
    """Words of any text, at any time: every format is written and read back with as many cues as it should have."""
    words = tuple(Word(text, start, start + length) for text, start, length, _ in rows)
    sentences = tuple(Sentence(index, index + 1) for index in range(len(rows)))
    translated = tuple(TranslatedSentence(text) for *_, text in rows)
    recording = Recording("r", "x\x00<y>.ogg", "0", 1000, None, "a\nb\tc")
    document = Document(recording, Transcript("r", "ru", 1.0, words, sentences), Translation("r", "en", translated))
    for name in FORMATS:
        content = export(document, name)
        if name.startswith(("srt", "vtt")):
            subtitles = pysubs2.SSAFile.from_string(content.decode("utf-8"), name[:3])
            assert len(subtitles) <= len(rows)
        elif name == "json":
            assert len(json.loads(content)["segments"]) == len(rows)
        elif name == "eaf":
            ElementTree.fromstring(content)
        elif name == "docx":
            assert len(docx.Document(io.BytesIO(content)).tables[0].rows) == len(rows) + 1
        elif name == "textgrid":
            for intervals in _textgrid_tiers(content).values():
                assert all(one[1] == other[0] for one, other in pairwise(intervals))


@given(st.lists(st.text("абв, ", min_size=1, max_size=30), max_size=20))
def test_wrapping_keeps_every_word(parts: list[str]) -> None:
    text = " ".join(" ".join(parts).split())
    assert " ".join(wrap(text).split()) == text
    assert all(len(row) <= LINE_CHAR or " " not in row for row in wrap(text).split("\n"))


def test_the_clock() -> None:
    assert clock(0) == "00:00:00.000"
    assert clock(3_723_004, ",") == "01:02:03,004"
    assert clock(-5) == "00:00:00.000"
