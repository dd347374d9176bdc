"""Article files of every kind, good and bad, made here and read back."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.press.articles import read_article, read_quote_list
from pipeline.press.encoding import decode
from pipeline.press.language import detect_language
from pipeline.press.pages import read_page
from pipeline.records import QuoteKind
from tests.press_files import pdf_bytes, word_document, write

ENGLISH = "Town votes\n\n“We will rebuild,” said Linda Grove.\n\nShe called the delay ‘absurd’ and left the hall.\n"
RUSSIAN = "Город голосует\n\n«Мы всё построим», — сказала Марина Озерова.\n\nСовет разошёлся через час.\n"


def test_text_file(tmp_path: Path) -> None:
    path = write(tmp_path, "town.txt", ENGLISH)
    article = read_article(path)
    sha256 = hashlib.sha256(ENGLISH.encode()).hexdigest()
    assert (article.sha256, article.id, article.path) == (sha256, sha256[:16], str(path))
    assert (article.title, article.language, article.text) == ("Town votes", "en", ENGLISH)
    assert [quote.text for quote in article.quotes] == ["We will rebuild,", "absurd"]
    assert [quote.speaker for quote in article.quotes] == ["Linda Grove", "Linda Grove"]
    assert all(article.text[quote.start_char : quote.end_char] == quote.text for quote in article.quotes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866"])
def test_russian_encodings(tmp_path: Path, encoding: str) -> None:
    text = RUSSIAN if encoding not in ("cp866", "koi8-r") else RUSSIAN.translate(str.maketrans("«»—", '""-'))
    article = read_article(write(tmp_path, "город.txt", text.encode(encoding)))
    assert (article.language, article.title, article.text) == ("ru", "Город голосует", text)
    assert [(quote.text, quote.speaker) for quote in article.quotes] == [("Мы всё построим", "Марина Озерова")]


def test_western_encoding_and_line_ends(tmp_path: Path) -> None:
    data = ENGLISH.replace("\n", "\r\n").encode("cp1252")
    assert read_article(write(tmp_path, "town.txt", data)).text == ENGLISH


def test_markdown(tmp_path: Path) -> None:
    source = (
        "# Town *votes*\n\n> “We **will** rebuild,” said [Linda Grove](http://x.invalid/a_b).\n\n* a_b_c and 2 * 3\n"
    )
    article = read_article(write(tmp_path, "town.md", source))
    assert article.title == "Town votes"
    assert article.text == "Town votes\n\n“We will rebuild,” said Linda Grove.\n\na_b_c and 2 * 3\n"
    assert [quote.text for quote in article.quotes] == ["We will rebuild,"]


def test_markdown_block_quotes(tmp_path: Path) -> None:
    source = "He wrote:\n\n> We will go\n> tonight.\n>\n> Nobody stays.\n\n> Note.\n"
    article = read_article(write(tmp_path, "town.md", source))
    assert [quote.text for quote in article.quotes] == ["We will go tonight. Nobody stays."]


PAGE = """<!DOCTYPE html><html><head><title>Town votes | The Courier</title><meta charset="{charset}"></head><body>
<nav><a href="/">“Menu”</a></nav><header><h1>Town votes</h1></header><article>
<p>The council of the town met on Monday evening to decide what should happen to the old bridge over the river.</p>
<blockquote><p>“Yes.”</p></blockquote>
<p>“We will <a href="x">rebuild</a> it, whatever it costs and however long it takes,” said Linda Grove, the mayor.</p>
<p>“No,” she said.</p>
<div>The plan goes back to a report that engineers wrote in spring, after the ice had damaged two of the pillars.</div>
<script>var a = "“not text”";</script><aside>“Subscribe now”</aside>
<p>Councillor Tom Ashby called it “a very long road” and left the hall before the vote was counted that evening.</p>
</article><footer>“All rights reserved”</footer></body></html>"""


def test_page_keeps_short_quotes_and_drops_the_rest(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, "town.html", PAGE.replace("{charset}", "utf-8")))
    assert article.title == "Town votes"
    assert [quote.text for quote in article.quotes] == [
        "Yes.",
        "We will rebuild it, whatever it costs and however long it takes,",
        "No,",
        "a very long road",
    ]
    assert "rights" not in article.text
    assert "Subscribe" not in article.text


def test_page_in_a_declared_encoding(tmp_path: Path) -> None:
    page = f"<html><head><meta charset=windows-1251><title>Город</title></head><body><p>{RUSSIAN}</p></body></html>"
    article = read_article(write(tmp_path, "page.htm", page.encode("cp1251")))
    assert [quote.text for quote in article.quotes] == ["Мы всё построим"]


@pytest.mark.parametrize(
    ("body", "quotes"),
    [
        ("<p>He said: <q>We go.</q></p>", ["We go."]),
        ("<p>He said:</p><blockquote><p>We go now.</p><p>We go far.</p></blockquote>", ["We go now. We go far."]),
        ("<blockquote><p>“We go now,” he said.</p></blockquote>", ["We go now,"]),
        ("<blockquote>Photo</blockquote><p>No quotes.</p>", []),
        ("<div>“We go<br>now.”<br><br>“We go<br/>far.”</div>", ["We go now.", "We go far."]),
        ('<p>"We go</p><p>now."</p>', ["We go now."]),
        ("<p>&ldquo;We&nbsp;go.&rdquo; &laquo;We stay.&raquo;</p>", ["We go.", "We stay."]),
        ("<p>“We <b>g</b>o <span>now</span>.”</p>", ["We go now."]),
        (
            '<p hidden>“A b.”</p><p style="display: none">“A b.”</p><p aria-hidden="true">“A b.”</p><p>“C d.”</p>',
            ["C d."],
        ),
        ("<ul><li>“We go.”</li><li>“We stay.”</li></ul>", ["We go.", "We stay."]),
        ("<table><tr><td>“We go.”</td><td>“We stay.”</td></tr></table>", ["We go.", "We stay."]),
        ("<!-- “no” --><p>“We go.”<!-- “no” --> he said.</p>", ["We go."]),
    ],
)
def test_markup(tmp_path: Path, body: str, quotes: list[str]) -> None:
    article = read_article(write(tmp_path, "a.html", f"<html><body>{body}</body></html>"))
    assert [quote.text for quote in article.quotes] == quotes


def test_text_that_a_script_would_show() -> None:
    data = (
        '{"@type": "NewsArticle", "articleBody": "The council met.\\n“We will &amp; must rebuild,” Linda Grove said."}'
    )
    page = f'<html><body><script type="application/ld+json">{data}</script><p>Loading</p></body></html>'
    assert read_page(page)[1] == "The council met.\n“We will & must rebuild,” Linda Grove said."


@pytest.mark.parametrize(
    "page",
    [
        "<p>“A b c.”",
        "“A b c.”",
        "<?xml version='1.0' encoding='utf-8'?><html><p>“A b c.”</p></html>",
        "<div>" * 5000 + "“A b c.”",
    ],
)
def test_odd_pages(page: str) -> None:
    assert "“A b c.”" in read_page(page)[1]


def test_entities_of_a_page_are_not_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>“A &x; b.”</p></body></html>'
    assert "root:" not in read_page(page)[1]


def test_word_document(tmp_path: Path) -> None:
    article = read_article(word_document(tmp_path / "town.docx"))
    assert article.title == "Town votes"
    assert [quote.text for quote in article.quotes] == [
        "We will rebuild,", "It will take years,", "absurd", "Nobody will be left behind.",
    ]  # fmt: skip


def test_pdf(tmp_path: Path) -> None:
    lines = [
        "Town votes",
        "The council met on Monday. “We will rebuild every single house of this town and nobody",
        "will be left behind,” said Linda Grove, who was elected in the spring and has prom-",
        "ised little.",
        "Tom Ashby called it “absurd”.",
    ]
    article = read_article(write(tmp_path, "town.pdf", pdf_bytes(lines)))
    assert article.title == "Town votes"
    assert [(quote.text, quote.speaker) for quote in article.quotes] == [
        ("We will rebuild every single house of this town and nobody will be left behind,", "Linda Grove"),
        ("absurd", "Tom Ashby"),
    ]
    assert "promised" in article.text


def test_pdf_without_running_heads(tmp_path: Path) -> None:
    head = "The Northern Courier, page {}"
    long = "Linda Grove, who was elected in the spring, said: “We will rebuild every single house of this"
    lines = [
        head.format(1),
        long,
        "\f" + head.format(2),
        "town, whatever it costs.”",
        "\f" + head.format(3),
        "The end.",
    ]
    article = read_article(write(tmp_path, "town.pdf", pdf_bytes(lines)))
    assert [quote.text for quote in article.quotes] == [
        "We will rebuild every single house of this town, whatever it costs."
    ]
    assert "Courier" not in article.text


def test_article_without_quotes_is_an_article(tmp_path: Path) -> None:
    assert read_article(write(tmp_path, "a.txt", "The council met.")).quotes == ()


def test_quote_list_keeps_every_line(tmp_path: Path) -> None:
    lines = ["We will go.", "", '  "In marks."  ', "“A,” he said, “B.”", "«»", "...", "\u2028", "«Да»", "x" * 20_000]
    for end in ("", "\n"):
        article = read_quote_list(write(tmp_path, "quotes.txt", "\r\n".join(lines) + end))
        assert [quote.id for quote in article.quotes] == [f"q{number}" for number in range(1, len(lines) + 1)]
        assert [quote.text for quote in article.quotes] == [
            "We will go.", "", "In marks.", "“A,” he said, “B.”", "«»", "...", "", "Да", "x" * 20_000,
        ]  # fmt: skip
        assert all(quote.kind is QuoteKind.DIRECT and quote.speaker is None for quote in article.quotes)
        assert all(article.text[quote.start_char : quote.end_char] == quote.text for quote in article.quotes)


def test_quote_list_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        read_quote_list(write(tmp_path, "quotes.txt", ""))
    with pytest.raises(InputError, match="does not exist"):
        read_quote_list(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (RUSSIAN, "ru"),
        ("Він сказав, що світла немає, і пішов. Її не було.", "uk"),
        ("Он сказал, что света нет, и ушёл.", "ru"),
        ("", "en"),
        ("123", "en"),
        ("Слава", "ru"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_bytes_that_no_encoding_explains() -> None:
    assert decode(b"\xff\xfe") == ""
    assert decode(b"abc \x81\x8d\x9d") is not None


def test_nothing_heavy_is_imported_early() -> None:
    code = (
        "import sys, pipeline.press.articles\n"
        "print([name for name in ('lxml', 'trafilatura', 'docx', 'pypdf', 'pymorphy3') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
