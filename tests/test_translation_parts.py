"""The pure parts of the translation stage: cutting, linking, joining, judging."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import AudioFlagKind, Sentence, Transcript, TranslatedSentence, Translation, Word
from pipeline.translation import find_problem, untranslated_flags
from pipeline.translation.assemble import Piece, join_pieces
from pipeline.translation.links import count_words, word_links, word_numbers
from pipeline.translation.pieces import halve, split_text
from pipeline.translation.problems import OMISSION_MARK, longest_run


@given(st.text(max_size=300), st.integers(1, 60))
def test_pieces_cover_every_character_but_white_space(text: str, limit: int) -> None:
    ranges = split_text(text, len, limit)
    assert "".join("".join(text[a:b].split()) for a, b in ranges) == "".join(text.split())
    assert all(b - a <= limit or b - a == 1 for a, b in ranges)
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))


@given(st.text(max_size=100))
def test_halves_cover_the_text(text: str) -> None:
    assert "".join("".join(text[a:b].split()) for a, b in halve(text)) == "".join(text.split())


def test_cuts_prefer_sentences_then_clauses_then_commas() -> None:
    def cut(text: str) -> str:
        return text[slice(*halve(text)[0])]

    assert cut("Мы ждём, а они нет. Никто, кроме нас, не знает.") == "Мы ждём, а они нет."
    assert cut("Мы долго ждали; они нет, никто не знает.") == "Мы долго ждали;"
    assert cut("Мы ждали долго, никто не знает этого.") == "Мы ждали долго,"
    assert cut("раз два три четыре") == "раз два"


def test_tokens_become_words() -> None:
    assert word_numbers(["▁Мы", "▁жд", "ём", "▁", "при", "каза", "."]) == [0, 1, 1, 2, 2, 2, 2]
    assert word_numbers(["Мы", "▁жд"]) == [0, 1]
    assert count_words([]) == 0


def test_links_need_both_directions_to_agree() -> None:
    source, target = ["▁не", "▁уйд", "ём"], ["▁we", "▁won't", "▁leave"]
    attention = [[0.2, 0.3, 0.5], [0.9, 0.1, 0.0], [0.0, 0.5, 0.5]]
    assert word_links(source, target, attention) == ((0, 1), (1, 2))
    assert word_links(source, target, []) == ()
    assert word_links([], target, attention) == ()
    with_end_mark = [[*row, 0.9] for row in attention]
    assert word_links(source, target, with_end_mark) == ((0, 1), (1, 2))


def _piece(heard: str, translation: str, *, ended: bool = True) -> Piece:
    source = tuple("▁" + word for word in heard.split())
    target = tuple("▁" + word for word in translation.split())
    attention = tuple(tuple(float(i == j) for i in range(len(source))) for j in range(len(target)))
    return Piece(heard, source, target, attention, translation, ended, -1.0 * (len(target) + 1))


def test_joined_links_count_over_the_whole_sentence() -> None:
    sentence = join_pieces("раз два три", [_piece("раз два", "one two"), _piece("три", "three")], marks_words=True)
    assert sentence == TranslatedSentence("one two three", -1.0, ((0, 0), (1, 1), (2, 2)))


def test_a_piece_that_did_not_end_leaves_a_mark_and_the_links_stay_right() -> None:
    pieces = [_piece("раз", "one"), _piece("два три", "two two", ended=False), _piece("четыре", "four")]
    sentence = join_pieces("раз два три четыре", pieces, marks_words=True)
    assert sentence.text == f"one {OMISSION_MARK} four"
    assert sentence.word_links == ((0, 0), (3, 2))
    assert find_problem("раз два три четыре", sentence.text) == "partly untranslated"
    assert join_pieces("два", [_piece("два", "x", ended=False)], marks_words=True).text == ""


def test_a_word_cut_in_two_has_no_links() -> None:
    assert join_pieces("двадцать", [_piece("двад", "twe"), _piece("цать", "nty")], marks_words=True).word_links == ()


@pytest.mark.parametrize(
    ("heard", "translation", "problem"),
    [
        ("Мы ждём приказа.", "We are waiting for the order.", None),
        ("Мы ждём приказа.", "", "empty"),
        ("Мы ждём приказа.", "…", "empty"),
        ("…", "", None),
        ("Да, да, да, да, да.", "Yes, yes, yes, yes, yes.", None),
        ("Он очень сильно устал.", "He is very, very, very tired.", None),
        ("Он говорит.", "He he he he he says.", "repeats itself"),
        ("Он сказал, что придёт завтра утром.", "He said he said he said he will come.", "repeats itself"),
        ("Мы ждём приказа.", "We ждём приказа.", "copied from the source"),
        ("Мы были в Telegram", "Telegram", None),
        ("Никто не уходит с позиции до самого утра завтра.", "Nobody.", "far too short"),
        ("Да.", "Yes, and this is how it was when we came there that day.", "far too long"),
        ("Спасибо.", "Thank you very much.", None),
    ],
)
def test_problems(heard: str, translation: str, problem: str | None) -> None:
    assert find_problem(heard, translation) == problem


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_the_longest_run_is_what_counting_says(words: list[str], length: int) -> None:
    best = 0
    for start in range(len(words)):
        phrase, runs = words[start : start + length], 0
        while len(phrase) == length and words[start + runs * length : start + (runs + 1) * length] == phrase:
            runs += 1
        best = max(best, runs)
    assert longest_run(words, length) == max(best, 1 if words else 0)


def test_flags_point_at_the_sentence() -> None:
    words = tuple(Word(text, i * 100, i * 100 + 90) for i, text in enumerate(["Мы", "ждём", "Они", "тоже", "ждут"]))
    transcript = Transcript("r", "ru", 1.0, words, (Sentence(0, 2), Sentence(2, 5)))
    translation = Translation("r", "en", (TranslatedSentence("We wait"), TranslatedSentence("")))
    (flag,) = untranslated_flags(transcript, translation)
    assert (flag.kind, flag.start_ms, flag.end_ms, flag.detail) == (AudioFlagKind.UNTRANSLATED, 200, 490, "empty")
    assert len(untranslated_flags(transcript, Translation("r", "en", ()))) == 2
