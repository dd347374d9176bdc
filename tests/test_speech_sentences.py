"""Words to sentences: by text, by pauses, by length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Word
from pipeline.speech.sentences import LONGEST_WORDS, split

WORDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["да", "нет.", "Он", "г.", "д.", "12,5", "сказал:", "«Стой!»", "Mr.", "yes?", "—", "…", "а,", "\u00a0"]
        ),
        st.integers(0, 900),
        st.integers(0, 3000),
    ),
    max_size=150,
)


def timed(parts: list[tuple[str, int, int]]) -> tuple[Word, ...]:
    """Words from (text, length, pause before it)."""
    words = []
    at_ms = 0
    for text, length_ms, pause_ms in parts:
        start_ms = at_ms + pause_ms
        at_ms = start_ms + length_ms
        words.append(Word(text, start_ms, at_ms))
    return tuple(words)


def spoken(text: str) -> tuple[Word, ...]:
    """Words of a text; ``|`` is a pause of 0.9 s, ``||`` of two seconds."""
    parts = []
    pause_ms = 20
    for piece in text.split():
        if piece.strip("|"):
            parts.append((piece, 300, pause_ms))
            pause_ms = 20
        else:
            pause_ms = 900 if piece == "|" else 2000
    return timed(parts)


def texts(words: tuple[Word, ...]) -> list[str]:
    return [" ".join(word.text for word in words[s.start_word : s.end_word]) for s in split(words)]


@given(WORDS)
def test_every_word_is_in_exactly_one_sentence(parts: list[tuple[str, int, int]]) -> None:
    words = timed(parts)
    sentences = split(words)
    covered = [index for sentence in sentences for index in range(sentence.start_word, sentence.end_word)]
    assert covered == list(range(len(words)))
    assert all(0 < sentence.end_word - sentence.start_word <= LONGEST_WORDS for sentence in sentences)


@given(WORDS)
def test_the_same_words_give_the_same_sentences_later(parts: list[tuple[str, int, int]]) -> None:
    words = timed(parts)
    later = tuple(Word(word.text, word.start_ms + 5000, word.end_ms + 5000) for word in words)
    assert split(words) == split(later)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Мы не отступим. Это правда? Да!", ["Мы не отступим.", "Это правда?", "Да!"]),
        ("В г. Туле живёт А. С. Петров. Он врач.", ["В г. Туле живёт А. С. Петров.", "Он врач."]),
        ("Их было 2,5 тыс. человек.", ["Их было 2,5 тыс. человек."]),
        ("You know what happened. Mr. Gray went home.", ["You know what happened.", "Mr. Gray went home."]),
        ("They left at 5 p.m. and came back.", ["They left at 5 p.m. and came back."]),
        ("приказ пришёл утром | мы ждали", ["приказ пришёл утром", "мы ждали"]),
        ("приказ пришёл утром, | мы ждали", ["приказ пришёл утром, мы ждали"]),
        ("приказ пришёл утром, || мы ждали", ["приказ пришёл утром,", "мы ждали"]),
        ("one two | three", ["one two", "three"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert texts(spoken(text)) == expected


def test_a_run_without_end_is_cut_at_its_longest_pause() -> None:
    parts = [("слово", 200, 30)] * 50
    parts[20] = ("слово", 200, 500)
    assert [sentence.end_word for sentence in split(timed(parts))] == [20, 50]
