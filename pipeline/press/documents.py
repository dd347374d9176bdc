"""Word documents and PDF files become a title and plain paragraphs.

In: the path of a .docx or .pdf file. Out: title and text, one paragraph a line. Never follows links, never runs
macros, never unpacks more than ``_UNPACKED_BYTES``.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from pipeline.errors import InputError
from pipeline.press.markdown import marked

_UNPACKED_BYTES: Final = 300_000_000
_PAGES: Final = 1_000
_TITLE_CHARS: Final = 200
_SENTENCE_END: Final = re.compile(r"[.!?…:][\"”»’')]*$")
_QUOTE_STYLES: Final = ("quote", "intense quote", "block text", "цитата", "выделенная цитата")
_DIGITS: Final = re.compile(r"\d+")
_SAVE_AGAIN: Final = "Open it in the program that made it, save it again or copy its text into a .txt file."


def read_docx(path: Path) -> tuple[str, str]:
    """Title and paragraphs of a Word document, tables included, in the order of the document."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _UNPACKED_BYTES:
                raise InputError(f"{path.name} unpacks to more than an article needs", "Save its text as a .txt file.")
        document = docx.Document(str(path))
        paragraphs = [text for item in document.iter_inner_content() for text in _texts(item) if text.strip()]
        title = _docx_title(document)
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, OSError, EOFError, AttributeError) as error:
        raise InputError(f"{path.name} is not a Word document that can be read", _SAVE_AGAIN) from error
    return title or (paragraphs[0] if paragraphs else "")[:_TITLE_CHARS], "\n".join(paragraphs)


def _texts(item: Any) -> list[str]:
    """The text of a paragraph, or of the paragraphs of a table; merged cells once; block quotes in marks."""
    if not hasattr(item, "rows"):
        style = (item.style.name or "").lower() if item.style is not None else ""
        return (marked(item.text) if style in _QUOTE_STYLES else item.text).split("\n")
    cells = {id(cell._tc): cell for row in item.rows for cell in row.cells}
    return [line for cell in cells.values() for inner in cell.iter_inner_content() for line in _texts(inner)]


def _docx_title(document: Any) -> str:
    for paragraph in document.paragraphs[:20]:
        style = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
        if paragraph.text.strip() and style in ("title", "heading 1", "название", "заголовок 1"):
            return " ".join(paragraph.text.split())
    return " ".join((document.core_properties.title or "").split())


def read_pdf(path: Path) -> tuple[str, str]:
    """Title and paragraphs of a PDF file; lines that a page breaks are joined again."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{path.name} is locked with a password", "Save a copy without a password.")
        if len(reader.pages) > _PAGES:
            raise InputError(f"{path.name} has more than {_PAGES} pages", "Save the pages of the article on their own.")
        pages = [[line.strip() for line in page.extract_text().split("\n")] for page in reader.pages]
        title = str((reader.metadata.title if reader.metadata else None) or "")
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"{path.name} is not a PDF file that can be read", _SAVE_AGAIN) from error
    paragraphs = _rejoined([line for page in _without_running_heads(pages) for line in [*page, ""]])
    return " ".join(title.split()) or (paragraphs[0] if paragraphs else "")[:_TITLE_CHARS], "\n".join(paragraphs)


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """The lines of each page without those at its top or foot that most pages share, page numbers apart."""
    edges = Counter(key for page in pages for key in {_DIGITS.sub("0", line) for line in (*page[:2], *page[-2:])})
    shared = {key for key, count in edges.items() if count > max(1, len(pages) // 2)}
    return [
        [line for index, line in enumerate(page) if 2 <= index < len(page) - 2 or _DIGITS.sub("0", line) not in shared]
        for page in pages
    ]


def _rejoined(lines: list[str]) -> list[str]:
    """Paragraphs from lines: one ends at an empty line, or at a line that ends a sentence well before the margin."""
    width = max((len(line) for line in lines), default=0)
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if not line:
            goes_on = goes_on and not _SENTENCE_END.search(paragraphs[-1])
            continue
        if goes_on and paragraphs:
            hyphenated = re.search(r"\w[-\u00ad]$", paragraphs[-1]) and line[0].islower()
            paragraphs[-1] = paragraphs[-1][:-1] + line if hyphenated else f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
        goes_on = not (_SENTENCE_END.search(line) and len(line) < 0.8 * width) and len(line) > 0.5 * width
    return paragraphs
