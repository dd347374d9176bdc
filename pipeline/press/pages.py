"""HTML pages become a title and plain paragraphs.

In: the HTML of a news page as text. Out: title and text, one paragraph a line. Never fetches anything, never runs
anything in the page.

trafilatura knows where the article is among menus and adverts, but it drops short paragraphs and some block quotes,
which are what a reader of quotes needs. So it only decides where the article begins and ends: from its headline or
first paragraph to its last one every paragraph of the page is kept, except navigation, forms and asides.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, Final

from pipeline.press.markup import Paragraph, paragraphs_of

_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_SITE: Final = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,40}$")
_TAG: Final = re.compile(r"<[^<>]*>")
_SCRIPT: Final = re.compile(r"<(script|style)\b[^>]*>[^<]*</\1\s*>", re.I)
_HEADLINE_PARAGRAPHS: Final = 12  # a standfirst, a byline and a picture may stand between headline and text


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
    article = "\n".join(_article(paragraphs_of(tree), _main_text(source)))
    body = _body_for_machines(tree)
    text = body if len(body) > 2 * len(article) else article
    return _title(tree), text or "\n".join(_without_tags(source))


def _without_tags(source: str) -> list[str]:
    """The lines of a page that the parser gives up on: one nested hundreds of elements deep."""
    lines = unescape(_TAG.sub("\n", _SCRIPT.sub("\n", source))).split("\n")
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _body_for_machines(tree: Any) -> str:
    """The ``articleBody`` of JSON-LD (schema.org): the only text of pages that a script builds."""
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and script.text:
            try:
                data = json.loads(script.text)
            except (ValueError, RecursionError):
                continue
            for item in data if isinstance(data, list) else [data]:
                body = item.get("articleBody") if isinstance(item, dict) else None
                if isinstance(body, str):
                    return "\n".join(
                        line.strip() for line in _TAG.sub("\n", unescape(body)).split("\n") if line.strip()
                    )
    return ""


def _main_text(source: str) -> list[str]:
    """The paragraphs that trafilatura takes for the article."""
    import trafilatura

    extracted = trafilatura.extract(source, favor_recall=True, include_comments=False, deduplicate=False)
    return [" ".join(line.split()) for line in (extracted or "").splitlines() if line.strip()]


def _article(paragraphs: list[Paragraph], main: list[str]) -> list[str]:
    """The paragraphs from the headline or the first one that ``main`` knows to the last one it knows."""
    known = {_key(line) for line in main}
    places = [index for index, paragraph in enumerate(paragraphs) if _key(paragraph.text) in known]
    if not places:
        return [paragraph.text for paragraph in paragraphs]
    above = range(max(0, places[0] - _HEADLINE_PARAGRAPHS), places[0])
    first = next((index for index in above if paragraphs[index].heading == 1), places[0])
    return [paragraph.text for paragraph in paragraphs[first : places[-1] + 1]]


def _key(line: str) -> str:
    """Letters and digits only: trafilatura adds bullets and moves spaces."""
    return "".join(char for char in line if char.isalnum())[:200]


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
