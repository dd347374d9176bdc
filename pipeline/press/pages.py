"""HTML pages become a title and plain paragraphs.

In: the HTML of a news page as text. Out: title and text, one paragraph a line. Never fetches anything, never runs
anything in the page.

trafilatura knows where the article is among menus and adverts, but it drops short paragraphs and some block quotes,
which are what a reader of quotes needs. So it only decides where the article begins and ends: between its first and
its last paragraph every paragraph of the page is kept, except navigation, forms and asides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from pipeline.press.wordlists import words

_BLOCKS: Final = frozenset(
    words("""
p h1 h2 h3 h4 h5 h6 li blockquote pre td th dd dt div section article main figcaption summary header body
    center address
    """)
)
_LEFT_OUT: Final = frozenset(
    words("""
script style noscript nav aside footer form button select option iframe svg template head figcaption video audio
    textarea input object menu dialog canvas math
    """)
)
_LEFT_OUT_ROLES: Final = frozenset(["navigation", "banner", "contentinfo", "complementary", "search", "dialog"])
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_WHITE_SPACE: Final = re.compile(r"[ \t\n\r\f\v]+")
_SITE: Final = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,40}$")
_TAG: Final = re.compile(r"<[^<>]*>")
_SCRIPT: Final = re.compile(r"<(script|style)\b[^>]*>[^<]*</\1\s*>", re.I)


def read_page(html: str) -> tuple[str, str]:
    """Title and text of the article in a page; both may be empty."""
    from lxml import etree
    from lxml import html as lxml_html

    source = _XML_DECLARATION.sub("", html)
    if not source.strip():
        return "", ""
    try:
        tree = lxml_html.document_fromstring(source)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return "", ""
    paragraphs = [text for text in _paragraphs(tree) if text] or _without_tags(source)
    return _title(tree), "\n".join(_article(paragraphs, _main_text(source)))


def _without_tags(source: str) -> list[str]:
    """The lines of a page that the parser gives up on: one nested hundreds of elements deep."""
    lines = unescape(_TAG.sub("\n", _SCRIPT.sub("\n", source))).split("\n")
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _main_text(source: str) -> list[str]:
    """The paragraphs that trafilatura takes for the article."""
    import trafilatura

    extracted = trafilatura.extract(source, favor_recall=True, include_comments=False, deduplicate=False)
    return [" ".join(line.split()) for line in (extracted or "").splitlines() if line.strip()]


def _article(paragraphs: list[str], main: list[str]) -> list[str]:
    """The paragraphs between the first and the last one that ``main`` knows."""
    known = {_key(line) for line in main}
    places = [index for index, paragraph in enumerate(paragraphs) if _key(paragraph) in known]
    return paragraphs[places[0] : places[-1] + 1] if places else paragraphs


def _key(line: str) -> str:
    """Letters and digits only: trafilatura adds bullets and moves spaces."""
    return "".join(char for char in line if char.isalnum())[:200]


def _paragraphs(tree: Any) -> Iterator[str]:
    """The text of each block element, in order; a block inside another ends what stood before it."""
    pending: list[str] = []
    for event, value in _walk(tree):
        if event == "text":
            pending.append(value)
        elif pending:
            yield _joined(pending)
            pending = []
    if pending:
        yield _joined(pending)


def _joined(pieces: list[str]) -> str:
    return _WHITE_SPACE.sub(" ", "".join(pieces)).strip()


def _walk(tree: Any) -> Iterator[tuple[str, str]]:
    """Text and block borders in document order, without recursion: pages can be nested without end."""
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        node, leaving = stack.pop()
        block = isinstance(node.tag, str) and (node.tag in _BLOCKS or node.tag == "br")
        if leaving:
            if block:
                yield "border", ""
            if node.tail:
                yield "text", node.tail
            continue
        if not isinstance(node.tag, str) or node.tag in _LEFT_OUT or node.get("role") in _LEFT_OUT_ROLES:
            if node.tail:
                yield "text", node.tail
            continue
        if block:
            yield "border", ""
        if node.text:
            yield "text", node.text
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _title(tree: Any) -> str:
    """The page's own headline, else what it tells other sites, else its window title without the site's name."""
    for heading in tree.iter("h1"):
        text = " ".join("".join(heading.itertext()).split())
        if text:
            return text
    for meta in tree.iter("meta"):
        if meta.get("property") == "og:title" and meta.get("content"):
            return " ".join(meta.get("content").split())
    title = next(tree.iter("title"), None)
    return _SITE.sub("", " ".join("".join(title.itertext()).split())) if title is not None else ""
