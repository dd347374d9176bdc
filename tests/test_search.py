"""Search: any inflection, phrases, beginnings; an index that follows the files."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.case.search import search
from pipeline.case.store import Case, CaseInfo
from pipeline.errors import EvidenceError, InputError
from pipeline.records import Recording, Sentence, Transcript, TranslatedSentence, Translation, Word

TEXTS = {
    "a": [
        ("Снарядов хватает только на два дня.", "There are only enough shells for two days."),
        ("Всё.", "That is all."),
    ],
    "b": [("Балка сделана из стали.", "The beam is made of steel."), ("Они стали ждать.", "They began to wait.")],
}


def write(case: Case, identifier: str, texts: list[tuple[str, str]]) -> None:
    words: list[Word] = []
    sentences = []
    for heard, _ in texts:
        first = len(words)
        words += [
            Word(text, 1000 * (first + place), 1000 * (first + place) + 900) for place, text in enumerate(heard.split())
        ]
        sentences.append(Sentence(first, len(words)))
    case.write_transcript(Transcript(identifier, "ru", 1.0, tuple(words), tuple(sentences)))
    case.write_translation(Translation(identifier, "en", tuple(TranslatedSentence(text) for _, text in texts)))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case.open_or_create(tmp_path, CaseInfo())
    case.write_recordings([Recording(name, f"{name}.ogg", "0" * 64, 9000, None, f"sender {name}") for name in TEXTS])
    for name, texts in TEXTS.items():
        write(case, name, texts)
    return case


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("снаряд", [("a", 0)]),
        ("СНАРЯДАМИ день", [("a", 0)]),
        ("все", [("a", 1)]),
        ("сталь", [("b", 0), ("b", 1)]),
        ("стать ждал", [("b", 1)]),
        ("shell", [("a", 0)]),
        ("waiting", [("b", 1)]),
        ('"only enough shells"', [("a", 0)]),
        ('"enough only shells"', []),
        ("снар*", [("a", 0)]),
        ("бетон", []),
        ("steel OR beam", []),
    ],
)  # fmt: skip
def test_what_is_found(case: Case, query: str, places: list[tuple[str, int]]) -> None:
    assert sorted((hit.recording.id, hit.sentence_index) for hit in search(case, query)) == places


def test_a_hit_knows_when_and_who(case: Case) -> None:
    (hit,) = search(case, "ждать")
    assert (hit.start_ms, hit.end_ms, hit.recording.sender) == (4000, 6900, "sender b")


def test_the_index_follows_the_files(case: Case) -> None:
    assert search(case, "мост") == ()
    write(case, "a", [("Мост взорван.", "The bridge is blown up.")])
    assert len(search(case, "мосты")) == 1
    assert search(case, "снаряд") == ()
    os.remove(case.folder / "transcripts/b.json")
    assert search(case, "сталь") == ()


def test_a_damaged_index_is_made_again(case: Case) -> None:
    assert search(case, "снаряд")
    (case.folder / ".search.sqlite").write_bytes(b"no database" * 100)
    assert search(case, "снаряд")


def test_a_case_that_cannot_be_written_is_searched_all_the_same(case: Case) -> None:
    (case.folder / ".search.sqlite").mkdir()  # no index can be made here
    assert [hit.recording.id for hit in search(case, "снаряд")] == ["a"]
    assert list((case.folder / ".search.sqlite").iterdir()) == []
    search(case, "все")


def test_an_index_that_cannot_be_written_is_not_believed(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    search(case, "снаряд")
    write(case, "a", TEXTS["b"])
    opened = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda path: opened(path if path == ":memory:" else f"file:{path}?mode=ro", uri=True)
    )
    assert search(case, "снаряд") == ()
    assert {hit.recording.id for hit in search(case, "стали")} == {"a", "b"}


def test_a_damaged_transcript_costs_only_itself(case: Case) -> None:
    damaged = case.folder / "transcripts" / "b.json"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:40])
    for _ in range(2):  # every search tells of it
        told: list[EvidenceError] = []
        assert [hit.recording.id for hit in search(case, "снаряд", unreadable=told.append)] == ["a"]
        assert ["b.json" in error.message for error in told] == [True]
    damaged.write_bytes(whole)
    told = []
    assert search(case, "сталь", unreadable=told.append)
    assert not told


def test_a_query_without_words(case: Case) -> None:
    with pytest.raises(InputError):
        search(case, '"" * !')


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_no_query_breaks_it(tmp_path_factory: pytest.TempPathFactory, query: str) -> None:
    case = Case.open_or_create(tmp_path_factory.getbasetemp() / "any", CaseInfo())
    try:
        search(case, query)
    except InputError:
        pass
