"""The elements of an HTML page become plain paragraphs.

In: a parsed page. Out: its paragraphs in order, each with the level of a heading or 0. Never chooses which of them are
the article (see ``pages``), never follows a link.

What a browser shows as a quote is one here too: <q> gets curly marks, and a block quote without marks gets them around
its first and last words, one opening mark a paragraph, as agencies print it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pipeline.press.wordlists import words

_BLOCKS: Final = frozenset(
    words("""
    p h1 h2 h3 h4 h5 h6 li blockquote pre td th dd dt div section article main summary header body center address ul ol
    table tr figure details
    """)
)
_LEFT_OUT: Final = frozenset(
    words("""
    script style noscript nav aside footer form button select option iframe svg template head figcaption video audio
    textarea input object menu dialog canvas math
    """)
)
_LEFT_OUT_ROLES: Final = frozenset(words("navigation banner contentinfo complementary search dialog"))
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WHITE_SPACE: Final = re.compile(r"[ \t\n\r\f\v]+")
_MARKS: Final = re.compile(r"[\"“”„«»]|(?<!\w)[‘'](?=\w)")
_MARK_FIRST: Final = re.compile(r"\s*[\"“„«‘']")
_BLOCK_QUOTE_WORDS: Final = 3


class Paragraph(NamedTuple):
    """One paragraph; ``heading`` is 1 to 6, or 0 for running text."""

    text: str
    heading: int = 0


@dataclass(slots=True)
class _Collector:
    """Pieces of text on their way to paragraphs."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    heading: int = 0
    breaks: int = 0
    block_quotes: list[int] = field(default_factory=list)

    def text(self, text: str) -> None:
        """More of the paragraph; two line breaks before it begin a new one."""
        if text.strip():
            if self.breaks > 1:
                self.border()
            self.breaks = 0
        self.pieces.append(text)

    def line_break(self) -> None:
        self.breaks += 1
        self.pieces.append(" ")

    def border(self) -> None:
        text = _WHITE_SPACE.sub(" ", "".join(self.pieces)).strip()
        if text:
            self.paragraphs.append(Paragraph(text, self.heading))
        self.pieces.clear()
        self.breaks = 0

    def end_block_quote(self) -> None:
        """Marks around a block quote that has none."""
        first = self.block_quotes.pop()
        inner = self.paragraphs[first:]
        text = " ".join(paragraph.text for paragraph in inner)
        if len(text.split()) >= _BLOCK_QUOTE_WORDS and not _MARKS.search(text):
            inner = [paragraph._replace(text=f"“{paragraph.text}") for paragraph in inner]
            inner[-1] = inner[-1]._replace(text=f"{inner[-1].text}”")
            self.paragraphs[first:] = inner


def paragraphs_of(tree: Any) -> list[Paragraph]:
    """The paragraphs of an lxml tree, without menus, forms and hidden parts. Not recursive: pages nest without end."""
    collector = _Collector()
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            _leave(collector, node)
        elif isinstance(node.tag, str) and not _is_left_out(node):
            _enter(collector, node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
            continue
        if node.tail and node is not tree:
            collector.text(node.tail)
    collector.border()
    return collector.paragraphs


def _is_left_out(node: Any) -> bool:
    hidden = node.get("hidden") is not None or node.get("aria-hidden") == "true"
    style = node.get("style")
    return (
        node.tag in _LEFT_OUT
        or node.get("role") in _LEFT_OUT_ROLES
        or hidden
        or (style is not None and _HIDDEN_STYLE.search(style) is not None)
    )


def _enter(collector: _Collector, node: Any) -> None:
    if node.tag in _BLOCKS:
        collector.border()
        if node.tag[0] == "h" and node.tag[1:].isdigit():
            collector.heading = int(node.tag[1:])
        if node.tag == "blockquote":
            collector.block_quotes.append(len(collector.paragraphs))
    elif node.tag == "br":
        collector.line_break()
    elif node.tag == "q" and not _MARK_FIRST.match(node.text or ""):
        collector.text("“")
    if node.text:
        collector.text(node.text)


def _leave(collector: _Collector, node: Any) -> None:
    if node.tag in _BLOCKS:
        collector.border()
        if node.tag[0] == "h" and node.tag[1:].isdigit():
            collector.heading = 0
        if node.tag == "blockquote":
            collector.end_block_quote()
    elif node.tag == "q" and not _MARK_FIRST.match(node.text or ""):
        collector.text("”")
