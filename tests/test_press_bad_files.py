"""Files that are no articles: each gets one clear error that names the file and no folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.press.articles import read_article
from tests.press_files import pdf_bytes, word_document, write


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"word/{number}.xml", b"\0" * 100_000_000)
    return packed.getvalue()


def with_entities(path: Path) -> bytes:
    """A Word document whose text is an entity that points at another file."""
    source = zipfile.ZipFile(word_document(path))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(b"?>", b'?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)
                data = data.replace(b"We will rebuild", b"We will &x; rebuild")
            archive.writestr(name, data)
    return packed.getvalue()


def test_entities_of_a_word_document_are_not_expanded(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, "town.docx", with_entities(tmp_path / "source.docx")))
    assert "root:" not in article.text


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.txt", lambda: b"", "is empty"),
    "blank": ("a.txt", lambda: b" \n\n ", "is empty"),
    "no text": ("a.txt", lambda: b"--- ***\n", "holds no text"),
    "page without text": ("a.html", lambda: b"<html><body><img src=x></body></html>", "holds no text"),
    "other kind": ("a.exe", lambda: b"MZ", "not a kind of file"),
    "not text": ("a.txt", lambda: bytes(range(32)) * 100, "not a text file"),
    "not a document": ("a.docx", lambda: b"not a zip", "not a Word document"),
    "a zip": ("a.docx", lambda: zip_of(b"x"), "not a Word document"),
    "zip bomb": ("a.docx", bomb, "unpacks to more"),
    "broken pdf": ("a.pdf", lambda: b"%PDF-1.4\nbroken", "not a PDF file"),
    "cut pdf": ("a.pdf", lambda: pdf_bytes(["Town votes"])[:200], "not a PDF file"),
    "locked pdf": ("a.pdf", lambda: pdf_bytes(["Town votes"], "secret"), "locked with a password"),
    "pdf without text": ("a.pdf", lambda: pdf_bytes([]), "holds no text"),
}


def zip_of(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x", data)
    return packed.getvalue()


@pytest.mark.parametrize("case", BAD)
def test_bad_files_get_one_clear_error(tmp_path: Path, case: str) -> None:
    name, data, words = BAD[case]
    with pytest.raises(InputError) as caught:
        read_article(write(tmp_path, name, data()))
    assert words in caught.value.message
    assert name in caught.value.message
    assert caught.value.hint
    assert str(tmp_path) not in caught.value.message + caught.value.hint


def test_missing_folder_and_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"no\.txt does not exist"):
        read_article(tmp_path / "no.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match=r"folder\.txt is a folder"):
        read_article(tmp_path / "folder.txt")
    monkeypatch.setattr("pipeline.press.articles.LARGEST_FILE_BYTES", 10)
    with pytest.raises(InputError, match="larger than"):
        read_article(write(tmp_path, "a.txt", "“We will rebuild,” she said."))
