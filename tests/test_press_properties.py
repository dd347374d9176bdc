"""What holds for every text: no exception, honest offsets, no overlap, linear time."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.press.paragraphs import paragraph_ranges
from pipeline.press.quotes import extract_quotes
from pipeline.records import Quote

PIECES = (
    '"', "“", "”", "„", "«", "»", "'", "‘", "’", "``", "''", "— ", ", — ", ". — ", " - ", "\n", "\n\n", " ", ", ", ". ",
    ": ", "? ", "! ", "… ", "6", "12", "[", "]", "(", ")", "he said", "said Ivan Petrov", "Petrov added", "She told",
    "according to Anna Petrova", "don’t", "'tis", "soldiers'", "We will go", "and win", "the film", "so-called",
    "сказал он", "заявил Иван Петров", "по словам Петрова", "Мы пойдём", "и победим", "газета", "так называемый",
    "\u00a0", "\u00ad", "\u200b", "\ufeff", "\u2028", "𝔘", "e\u0301", "ё",
    "\r", "\t", "\x00",
)  # fmt: skip
MIXED = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
TEXTS = MIXED | st.text(max_size=200) | st.text(alphabet="\"'“”‘’«»„ \nAa.,—-", max_size=200)
LANGUAGES = st.sampled_from([None, "en", "ru", "uk", "de"])
ARTICLES = (Path(__file__).parent / "press_cases" / "whole_articles.txt").read_text(encoding="utf-8").split("\n== ")
WORDS = st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=20)
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def stretches(quote: Quote) -> tuple[tuple[int, int], ...]:
    return quote.parts or ((quote.start_char, quote.end_char),)


@settings(max_examples=250, deadline=None)
@given(TEXTS, LANGUAGES)
def test_offsets_and_order(text: str, language: str | None) -> None:
    quotes = extract_quotes(text, language)
    assert [quote.id for quote in quotes] == [f"q{number}" for number in range(1, len(quotes) + 1)]
    position = 0
    for quote in quotes:
        parts = stretches(quote)
        assert (quote.start_char, quote.end_char) == (parts[0][0], parts[-1][1])
        for start, end in parts:
            assert position <= start < end <= len(text)
            assert not text[start].isspace()
            assert not text[end - 1].isspace()
            position = end
        printed = " ".join(text[start:end].translate(INVISIBLE) for start, end in parts)
        assert " ".join(printed.split()) == " ".join(quote.text.split())
        assert any(char.isalnum() for char in quote.text)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_paragraphs_hold_all_words(text: str) -> None:
    ranges = paragraph_ranges(text)
    assert all(start < end for start, end in ranges)
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))
    assert "".join("".join(text[start:end].split()) for start, end in ranges) == "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=20),
    st.sampled_from(["“{}”", "«{}»", '"{}"']),
)
def test_a_pair_of_marks_is_a_quote(words: str, marks: str) -> None:
    text = f"x {marks.format(words)} y"
    quotes = extract_quotes(text)
    assert [(quote.text, text[quote.start_char : quote.end_char]) for quote in quotes] == [(words, words)]


MARKS = ('"', "'", "“", "«")
PATTERNS = (
    '" ', ' "', "a'", "'a ", '"a" ', '"a', '"a\n', "“a.\n", "«a.\n", "«a» ", "“a”", '"A," he said, ', "„a“ ",
    '"A," he said. "B." ', "«А, — сказал он, — б». ", "— А, — сказал он.\n", '6" ', "he said ", "said ", "Ivan Petrov ",
    "A. ", "— ", "\n", "\n\n", " ", ", — а", "‘a’s ", "Петров сказал: «А». ", '"A." Petrov said. ', "Petrova, who ",
    'Ivan Petrov said: "A." "B," she said. ', "Иван Петров. «А», — сказала она. ", '"A," ' + ", " * 150 + "said ",
)  # fmt: skip


def seconds(text: str) -> float:
    started = time.process_time()
    extract_quotes(text, "ru" if any("а" <= char.lower() <= "я" for char in text[:100]) else "en")
    return time.process_time() - started


@pytest.mark.parametrize("mark", MARKS)
def test_a_megabyte_of_marks(mark: str) -> None:
    assert seconds(mark * (1_000_000 // len(mark))) < 20.0


@pytest.mark.parametrize("pattern", PATTERNS)
def test_linear_time(pattern: str) -> None:
    """Eight times the text costs about eight times the seconds, never sixty-four times."""
    text = pattern * (80_000 // len(pattern))
    assert seconds(text) < max(24 * seconds(text[:10_000]), 0.5)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_damaged_articles(data: st.DataObject) -> None:
    """Real-looking articles with marks lost and added at random places."""
    text = ARTICLES[data.draw(st.integers(0, len(ARTICLES) - 1))]
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + data.draw(st.sampled_from(PIECES)) + text[place + data.draw(st.integers(0, 2)) :]
    position = 0
    for quote in extract_quotes(text):
        for start, end in stretches(quote):
            assert position <= start < end <= len(text)
            position = end
