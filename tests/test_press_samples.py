"""The sample articles: exactly the quotes that SAMPLES.toml lists come out, word for word."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.press.articles import read_article
from pipeline.records import QuoteKind

FOLDER = Path(__file__).parent.parent / "audio_samples"
ARTICLES: list[dict[str, Any]] = tomllib.loads((FOLDER / "SAMPLES.toml").read_text(encoding="utf-8"))["article"]


@pytest.mark.parametrize("entry", ARTICLES, ids=[entry["id"] for entry in ARTICLES])
def test_exactly_the_listed_quotes(entry: dict[str, Any]) -> None:
    article = read_article(FOLDER / entry["file"])
    assert article.language == entry["language"]
    assert article.title == entry["title"]
    assert [quote.text for quote in article.quotes] == [quote["text"] for quote in entry["quote"]]


ROLES = {"en01": "commander of the 3rd Mountain Regiment"}  # who that is, the article says only later
UNATTRIBUTED = {"ru11"}  # "others pass on his words"


@pytest.mark.parametrize("entry", ARTICLES, ids=[entry["id"] for entry in ARTICLES])
def test_speakers(entry: dict[str, Any]) -> None:
    article = read_article(FOLDER / entry["file"])
    for quote, gold in zip(article.quotes, entry["quote"], strict=True):
        if gold["id"] in UNATTRIBUTED:
            assert quote.speaker is None
        else:
            assert ROLES.get(gold["id"], gold["speaker"]) in (quote.speaker or ""), gold["id"]


@pytest.mark.parametrize("entry", ARTICLES, ids=[entry["id"] for entry in ARTICLES])
def test_kinds(entry: dict[str, Any]) -> None:
    article = read_article(FOLDER / entry["file"])
    for quote in article.quotes:
        fragment = quote.text[0].islower()
        assert quote.kind is (QuoteKind.PARTIAL if fragment else QuoteKind.DIRECT), quote.id
