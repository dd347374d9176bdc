"""No sentence of the samples or the tests is among those that the starter models were trained on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.training.sentences import (
    add_hashes,
    normal_form,
    protected_sentences,
    read_hashes,
    sentence_hash,
    sentences_of,
)
from models.training.swapped import with_names, with_numbers

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "models" / "starter"
MODELS = ("whisper-ru", "translate-ru_en")


@pytest.fixture(scope="module", params=MODELS)
def trained_on(request: pytest.FixtureRequest) -> set[bytes]:
    return read_hashes(STARTER / str(request.param) / "training-hashes.bin")


def test_hashes_cover_the_training_text(trained_on: set[bytes]) -> None:
    assert len(trained_on) > 10_000


def test_own_training_text_is_listed(trained_on: set[bytes]) -> None:
    """The hashes are of what was read: most of our own sentences are found by them."""
    text = (ROOT / "models" / "training" / "text" / "domain_01.tsv").read_text(encoding="utf-8")
    own = [line.split("\t")[0] for line in text.splitlines()]
    assert sum(sentence_hash(sentence) in trained_on for sentence in own) > 0.4 * len(own)


def test_no_sample_and_no_test_was_trained_on(trained_on: set[bytes]) -> None:
    protected = protected_sentences(ROOT)
    assert len(protected) > 100
    assert sorted(sentence for sentence in protected if sentence_hash(sentence) in trained_on) == []


def test_no_held_back_sentence_was_trained_on(trained_on: set[bytes]) -> None:
    for name in ("domain_heldout.tsv", "news_heldout.tsv", "survival.tsv"):
        lines = (ROOT / "models" / "training" / "text" / name).read_text(encoding="utf-8").splitlines()
        seen = [line for line in lines if any(sentence_hash(side) in trained_on for side in line.split("\t")[:2])]
        assert seen == [], name


def test_normal_form_ignores_what_copies_differ_in() -> None:
    assert normal_form("Ещё  раз: «НЕТ», — сказал он.") == normal_form("еще раз, нет! сказал ОН")


def test_sentences_are_found_in_text_markup_and_code() -> None:
    text = '<p>Мост взяли утром в среду. Потерь у нас нет вовсе.</p> x = "one two three four"'
    found = [normal_form(part) for part in sentences_of(text)]
    assert [form for form in found if form not in ("", "x")] == [
        "мост взяли утром в среду",
        "потерь у нас нет вовсе",
        "one two three four",
    ]


def test_hash_files_grow_and_stay_sorted(tmp_path: Path) -> None:
    path = tmp_path / "hashes.bin"
    assert add_hashes(["Первое предложение.", "второе"], path) == 2
    assert add_hashes(["первое предложение", "третье"], path) == 3
    raw = path.read_bytes()
    assert sorted(read_hashes(path)) == [raw[at : at + 6] for at in range(0, len(raw), 6)]


def test_a_broken_hash_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hashes.bin").write_bytes(b"1234567")
    with pytest.raises(ValueError, match="whole number"):
        read_hashes(tmp_path / "hashes.bin")


def test_a_name_is_swapped_in_its_case() -> None:
    """What the training text shows of a swapped name is right on both sides."""
    found = list(with_names("Мы сказали Тому, что он прав.", "We told Tom that he was right.", 20, random.Random(1)))
    assert len(found) == 20
    for russian, english in found:
        name = russian.split()[2].rstrip(",")
        assert name[-1] in "уюо", name  # dative; -енко does not decline
        assert english.startswith("We told ")
        assert english.endswith(" that he was right.")
        assert "Том" not in russian
        assert "Tom " not in english


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("Том видел Ивана.", "Tom saw Ivan."),  # two names
        ("Иван Петрович пришёл.", "Ivan Petrovich came."),  # a name of two words
        ("Я видел Ивана.", "I saw him."),  # not named in English
        ("Видели Иванова.", "They saw Ivanov."),  # a man's genitive, or a woman
    ],
)
def test_an_unclear_name_is_left_alone(russian: str, english: str) -> None:
    assert list(with_names(russian, english, 5, random.Random(1))) == []


def test_a_number_is_swapped_where_the_noun_keeps_its_form() -> None:
    found = list(with_numbers("Привезли семь ящиков.", "They brought seven boxes.", 30, random.Random(1)))
    assert ("Привезли двадцать ящиков.", "They brought twenty boxes.") in found
    assert not any(word in russian for russian, _ in found for word in ("один ", "два ", "три ", "четыре "))
    for sides in (("Три дня.", "Three days."), ("Сорок семь дней.", "Forty-seven days."), ("Семь раз.", "Often.")):
        assert list(with_numbers(*sides, 5, random.Random(1))) == []
