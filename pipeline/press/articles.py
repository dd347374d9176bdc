"""Article files become ``Article`` records.

In: an HTML page, a Word document, a PDF file, a text or Markdown file, or a plain list of quotes. Out: an ``Article``
whose ``text`` is what the offsets of its quotes count in. Never fetches anything, never changes the file, never names
a folder in a message.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.press.encoding import decode
from pipeline.press.language import detect_language
from pipeline.press.markdown import plain_text
from pipeline.press.quotes import extract_quotes
from pipeline.records import Article, Quote

LARGEST_FILE_BYTES: Final = 50_000_000
LARGEST_TEXT_CHARS: Final = 10_000_000
_PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
_TEXTS: Final = frozenset({".txt", ".text", ".md", ".markdown", ""})
_TITLE_CHARS: Final = 200
_WRAPPING: Final = (("“", "”"), ("«", "»"), ("„", "“"), ("‘", "’"), ('"', '"'), ("'", "'"))


def read_article(path: Path) -> Article:
    """The article in the file ``path`` with its quotes; without any, ``quotes`` is empty.

    Raises InputError for a file that is missing, empty, too large, damaged, locked, of another kind or without text.
    """
    data = _bytes(path)
    kind = path.suffix.lower()
    if kind in _PAGES:
        from pipeline.press.pages import read_page

        title, text = read_page(decode(data, markup=True))
    elif kind in (".docx", ".pdf"):
        from pipeline.press.documents import read_docx, read_pdf

        title, text = (read_docx if kind == ".docx" else read_pdf)(path)
    elif kind in _TEXTS:
        text = _plain(decode(data), path.name)
        text = plain_text(text) if kind in (".md", ".markdown") else text
        title = _title(text)
    else:
        hint = "Save it as .html, .docx, .pdf, .txt or .md; quotes alone can be given one a line with --quotes."
        raise InputError(f"{path.name} is not a kind of file that articles are read from", hint)
    return _article(str(path), hashlib.sha256(data).hexdigest(), title, text)


def read_quote_list(path: Path) -> Article:
    """A list of quotes, one a line: as many quotes as lines, in their order, ids q1, q2, …

    Every line is a direct quote as it stands, an empty one too; white space and one pair of marks around it are left
    out. Raises InputError for a file that is missing, empty or too large.
    """
    data = _bytes(path)
    text = _plain(decode(data), path.name)
    lines = text.removesuffix("\n").split("\n")
    quotes = []
    start = 0
    for number, line in enumerate(lines, 1):
        left, right = _unwrapped(line)
        quotes.append(Quote(f"q{number}", line[left:right], start + left, start + right))
        start += len(line) + 1
    sha256 = hashlib.sha256(data).hexdigest()
    return Article(sha256[:16], str(path), sha256, path.stem, detect_language(text), text, tuple(quotes))


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path.name} is a folder, not an article", "Name the article's file.")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(f"{path.name} is larger than {LARGEST_FILE_BYTES // 1_000_000} MB", "Save its text alone.")
        data = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        hint = "Check the name." if missing else "Check that you may read it."
        raise InputError(f"{path.name} {'does not exist' if missing else 'cannot be read'}", hint) from error
    if not data.strip():
        raise InputError(f"{path.name} is empty", "Save the article again.")
    return data


def _plain(text: str, name: str) -> str:
    """``text``, unless it is no text at all."""
    sample = text[:10_000]
    odd = sum(char == "\ufffd" or (ord(char) < 32 and char not in "\t\n\f\v") for char in sample)
    if odd * 20 > len(sample):
        raise InputError(f"{name} is not a text file", "Save the article as plain text in UTF-8.")
    return text


def _article(path: str, sha256: str, title: str, text: str) -> Article:
    name = Path(path).name
    if not any(char.isalnum() for char in text):
        raise InputError(f"{name} holds no text", "If it is a scan or a picture, type or recognise its text first.")
    if len(text) > LARGEST_TEXT_CHARS:
        raise InputError(f"{name} is longer than {LARGEST_TEXT_CHARS:,} characters", "Save the article alone.")
    language = detect_language(text)
    return Article(sha256[:16], path, sha256, title, language, text, extract_quotes(text, language))


def _title(text: str) -> str:
    """The first line that says something."""
    for line in text.split("\n"):
        if any(char.isalnum() for char in line):
            return " ".join(line.split())[:_TITLE_CHARS]
    return ""


def _unwrapped(line: str) -> tuple[int, int]:
    """The range of a line without white space and one pair of marks around all of it."""
    left, right = len(line) - len(line.lstrip()), len(line.rstrip())
    for opener, closer in _WRAPPING:
        inner = line[left + 1 : right - 1]
        wrapped = right - left > 2 and line[left] == opener and line[right - 1] == closer
        if wrapped and opener not in inner and closer not in inner:
            return left + 1, right - 1
    return min(left, right), right
