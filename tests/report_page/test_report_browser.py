"""The report in Chromium: clicking, hearing, keys, decisions, transcripts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.report.page import ReportContent, clips_needed
from tests.report_page import content as report_content
from tests.report_page.chromium import Open, position_ms, until, wait_playing, write

LEAD_MS = 600
SEEK_TOLERANCE_MS = 50
SOURCE = report_content.document()


def first_seek_ms(page: Page) -> float:
    until(page, "window.seeks.length > 0")
    start = page.evaluate("JSON.parse(document.getElementById('data').textContent).clips[0].start_ms")
    return float(start) + 1000 * float(page.evaluate("window.seeks[0]"))


@pytest.mark.parametrize("number", [1, 4, 6])
def test_click_on_a_quote_in_the_article_plays_its_passage(opened: Open, report_file: Path, number: int) -> None:
    page = opened(report_file)
    page.click(f'.pointer[data-quote="a1-q{number}"] >> nth=0')
    wait_playing(page)
    passage = report_content.check(SOURCE).judgements[number - 1].passages[0]
    assert abs(first_seek_ms(page) - (passage.start_ms - LEAD_MS)) <= SEEK_TOLERANCE_MS
    before = position_ms(page)
    page.wait_for_timeout(300)
    assert position_ms(page) > before + 100
    expect(page.locator(f"#a1-q{number}")).to_be_focused()
    expect(page.locator("#player")).to_be_visible()


def test_playing_stops_after_the_passage_and_loops_when_asked(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    passage = report_content.check(SOURCE).judgements[5].passages[0]
    page.click("#a1-q6 .play-button")
    wait_playing(page)
    page.evaluate("end => { document.getElementById('audio').currentTime = end; }", (passage.end_ms + 300) / 1000)
    until(page, "document.getElementById('audio').paused")
    assert abs(position_ms(page) - (passage.end_ms + LEAD_MS)) < 150
    page.click('#player [data-action="loop"]')
    page.click("#a1-q6 .play-button")
    wait_playing(page)
    page.evaluate("end => { document.getElementById('audio').currentTime = end; }", (passage.end_ms + 300) / 1000)
    until(page, "start => document.getElementById('audio').currentTime < start", passage.start_ms / 1000)
    assert not page.evaluate("document.getElementById('audio').paused")


def test_a_heard_word_plays_from_its_own_start(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    word = next(word for word in SOURCE.transcript.words if word.text == "четырнадцать")
    page.click('#a1-q1 [data-row="heard"] .w:has-text("четырнадцать")')
    wait_playing(page)
    until(page, "window.seeks.length > 0")
    start = page.evaluate("JSON.parse(document.getElementById('data').textContent).clips[0].start_ms")
    seeks = [start + 1000 * float(one) for one in page.evaluate("window.seeks")]
    assert min(abs(one - word.start_ms) for one in seeks) <= SEEK_TOLERANCE_MS


def test_waveform_seeks(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    box = page.locator("#a1-q1 .passage").first
    first, last = (int(box.get_attribute(f"data-{name}") or 0) for name in ("from", "to"))
    slider = page.locator("#a1-q1 .wave input")
    size = slider.bounding_box()
    assert size is not None
    slider.click(position={"x": size["width"] * 0.4, "y": 20})
    wait_playing(page)
    wanted = first + 0.4 * (last - first)
    until(page, "window.seeks.length > 0")
    assert abs(position_ms(page) - wanted) < 900  # the knob of the slider has a width, and time goes on


def test_linked_words_light_up(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.hover('#a1-q1 [data-row="heard"] .w:has-text("потеряли")')
    assert page.locator("#a1-q1 .w.lit").all_text_contents() == ["lost", "потеряли", "lost"]
    page.hover("h1")
    assert page.locator(".w.lit").count() == 0
    page.focus('#a1-q1 [data-row="heard"]')
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text("четырнадцать, 0:04, 41 % sure, translated as “fourteen”")
    assert page.locator("#a1-q1 .w.lit").all_text_contents() == ["четырнадцать", "fourteen"]


def test_keys_do_everything(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    press = page.keyboard.press
    press("j")
    expect(page.locator("#a1-q1")).to_be_focused()
    press("j")
    expect(page.locator("#a1-q2")).to_be_focused()
    press("k")
    press("p")
    wait_playing(page)
    press(" ")
    until(page, "document.getElementById('audio').paused")
    at = position_ms(page)
    press("ArrowRight")
    until(page, "at => document.getElementById('audio').currentTime * 1000 > at + 800", at)
    press("s")
    assert page.evaluate("document.getElementById('audio').playbackRate") == 0.75
    press("l")
    expect(page.locator('#player [data-action="loop"]')).to_have_attribute("aria-pressed", "true")
    press("2")
    expect(page.locator("#a1-q1 .decided-mark")).to_have_text("differs")
    press("u")
    expect(page.locator("#a1-q4")).to_be_focused()
    press("a")
    expect(page.locator('.pointer[data-quote="a1-q4"]')).to_be_focused()
    press("t")
    expect(page.locator(".line.target")).to_contain_text("Я не приказывал отходить с высоты.")
    press("/")
    expect(page.locator("#search")).to_be_focused()
    press("j")
    expect(page.locator("#search")).to_have_value("j")
    press("Escape")
    expect(page.locator("#search")).to_have_value("")
    page.focus("#a1-q3")
    press("n")
    page.keyboard.type("jk?")
    expect(page.locator("#a1-q3 .note textarea")).to_have_value("jk?")
    press("Escape")
    expect(page.locator("#a1-q3")).to_be_focused()
    press("?")
    expect(page.locator("#help")).to_be_visible()
    press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_keys_work_on_a_cyrillic_keyboard_and_can_be_switched_off(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))")
    expect(page.locator("#a1-q1")).to_be_focused()
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.focus("#a1-q1")
    page.keyboard.press("j")
    expect(page.locator("#a1-q1")).to_be_focused()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def test_decisions_stay_and_leave_as_json_table_and_letter(opened: Open, report_file: Path, tmp_path: Path) -> None:
    page = opened(report_file)
    page.click("#a1-q1 .choices label:nth-of-type(2)")
    page.fill("#a1-q1 .note textarea", "=he says fourteen")
    page.click("#a1-q7 .choices label:nth-of-type(2)")
    page.click("#a1-q5 .choices label:nth-of-type(1)")
    expect(page.locator("#decided-count")).to_have_text("3")
    page.reload()
    expect(page.locator("#decided-count")).to_have_text("3")
    expect(page.locator("#a1-q1 .note textarea")).to_have_value("=he says fourteen")

    with page.expect_download() as saved:
        page.click('[data-action="save-json"]')
    stored = tmp_path / "decisions.json"
    saved.value.save_as(stored)
    found = json.loads(stored.read_text(encoding="utf-8"))
    assert found["schema"] == "voxquote.decisions/1"
    assert [one["choice"] for one in found["decisions"]] == [
        "differs",
        None,
        None,
        None,
        "as_printed",
        None,
        "differs",
        None,
        None,
    ]
    assert found["decisions"][0]["passages"][0]["heard"] == SOURCE.transcript.sentence_text(1)
    assert found["decisions"][0]["note"] == "=he says fourteen"

    with page.expect_download() as saved:
        page.click('[data-action="save-csv"]')
    saved.value.save_as(tmp_path / "decisions.csv")
    table = (tmp_path / "decisions.csv").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert len(lines) == 9
    assert lines[0]["your decision"] == "differs"
    assert lines[0]["your note"] == "'=he says fourteen"
    assert lines[0]["printed"] == report_content.article().quotes[0].text

    page.click('[data-action="letter"]')
    text = page.input_value("#letter-text")
    assert "Printed: “In one week we lost forty vehicles and forty men”" in text
    assert "Recording: voice-note-0412.ogg, 0:03–0:07" in text
    assert "What I heard: =he says fourteen" in text
    assert "Nothing like it was found" in text
    assert "We are standing" not in text
    page.keyboard.press("Escape")

    page.click("#a1-q1 [data-action=clear]")
    page.click("#a1-q5 [data-action=clear]")
    expect(page.locator("#decided-count")).to_have_text("1")
    page.set_input_files("#load", stored)
    expect(page.locator("#decided-count")).to_have_text("3")
    expect(page.locator("#a1-q5 input[value=as_printed]")).to_be_checked()


def test_filters_and_order(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.click('[data-filter="ears"]')
    assert page.locator(".card:visible").count() == 6
    page.click('[data-filter="not_found"]')
    assert page.locator(".card:visible").count() == 1
    page.click('.pointer[data-quote="a1-q2"]')
    assert page.locator(".card:visible").count() == 9
    page.select_option("#order", "urgent")
    verdicts = page.locator(".card").evaluate_all("cards => cards.map((card) => card.dataset.verdict)")
    assert verdicts[:3] == ["changed", "changed", "not_found"]
    assert verdicts[-1] == "verbatim"


def test_transcripts_are_written_when_opened_and_searched(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    assert page.locator(".line").count() == 0
    page.locator(".tape summary").first.click()
    expect(page.locator(".line")).to_have_count(7)
    page.fill("#search", "ЕЩЕ раз")
    expect(page.locator("#found mark")).to_have_text(["Ещё", "раз", "Ещё", "раз"])
    page.fill("#search", "fourteen")
    expect(page.locator("#found .line")).to_have_count(1)
    page.click("#found .stamp")
    wait_playing(page)
    page.click("#found .quiet-button")
    expect(page.locator(".line.target")).to_contain_text("четырнадцать")
    page.fill("#search", "<script>")
    expect(page.locator("#found")).to_contain_text("Nothing found for “<script>”")


def test_linked_recordings_play_from_beside_the_page(opened: Open, tmp_path: Path) -> None:
    source = report_content.document()
    whole = clips_needed((), (source,), "none")[0]
    clip = report_content.cut(source, whole)
    assert clip.data is not None
    (tmp_path / "note 1.ogg").write_bytes(clip.data)
    content = report_content.content(embed="none")
    linked = replace(clip, data=None, url="note%201.ogg")
    page = opened(write(replace(content, clips={whole.key: linked}), tmp_path / "report.html"))
    page.click("#a1-q6 .play-button")
    wait_playing(page)
    passage = report_content.check(source).judgements[5].passages[0]
    assert abs(first_seek_ms(page) - (passage.start_ms - LEAD_MS)) <= SEEK_TOLERANCE_MS


def test_whole_recordings_embedded_play_every_sentence(opened: Open, tmp_path: Path) -> None:
    page = opened(write(report_content.content(embed="full"), tmp_path / "report.html"))
    page.locator(".tape summary").first.click()
    expect(page.locator(".stamp:enabled")).to_have_count(7)
    page.click(".line >> nth=6 >> .stamp")
    wait_playing(page)
    sentence = report_content.passage(SOURCE, 6)
    assert abs(first_seek_ms(page) - (sentence.start_ms - 150)) <= SEEK_TOLERANCE_MS


def test_a_report_without_article_or_audio_reads(opened: Open, tmp_path: Path) -> None:
    content = ReportContent(documents=(report_content.document(translated=False),))
    page = opened(write(content, tmp_path / "report.html"))
    page.locator(".tape summary").first.click()
    expect(page.locator(".line")).to_have_count(7)
    assert page.locator(".stamp:enabled").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.keyboard.press("1")
