"""What is doubtful about a transcript, where a long recording is cut, and Whisper's walk through a piece."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import AudioFlagKind, Word
from pipeline.speech.doubts import doubts
from pipeline.speech.merge import with_voice_edges
from pipeline.speech.piece import Heard, Piece, split
from pipeline.speech.voice import LONGEST, SAMPLE_RATE_HZ, Voice, audible, joined, pieces
from pipeline.speech.word_times import Segment, TimedWord, heard_words, time_segments

BEGIN = 100
EVERYWHERE = (Voice(0, 1_000_000),)


def words(*texts: str, probability: float = 0.9) -> list[Word]:
    return [Word(text, 500 * index, 500 * index + 450, probability) for index, text in enumerate(texts)]


def found(said: list[Word], voices: tuple[Voice, ...]) -> list[tuple[AudioFlagKind, int, int]]:
    return [(flag.kind, flag.start_ms, flag.end_ms) for flag in doubts(said, voices)]


def test_good_words_raise_no_flag() -> None:
    assert found(words("мы", "не", "отступим"), (Voice(0, 1500),)) == []


def test_improbable_words_in_a_row() -> None:
    said = words("а", "б") + [Word(text, 1000 + 500 * i, 1400 + 500 * i, 0.2) for i, text in enumerate("вгде")]
    assert found(said, (Voice(0, 3000),)) == [(AudioFlagKind.LOW_CONFIDENCE, 1000, 2900)]


def test_two_improbable_words_are_usual() -> None:
    assert found(words("а", "б", probability=0.1), (Voice(0, 1000),)) == []


def test_a_voice_without_words_is_skipped_speech() -> None:
    assert found(words("да"), (Voice(0, 4000), Voice(6100, 7000), Voice(9100, 11000))) == [
        (AudioFlagKind.SKIPPED, 450, 4000),
        (AudioFlagKind.SKIPPED, 9100, 11000),
    ]


def test_short_voices_near_each_other_are_one_skipped_stretch() -> None:
    voices = (Voice(1000, 1900), Voice(2500, 3400), Voice(9000, 9900))
    assert found([], voices) == [(AudioFlagKind.SKIPPED, 1000, 3400)]


def test_words_without_a_voice() -> None:
    said = [*words("да"), Word("субтитры", 5000, 5600, 0.9), Word("сделал", 5600, 6000, 0.9)]
    assert found(said, (Voice(0, 500),)) == [(AudioFlagKind.LOW_CONFIDENCE, 5000, 6000)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("да да да", []),
        ("да да да да", [(AudioFlagKind.LOOP, 0, 1950)]),
        ("и вот мы мы идём, мы идём. Мы идём мы идём", [(AudioFlagKind.LOOP, 1500, 5450)]),
        ("раз два три " * 4, [(AudioFlagKind.LOOP, 0, 5950)]),
        ("раз два три четыре раз два три четыре", []),
    ],
)
def test_repetitions(text: str, expected: list[tuple[AudioFlagKind, int, int]]) -> None:
    said = words(*text.split())
    assert found(said, (Voice(0, said[-1].end_ms),)) == expected


def test_a_word_does_not_reach_into_the_pause_before_it() -> None:
    said = [Word("да", 0, 900), Word("нет", 900, 2000), Word("тихо", 5000, 5300)]
    voices = (Voice(400, 880), Voice(1500, 1900))
    assert [(word.start_ms, word.end_ms) for word in with_voice_edges(said, voices)] == [
        (360, 880),
        (1460, 1900),
        (5000, 5300),
    ]


VOICES = st.lists(st.tuples(st.integers(0, 200_000), st.integers(1, 40_000)), max_size=30)


@settings(max_examples=40)
@given(VOICES, st.integers(1, 200 * SAMPLE_RATE_HZ))
def test_pieces_cover_everything_once(stretches: list[tuple[int, int]], length: int) -> None:
    end_ms = length * 1000 // SAMPLE_RATE_HZ
    inside = (Voice(start, min(end_ms, start + size)) for start, size in stretches if start < end_ms)
    cuts = pieces(np.zeros(length, np.float32), joined(inside))
    assert [cut.start for cut in cuts] == [0, *(cut.end for cut in cuts[:-1])]
    assert cuts[-1].end == length
    assert all(0 < cut.end - cut.start <= LONGEST for cut in cuts)


def test_a_long_recording_is_cut_in_its_longest_pause() -> None:
    voices = (Voice(0, 14_000), Voice(14_300, 20_000), Voice(20_900, 27_000), Voice(27_300, 50_000))
    cuts = pieces(np.zeros(50 * SAMPLE_RATE_HZ, np.float32), voices)
    assert cuts[0].end == 20_450 * SAMPLE_RATE_HZ // 1000


def test_behind_a_long_pause_a_piece_begins_with_its_voice() -> None:
    cuts = pieces(np.zeros(50 * SAMPLE_RATE_HZ, np.float32), (Voice(0, 10_000), Voice(25_000, 50_000)))
    assert cuts[0].end == 24_500 * SAMPLE_RATE_HZ // 1000


def test_without_a_pause_it_is_cut_where_it_is_quietest() -> None:
    samples = np.full(45 * SAMPLE_RATE_HZ, 0.1, np.float32)
    samples[26 * SAMPLE_RATE_HZ : 26 * SAMPLE_RATE_HZ + 1600] = 0.01
    cut = pieces(samples, (Voice(0, 45_000),))[0].end
    assert 26 * SAMPLE_RATE_HZ <= cut <= 26 * SAMPLE_RATE_HZ + 1600


def test_only_digital_silence_is_inaudible() -> None:
    assert not audible(np.zeros(100, np.float32))
    assert audible(np.array([0, -0.001], np.float32))


def test_an_answer_is_cut_at_its_pairs_of_timestamps() -> None:
    tokens = [BEGIN, 1, 2, BEGIN + 50, BEGIN + 60, 3, BEGIN + 100, BEGIN + 100, 4]
    segments, step, finished = split(tokens, BEGIN, 3000)
    assert [(segment.start_s, segment.end_s) for segment in segments] == [(0.0, 1.0), (1.2, 2.0)]
    assert (step, finished) == (200, False), "the open rest is decoded again from the last pair"


def test_a_single_timestamp_at_the_end_finishes_the_window() -> None:
    segments, step, finished = split([BEGIN, 1, BEGIN + 50, BEGIN + 50, 2, BEGIN + 90], BEGIN, 1234)
    assert (len(segments), step, finished) == (2, 1234, True)


def test_an_answer_without_pairs_is_one_segment() -> None:
    assert split([BEGIN, 1, 2], BEGIN, 500)[0][0].end_s == 5.0
    assert split([BEGIN, 1, 2, BEGIN + 30], BEGIN, 500)[0][0].end_s == pytest.approx(0.6)


class Spaces:
    """A tokenizer of single letters: an upper-case letter begins a word."""

    eot = 1000
    timestamp_begin = 1001

    def split_to_word_tokens(self, tokens: list[int]) -> tuple[list[str], list[list[int]]]:
        texts: list[str] = []
        groups: list[list[int]] = []
        for token in tokens:
            letter = chr(token) if token < self.eot else ""
            if letter.islower() and texts:
                texts[-1] += letter
                groups[-1].append(token)
            else:
                texts.append(f" {letter}" if letter.isupper() else letter)
                groups.append([token])
        return texts, groups


def test_words_get_the_times_and_probabilities_of_their_tokens() -> None:
    tokens = [ord(letter) for letter in "MyNo."]
    path = [(0, 0), (0, 9), (1, 10), (2, 25), (3, 30), (4, 40), (5, 45)]
    alignment = SimpleNamespace(alignments=path, text_token_probs=[0.5, 1.0, 0.2, 0.4, 0.9])
    heard = heard_words(tokens, alignment, Spaces())
    assert [(word.text, word.start_s, word.end_s) for word in heard] == [
        (" My", 0.0, 0.5),
        (" No", 0.5, 0.8),
        (".", 0.8, 0.9),
    ]
    assert [round(word.probability, 2) for word in heard] == [0.75, 0.3, 0.9]


def test_punctuation_goes_to_its_word_and_words_to_their_segments() -> None:
    said = [
        TimedWord(text, [index], index / 2, index / 2 + 0.5, 1.0)
        for index, text in enumerate([" («", " да", "».", " нет", "!"])
    ]
    said[0].text = " ("
    said[2].text = "."
    segments = [Segment([0, 1, 2, 2000], 0.0, 1.5), Segment([3, 4, 2000], 1.5, 2.5)]
    time_segments(segments, said, 0.0, 1000)
    assert [[word.text for word in segment.words] for segment in segments] == [[" ( да."], [" нет!"]]


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=30))
def test_the_walk_through_a_piece_always_ends(answers: list[tuple[int, bool]]) -> None:
    tokenizer = SimpleNamespace(sot_sequence=[1], sot_prev=2, eot=90, timestamp_begin=BEGIN)
    piece = Piece(np.zeros((2, 2501), np.float32), tokenizer, voice_end_s=25.0)
    steps = 0
    while not piece.done:
        stamp, silent = answers[steps % len(answers)]
        tokens = [BEGIN, 5, BEGIN + stamp, BEGIN + stamp, 6]
        assert piece.window(3000).shape == (2, 3000)
        assert len(piece.prompt(448)) <= 225
        piece.accept(Heard(tokens, -0.2, 0.1, 1.0, 0.0, silent), None)
        steps += 1
    assert steps <= 50
