"""Markdown without its signs.

In: the text of a Markdown file. Out: plain text with the same words. Signs of headings, lists, links and emphasis go;
a block quote without quotation marks gets them, as a reader would see it set apart. Never renders HTML.
"""

from __future__ import annotations

import re
from typing import Final

_BLOCK_QUOTE: Final = re.compile(r"(?:^[ \t]{0,3}>[^\n]*(?:\n|\Z))+", re.M)
_QUOTE_SIGN: Final = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.M)
_LINE_SIGN: Final = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+|^[ \t]*[*+][ \t]+|^[ \t]*(?:[*_-][ \t]*){3,}$", re.M)
_LINK: Final = re.compile(r"!?\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_STRONG: Final = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,2000}?)(?<=\S)\1")
_EMPHASIS: Final = re.compile(r"(?<!\w)([*_])(?=[^\s*_])([^*_\n]{1,2000}?)(?<=\S)\1(?!\w)")
_MARKS: Final = re.compile(r"[\"“”„«»]|(?<!\w)[‘'](?=\w)")
_SOFT_BREAK: Final = re.compile(r"(?<=\S)[ \t]*\n(?=[ \t]*\S)")
_PARAGRAPH_BREAK: Final = re.compile(r"\n[ \t]*\n\s*")
_BLOCK_QUOTE_WORDS: Final = 3


def plain_text(text: str) -> str:
    """``text`` as it would be read aloud."""
    text = _BLOCK_QUOTE.sub(lambda match: marked(_QUOTE_SIGN.sub("", match[0])), text)
    text = _LINK.sub(r"\1", _LINE_SIGN.sub("", text))
    return _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))


def marked(block: str) -> str:
    """A block quote with marks around it, when it has words enough and no marks of its own."""
    if _MARKS.search(block) or len(block.split()) < _BLOCK_QUOTE_WORDS:
        return block
    words = block.strip()
    start = block.index(words)
    paragraphs = _PARAGRAPH_BREAK.sub("\n\n“", _SOFT_BREAK.sub(" ", words))
    return f"{block[:start]}“{paragraphs}”{block[start + len(words) :]}"
