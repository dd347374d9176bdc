"""The report as a text: what it holds, what it never holds, and the pure parts beneath it."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import AudioFlagKind, Judgement, Quote, QuoteFlag, QuoteFlagKind, QuoteKind, Sentence, Verdict
from pipeline.report.article_text import paragraphs, surroundings
from pipeline.report.content import CLIP_PADDING_MS, ReportContent, clip_key, clips_needed
from pipeline.report.marking import rows
from pipeline.report.page import Clip, render
from pipeline.report.payload import local_url
from pipeline.report.view import file_name, needs_ears, summary
from pipeline.report.waveform import bars, path
from pipeline.report.wording import Wording, clock, day, plural_form
from tests.report_page import content as report_content


class Reader(HTMLParser):
    """Collects what a browser would see: texts, scripts with their attributes, tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag if tag in ("script", "style") else ""
        if self._open:
            self.raw.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.raw[-1] = (self._open, self.raw[-1][1] + data)
        else:
            self.shown.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_same_content_same_page() -> None:
    assert render(report_content.content()) == render(report_content.content())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_page_never_promises_truth(language: str) -> None:
    shown = " ".join(read(render(report_content.content(language))).shown).casefold()
    assert not re.search(
        r"\b(true|verified|verification|fact-checked|правда|верно|подтвержден\w*|подтверждён\w*)\b", shown
    )


def test_policy_names_exactly_the_inline_script_and_style() -> None:
    html = render(report_content.content())
    reader = read(html)
    policy = next(a["content"] for t, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"media-src data: blob:(;|$)", policy)
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    script = re.search(r"<script>(.*?)</script>", html, re.S)
    assert style is not None
    assert script is not None
    for text in (style[1], script[1]):
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert not [
        tag for tag, attributes in reader.tags if "style" in attributes or any(a.startswith("on") for a in attributes)
    ]
    assert not [a for _, a in reader.tags if (a.get("src") or a.get("href") or "#").startswith(("http", "//"))]


def test_page_holds_the_bytes_of_its_clips() -> None:
    content = report_content.content()
    html = render(content)
    for number, clip in enumerate(content.clips.values()):
        found = re.search(rf'id="clip-{number}">([^<]*)<', html)
        assert found is not None
        assert b64decode(found[1]) == clip.data


@pytest.mark.parametrize("name", ["en", "ru"])
def test_both_languages_have_the_same_texts(name: str) -> None:
    def names(table: dict[str, object], prefix: str = "") -> set[str]:
        plural = {"one", "few", "many", "other"}
        found: set[str] = set()
        for key, value in table.items():
            inner = isinstance(value, dict) and not set(value) <= plural
            found |= names(value, f"{prefix}{key}.") if inner else {prefix + key}  # type: ignore[arg-type]
        return found

    english, other = (Wording(language)._texts for language in ("en", name))  # type: ignore[arg-type]
    assert names(english) == names(other)
    for verdict in Verdict:
        assert Wording(name).has(f"verdict.{verdict.value}.advice")  # type: ignore[arg-type]
    for audio_flag in AudioFlagKind:
        assert Wording(name).has(f"audio_flag.{audio_flag.value}")  # type: ignore[arg-type]
    for flag in QuoteFlagKind:
        assert Wording(name).has(f"flag.{flag.value}.name")  # type: ignore[arg-type]


