"""The report in Chromium, further in: several places, several articles, weak audio, scrolling, paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from pipeline.records import AudioFlag, AudioFlagKind, Judgement, QuoteFlag, QuoteFlagKind, Timing, Verdict
from pipeline.report.page import ReportContent
from tests.report_page import content as report_content
from tests.report_page.chromium import Open, position_ms, until, wait_playing, write

SOURCE = report_content.document()


def with_judgement(judgement: Judgement) -> ReportContent:
    """The usual report in which the first quote got another judgement."""
    content = report_content.content()
    check = content.checks[0]
    return replace(content, checks=(replace(check, judgements=(judgement, *check.judgements[1:])),))


def test_a_stitched_quote_shows_and_plays_both_places(opened: Open, tmp_path: Path) -> None:
    parts = (report_content.passage(SOURCE, 1), report_content.passage(SOURCE, 5))
    quote = report_content.article().quotes[0]
    stitched = Judgement(quote, Verdict.EDITED, 0.9, parts, (QuoteFlag(QuoteFlagKind.STITCH, "", ""),))
    page = opened(write(with_judgement(stitched), tmp_path / "report.html"))
    card = page.locator("#a1-q1")
    expect(card.locator(".flags")).to_have_text("Joined: the quote joins sentences that were said in different places.")
    expect(card.locator(".passage .where b").first).to_have_text("Part 1 of 2")
    card.locator(".play-button").nth(1).click()
    wait_playing(page)
    until(page, "() => window.seeks.length > 0")
    assert position_ms(page) > parts[1].start_ms - 700
    expect(card.locator(".play-button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".play-button").nth(0)).not_to_have_attribute("aria-pressed", "true")
    card.locator(".play-button").nth(0).click()
    expect(card.locator(".play-button").nth(0)).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".play-button").nth(1)).to_have_attribute("aria-pressed", "false")


def test_the_o_key_goes_round_the_other_places(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.focus("#a1-q9")
    page.keyboard.press("o")
    wait_playing(page)
    expect(page.locator("#a1-q9 .passage").nth(0)).to_contain_class("playing")
    page.keyboard.press("o")
    expect(page.locator("#a1-q9 details .passage")).to_contain_class("playing")
    expect(page.locator("#a1-q9 details").first).to_have_attribute("open", "")


def test_a_quote_that_was_not_heard_offers_what_came_nearest(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    card = page.locator("#a1-q7")
    expect(card.locator("h3")).to_contain_text("Not heard")
    expect(card.locator(".minor:visible")).to_have_count(2)
    page.focus("#a1-q7")
    page.keyboard.press("l")  # it plays until it is stopped, however slow the machine is
    page.keyboard.press("p")
    wait_playing(page)
    expect(card.locator(".minor").first).to_contain_class("playing")
    card.locator(".minor .play-button").nth(1).click()
    expect(card.locator(".minor").nth(1)).to_contain_class("playing")
    page.click('.pointer[data-quote="a1-q8"]')  # nothing to play there, nothing breaks
    expect(page.locator("#a1-q8")).to_be_focused()


def test_the_first_button_leads_through_what_needs_ears(opened: Open, report_file: Path) -> None:
    """The most urgent quote is played first; each decision leads to the next, until none is left."""
    page = opened(report_file)
    waiting = page.locator('.card[data-ears="1"]').count()
    expect(page.locator("#start-left")).to_have_text(f"{waiting} still to hear")
    page.click("#start")
    wait_playing(page)
    seen = []
    for left in range(waiting - 1, -1, -1):
        card = page.locator(".card.current")
        seen.append(int(card.get_attribute("data-urgency") or -1))
        expect(card.locator(".onward")).to_be_hidden()
        card.locator(".choices label").first.click()
        expect(page.locator("#start-left")).to_contain_text(f"{left} still" if left else "has your decision")
        if left:
            card.locator(".onward").click()
    assert seen == sorted(seen)
    expect(page.locator("#start")).to_be_hidden()


def test_a_page_that_leaves_transcripts_out_says_so_twice(opened: Open, tmp_path: Path) -> None:
    page = opened(write(replace(report_content.content(), left_out=998), tmp_path / "report.html"))
    for place in (".standfirst strong", "#recordings .warning"):
        expect(page.locator(place)).to_contain_text("2 transcripts of 1000")
        expect(page.locator(place)).to_contain_text("voxquote search")


def test_a_passage_says_whether_its_times_are_measured(opened: Open, tmp_path: Path) -> None:
    content = report_content.content()
    first = content.checks[0].judgements[0]
    measured = replace(first, passages=(replace(first.passages[0], timing=Timing.MEASURED), *first.passages[1:]))
    page = opened(write(with_judgement(measured), tmp_path / "report.html"))
    expect(page.locator("#a1-q1 .timing").first).to_have_text("times measured on the sound")
    expect(page.locator("#a1-q2 .timing").first).to_have_text("times estimated: listen around it")


def test_the_marks_are_explained_out_of_the_way_on_a_phone(opened: Open, report_file: Path) -> None:
    phone = opened(report_file, viewport={"width": 390, "height": 844})
    expect(phone.locator(".legend p")).to_be_hidden()
    phone.click(".legend summary")
    expect(phone.locator(".legend p")).to_be_visible()
    expect(opened(report_file).locator(".legend p")).to_be_visible()


def test_texts_with_little_in_common_are_not_marked_word_by_word(opened: Open, tmp_path: Path) -> None:
    passage = replace(report_content.passage(SOURCE, 1), translation="Something else altogether was put here")
    flag = QuoteFlag(QuoteFlagKind.LOW_CONFIDENCE, report_content.article().quotes[0].text, "")
    other = Judgement(report_content.article().quotes[0], Verdict.CHANGED, 0.6, (passage,), (flag,))
    page = opened(write(with_judgement(other), tmp_path / "report.html"))
    card = page.locator("#a1-q1")
    expect(card.locator(".run")).to_have_count(0)
    expect(card.locator(".passage .hint")).to_contain_text("compare by ear")
    expect(card.locator(".flags")).to_have_text("Heard with doubt: the recogniser is not sure of these words.")


def test_a_weak_place_of_the_recording_is_named_in_the_card(opened: Open, tmp_path: Path) -> None:
    content = report_content.content()
    passage = report_content.passage(SOURCE, 1)
    flags = (AudioFlag(AudioFlagKind.LOOP, passage.start_ms + 100, passage.end_ms + 5_000),)
    weak = replace(SOURCE, transcript=replace(SOURCE.transcript, flags=flags))
    page = opened(write(replace(content, documents=(weak,)), tmp_path / "report.html"))
    expect(page.locator("#a1-q1 .weak")).to_contain_text("The recogniser repeated itself here: do not trust the words.")
    expect(page.locator("#a1-q6 .weak")).to_have_count(0)


def test_two_articles_keep_their_quotes_apart(opened: Open, tmp_path: Path) -> None:
    content = report_content.content()
    check = content.checks[0]
    second = replace(check, article=replace(check.article, id="art-2", title="Another paper", sha256="aa" * 32))
    page = opened(write(replace(content, checks=(check, second)), tmp_path / "report.html"))
    assert page.locator(".card").count() == 18
    page.click("#a2-q1 .choices label:nth-of-type(2)")
    page.reload()
    expect(page.locator("#a2-q1 .decided-mark")).to_have_text("differs")
    expect(page.locator("#a1-q1 .decided-mark")).to_be_hidden()
    page.click('[data-action="letter"]')
    assert "Another paper" in page.input_value("#letter-text")
    assert check.article.title not in page.input_value("#letter-text")


def test_the_article_follows_the_reader(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    for number in (6, 8):
        page.evaluate(
            "id => document.getElementById(id).scrollIntoView({block: 'start', behavior: 'instant'})", f"a1-q{number}"
        )
        expect(page.locator(f'.pointer.current[data-quote="a1-q{number}"]').first).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator("#a1-q7")).to_be_focused()


def test_a_word_of_a_transcript_plays_from_there(opened: Open, tmp_path: Path) -> None:
    page = opened(write(report_content.content(embed="full"), tmp_path / "report.html"))
    page.locator(".tape summary").first.click()
    page.click('.line .w:has-text("напишу")')
    wait_playing(page)
    word = next(word for word in SOURCE.transcript.words if word.text == "напишу")
    until(page, "() => window.seeks.length > 0")
    assert abs(1000 * float(page.evaluate("window.seeks.at(-1)")) - word.start_ms) <= 50


def test_paper_shows_everything_that_can_be_read(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.fill("#a1-q1 .note textarea", "He says fourteen, twice.")
    page.click("#a1-q1 .play-button")
    page.emulate_media(media="print")
    for hidden in ("#player", ".filters", ".masthead nav", "#recordings", ".play-button >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in (".printed-article", ".tally", "#a1-q9 .rows", ".wave >> nth=0"):
        expect(page.locator(shown)).to_be_visible()
    note = page.locator("#a1-q1 .note").evaluate("label => getComputedStyle(label, '::after').content")
    assert note == '"He says fourteen, twice."'


def test_the_page_says_when_a_browser_keeps_nothing(opened: Open, report_file: Path) -> None:
    page = opened(report_file)
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.click("#a1-q2 .choices label:nth-of-type(3)")
    expect(page.locator("#not-kept")).to_contain_text("save your decisions")
    expect(page.locator("#decided-count")).to_have_text("1")
