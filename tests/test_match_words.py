"""Words, numbers and names: what is compared across the languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match.words.language import language_of
from pipeline.match.words.names import name_likeness, sound
from pipeline.match.words.numbers import numbers
from pipeline.match.words.numerals import digit_values
from pipeline.match.words.tokens import english_key, russian_form, tokens

CASES = Path(__file__).parent / "match_cases"


def cases(name: str) -> list[tuple[str, str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.count("|") == 2 and not line.startswith("#")]
    return [(a.strip(), b.strip(), c.strip()) for a, b, c in rows]


@pytest.mark.parametrize(("answer", "english", "russian"), cases("numbers.txt"))
def test_numbers_agree(answer: str, english: str, russian: str) -> None:
    left, right = numbers(tokens(english)), numbers(tokens(russian))
    assert left
    assert right
    assert any(one.agrees(two) for one in left for two in right) == (answer == "yes")


@pytest.mark.parametrize(("answer", "latin", "cyrillic"), cases("names.txt"))
def test_names_sound_alike(answer: str, latin: str, cyrillic: str) -> None:
    assert (name_likeness(latin, cyrillic) >= 0.75) == (answer == "yes")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("went", "go"),
        ("children", "child"),
        ("organisation", "organization"),
        ("colour", "color"),
        ("Programme", "program"),
    ],
)
def test_english_forms_fold(one: str, two: str) -> None:
    assert english_key(one) == english_key(two)


def test_several_is_not_severe() -> None:
    assert english_key("several") != english_key("severe")


def test_russian_yo_folds() -> None:
    assert russian_form("ребёнком").lemma == russian_form("ребенок").lemma


def test_digit_readings() -> None:
    assert digit_values("1,200") == {1200.0, 1.2}
    assert digit_values("9.4") == {9.4}
    assert digit_values("01.04.2021") == {1.0, 4.0, 2021.0}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have not signed the contract with them", "en"),
        ("Мы не подписали этот договор", "ru"),
        ("Ми не підписали цей договір", "uk"),
        ("Wir haben den Vertrag mit der Firma nicht unterschrieben", "de"),
        ("Nous ne sommes pas dans la rue avec vous et les autres", "fr"),
        ("Paris", "en"),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_tokens_lie_in_the_text(text: str) -> None:
    rows = tokens(text)
    spaced = max(1, len(text.split()))
    assert all(text[row.start_char : row.end_char] == row.text and 0 <= row.word < spaced for row in rows)
    assert [row.start_char for row in rows] == sorted(row.start_char for row in rows)


@given(st.text(max_size=200))
def test_numbers_never_raise(text: str) -> None:
    rows = tokens(text)
    assert all(0 <= found.first < found.end <= len(rows) and (found.values or found.units) for found in numbers(rows))


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_likeness_is_a_share(one: str, two: str) -> None:
    assert 0.0 <= name_likeness(one, two) <= 1.0
    assert isinstance(sound(one), str)