def test_script_uses_only_texts_that_exist() -> None:
    folder = files("pipeline.report") / "script"
    used = {
        name for part in folder.iterdir() for name in re.findall(r"\btexts\.(\w+)", part.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= set(Wording("en").raw("script"))


HOSTILE = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'`\u2028\u2029\u202e\u2066\x00\ud800{}%/!-")), max_size=40
) | st.sampled_from(
    ["</script><script>boom()</script>", "<!--<script>", "{{ 7 * 7 }}", "{quote}", "javascript:boom()", "%s%n"]
)


def hostile(content: object, text: str) -> object:
    """The same record with the text in the place of every free text in it."""
    kept = {"language", "mime", "created_at", "version", "embed", "recording_id", "verdict", "kind"}
    if is_dataclass(content) and not isinstance(content, type):
        changes = {f.name: hostile(getattr(content, f.name), text) for f in fields(content) if f.name not in kept}
        if isinstance(content, Quote) or type(content).__name__ == "Recording":
            changes.pop("id")
        return replace(content, **changes)
    if isinstance(content, tuple):
        return tuple(hostile(each, text) for each in content)
    return text if type(content) is str else content


@settings(deadline=None, max_examples=60)
@given(HOSTILE)
def test_hostile_text_adds_no_element_and_no_script(text: str) -> None:
    plain = report_content.content()
    calm = replace(plain, clips={})
    page = render(hostile(calm, text))  # type: ignore[arg-type]
    page.encode("utf-8")
    allowed = {tag for tag, _ in read(render(calm)).tags}
    reader = read(page)
    assert {tag for tag, _ in reader.tags} <= allowed
    assert [attributes for tag, attributes in reader.tags if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
    ]
    data = next(text for tag, text in reader.raw if tag == "script")
    assert not set("<>&\u2028\u2029") & set(data)
    assert json.loads(data)["articles"][0]["quotes"]


def test_page_is_made_without_article_translation_links_or_audio() -> None:
    bare = report_content.document(translated=False)
    words = tuple(replace(word, probability=1.0) for word in bare.transcript.words)
    bare = replace(bare, transcript=replace(bare.transcript, words=words, flags=(), model=None))
    assert "<article" not in render(ReportContent(documents=(bare,)))
    check = report_content.check(bare)
    html = render(ReportContent(checks=(check,), documents=(bare,), language="ru"))
    assert html.count('<article class="card') == len(check.judgements)
    assert render(ReportContent(checks=(check,)))  # passages of recordings that are not there
    assert render(ReportContent())


def test_numbers_that_are_none_and_ranges_that_lead_nowhere_are_no_harm() -> None:
    source = report_content.document()
    words = tuple(replace(word, probability=float("nan"), start_ms=-5, end_ms=-9) for word in source.transcript.words)
    sentences = (Sentence(0, 10**6), Sentence(9, 2), Sentence(500, 600))
    broken = replace(source, transcript=replace(source.transcript, words=words, sentences=sentences))
    check = report_content.check(source)
    odd = replace(
        report_content.passage(source, 1, float("nan")),
        sentence_indexes=(0, 1, 2, 99, -1),
        start_ms=900,
        end_ms=100,
        word_links=((-1, 5), (10**9, 0)),
    )
    judgement = replace(check.judgements[0], passages=(odd,), confidence=float("inf"))
    assert render(ReportContent(checks=(replace(check, judgements=(judgement,)),), documents=(broken,)))


def test_a_list_of_quotes_has_cards_and_no_text() -> None:
    source = report_content.document()
    check = report_content.check(source)
    listed = replace(check, article=replace(check.article, text="", path="quotes.txt"))
    html = render(ReportContent(checks=(listed,), documents=(source,)))
    assert 'class="spread textless"' in html
    assert html.count('<article class="card') == 9


def test_clips_needed_pads_joins_and_stays_inside() -> None:
    source = report_content.document()
    requests = clips_needed((report_content.check(source),), (source,), "clips")
    for one, next_one in pairwise(requests):
        assert one.end_ms < next_one.start_ms
    for judgement in report_content.check(source).judgements:
        for passage in (*judgement.passages, *judgement.alternatives):
            inside = [r for r in requests if r.start_ms <= passage.start_ms and passage.end_ms <= r.end_ms]
            assert len(inside) == 1
    first = clips_needed(
        (replace(report_content.check(source), judgements=report_content.check(source).judgements[5:6]),),
        (source,),
        "clips",
    )
    passage = report_content.passage(source, 5)
    assert [(r.start_ms, r.end_ms) for r in first] == [
        (passage.start_ms - CLIP_PADDING_MS, min(source.recording.duration_ms, passage.end_ms + CLIP_PADDING_MS))
    ]
    whole = clips_needed((), (source,), "full")
    assert [r.key for r in whole] == [clip_key(source.recording.id, 0, source.recording.duration_ms)]
    assert clips_needed((), (source,), "none") == whole
    assert clips_needed((report_content.check(source),), (), "clips") == ()


def test_rows_mark_differences_and_link_all_three() -> None:
    source = report_content.document()
    judgement = report_content.check(source).judgements[0]
    found = rows(judgement, judgement.passages[0], source, "en")
    assert [word.text for word in found.quote if word.mark == "differs"] == ["forty", "vehicles"]
    assert [word.text for word in found.translation if word.mark == "differs"] == ["fourteen", "vehicles"]
    assert [word.text for word in found.quote if word.mark == "printed"] == ["one"]
    assert (3, 3) in found.quote_links
    assert (4, 5) in found.heard_links
    assert [word.doubt for word in found.heard if word.text == "четырнадцать"] == ["doubtful"]
    assert not found.same_language


def test_a_translation_that_lost_what_was_heard_marks_no_word_as_only_printed() -> None:
    source = report_content.document()
    judgement = report_content.check(source).judgements[0]
    passage = replace(judgement.passages[0], witnesses={"wording": 0.3, "heard": 0.9})
    found = rows(replace(judgement, passages=(passage,)), passage, source, "en")
    assert not found.comparable
    assert not [word.text for word in found.quote if word.mark == "printed"]
    assert [word.text for word in found.quote if word.mark == "differs"]  # what a flag says is marked all the same


def test_rows_of_one_language_compare_with_what_was_heard() -> None:
    source = report_content.document()
    judgement = report_content.check(source).judgements[8]
    found = rows(judgement, judgement.passages[0], source, "en")
    assert found.same_language
    assert found.quote_links == ((0, 2), (1, 3), (2, 4), (3, 5))  # a full stop makes no difference
    assert not [word for word in found.quote if word.mark]


def test_rows_show_some_words_around_a_passage_and_move_the_links_along() -> None:
    source = report_content.document()
    count = len(source.transcript.words)
    one = replace(source, transcript=replace(source.transcript, sentences=(Sentence(0, count),)))
    words = source.transcript.words[25:30]
    passage = replace(
        report_content.passage(source, 0),
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        heard=" ".join(word.text for word in words),
        translation="",
        word_links=((0, 0), (1, 2)),
    )
    judgement = replace(report_content.check(source).judgements[0], passages=(passage,), flags=())
    found = rows(judgement, passage, one, "ru")
    assert [word.text for word in found.heard if word.inside] == [word.text for word in words]
    assert len(found.heard) == 5 + 2 * 12
    assert found.cut_before
    assert found.cut_after
    assert found.heard[found.quote_links[1][1]].text == words[2].text


@given(st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=8), st.text("ab \n", max_size=50))
def test_paragraphs_keep_every_letter(spans: list[tuple[int, int]], text: str) -> None:
    quotes = tuple(Quote(f"q{n}", "x", start, end) for n, (start, end) in enumerate(spans))
    article = replace(report_content.article(), text=text, quotes=quotes)
    shown = "\n".join("".join(stretch.text for stretch in paragraph) for paragraph in paragraphs(article))
    assert shown == "\n".join(line for line in text.split("\n") if line.strip())


