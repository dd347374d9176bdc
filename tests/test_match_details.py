"""What a quote turns round, and how a fragment is asked about: small cases that a reporter could edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.match import Library, MatchOptions, judge_quotes
from pipeline.records import Document, Quote, QuoteFlagKind, Verdict
from tests.quality.sets import own_documents
from tests.test_match_language import document

CASES = Path(__file__).parent / "match_cases" / "details.txt"
K = QuoteFlagKind
TURNING = {K.NEGATION, K.ANTONYM, K.QUANTIFIER, K.MODALITY, K.NAME, K.NUMBER}


def rows() -> list[tuple[str, ...]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [tuple(field.strip() for field in line.split("|")) for line in lines if not line.startswith("#")]


def quote(text: str) -> Quote:
    return Quote("q1", text, 0, len(text))


@pytest.fixture(scope="module")
def others() -> list[Document]:
    return own_documents()


@pytest.mark.parametrize(("kind", "heard", "translated", "printed"), rows())
def test_what_is_turned_round(others: list[Document], kind: str, heard: str, translated: str, printed: str) -> None:
    library = Library.build([*others, document("asked", "ru", heard, translated)])
    (judgement,) = judge_quotes([quote(printed)], library)
    turned = {flag.kind.value for flag in judgement.flags if flag.kind in TURNING}
    assert [passage.recording_id for passage in judgement.passages] == ["asked"]
    assert turned == (set() if kind == "none" else {kind})
    assert (judgement.verdict is Verdict.CHANGED) == (kind != "none")


@pytest.mark.parametrize(
    ("heard", "printed"),
    [
        (
            "Пасечник готов продать ульи, но решения о цене пока нет.",
            "The beekeeper is ready to sell … decision on price.",
        ),
        (
            "Мы едва не опоздали: ещё полчаса, и лодку было бы не догнать.",
            "We were almost late: another half an … the boat.",
        ),
        (
            "Сторож расстался с мельницей, купил лодку и вернулся к реке.",
            "The watchman sold the mill … back to the river.",
        ),
    ],
)
def test_what_a_marked_cut_tears_is_not_turned(others: list[Document], heard: str, printed: str) -> None:
    (judgement,) = judge_quotes([quote(printed)], Library.build([*others, document("asked", "ru", heard)]))
    assert [passage.recording_id for passage in judgement.passages] == ["asked"]
    assert judgement.verdict is not Verdict.CHANGED


@pytest.mark.parametrize(
    ("heard", "printed"),
    [
        ("Застройщик утилизировал ртуть и цистерну.", "the developer disposed of the mercury and a tank"),
        ("Истец взыскал алименты и задолженность.", "the plaintiff recovered alimony and arrears"),
        ("Спасатели потушили возгорание в траншее.", "rescuers extinguished the ignition in a trench"),
    ],
)
def test_frequent_words_are_known_without_a_translation(others: list[Document], heard: str, printed: str) -> None:
    (judgement,) = judge_quotes([quote(printed)], Library.build([*others, document("asked", "ru", heard)]))
    assert [passage.recording_id for passage in judgement.passages] == ["asked"]


class Listener:
    """A scorer that remembers what it was asked."""

    def __init__(self) -> None:
        self.languages = ("ru", "en")
        self.heard: list[str] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        self.heard += [heard for heard, _ in pairs]
        return [-1.0 for _ in pairs]


def test_the_model_is_asked_about_the_stretch_that_a_fragment_lies_on(others: list[Document]) -> None:
    long = (
        "Вчера вечером председатель дачного кооператива подробно рассказал соседям про колодец, ворота, собак "
        "и крышу сарая, потом устроил танцы под гармонь."
    )
    listener = Listener()
    library = Library.build([*others, document("asked", "ru", long)])
    judge_quotes([quote("the well and several broken gates")], library, MatchOptions(), listener)
    asked = [heard for heard in listener.heard if "колодец" in heard]
    assert asked
    assert all("гармонь" not in heard and "Вчера" not in heard for heard in asked)