def test_surroundings_stop_at_the_paragraph() -> None:
    article = report_content.article()
    before, after = surroundings(article, article.quotes[0])
    assert before == "“"
    assert after.startswith("” the colonel tells")
    assert surroundings(article, Quote("x", "y", 5, 10**9)) == ("", "")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("notes/a%20b.ogg", True),
        ("file:///home/x/a.ogg", True),
        ("../a.ogg", True),
        ("javascript:boom()", False),
        ("https://x.example/a.ogg", False),
        ("//x.example/a.ogg", False),
        ("file://server/share/a.ogg", False),
        ("\\\\server\\a.ogg", False),
        (" java\nscript:x", False),
        ("", False),
        ("data:text/html,x", False),
        ("http:a", False),
    ],
)
def test_only_local_addresses_are_linked(url: str, kept: bool) -> None:
    assert (local_url(url) is not None) == kept


def test_waveform_follows_the_peaks() -> None:
    clip = Clip(None, "audio/ogg", None, 0, 1000, tuple(range(100)))
    assert bars(clip, 500, 1000)[0] == 50
    assert len(bars(replace(clip, peaks=tuple([5] * 5000)), 0, 1000)) == 150
    assert bars(replace(clip, peaks=()), 0, 1000) == ()
    assert path((0, 50, 100)).count("M") == 3


def test_words_and_counts() -> None:
    assert [plural_form("ru", n) for n in (1, 2, 5, 11, 12, 21, 104, 111)] == [
        "one", "few", "many", "many", "many", "one", "few", "many",
    ]  # fmt: skip
    assert clock(41_999) == "0:41"
    assert clock(3_723_000) == "1:02:03"
    assert day("2026-05-03T14:22:10+03:00") == "2026-05-03 14:22 (UTC+03:00)"
    assert day("yesterday") == "yesterday"
    assert file_name("C:\\Users\\me\\note.ogg") == "note.ogg"
    assert file_name("/home/me/note.ogg") == "note.ogg"
    counted = summary(report_content.content())
    assert (counted.quotes, counted.needs_ears, counted.percent) == (9, 6, 93)


def test_a_flag_asks_for_ears_whatever_the_verdict() -> None:
    quote = Quote("q", "x", 0, 1, None, QuoteKind.DIRECT)
    assert not needs_ears(Judgement(quote, Verdict.SUPPORTED, 1.0))
    assert needs_ears(Judgement(quote, Verdict.SUPPORTED, 1.0, (), (QuoteFlag(QuoteFlagKind.NAME, "a", "b"),)))
    assert needs_ears(Judgement(quote, Verdict.UNCHECKABLE, 0.0))
