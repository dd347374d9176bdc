"""The translation model as a witness in a real check: asked in doubt, never needed."""

from __future__ import annotations

import math

import pytest

from pipeline.batch.checking import check, translation_witness
from pipeline.batch.events import Event, Note, silent
from pipeline.records import Article, Quote, Verdict
from pipeline.settings import Settings
from tests.quality.sets import own_documents

TEXTS = ("we collected half the grain", "Nobody heard our call", "I am proud of you, and I will never forget you.")


@pytest.fixture
def article() -> Article:
    quotes = tuple(Quote(f"q{place}", text, 0, len(text)) for place, text in enumerate(TEXTS))
    return Article("a1", "list.txt", "0" * 64, "", "en", "\n".join(TEXTS), quotes)


def test_a_check_asks_the_translator_where_it_is_in_doubt(article: Article) -> None:
    (answer,) = check([article], own_documents(), Settings(), silent)
    said = [passage.witnesses["model"] for judgement in answer.judgements for passage in judgement.passages]
    assert any(value is not None for value in said)
    assert answer.judgements[2].passages[0].witnesses["model"] is None
    assert answer.judgements[2].verdict is Verdict.SUPPORTED


def test_a_check_without_a_translator_says_so_and_answers(article: Article) -> None:
    told: list[Event] = []
    (answer,) = check([article], own_documents(), Settings(mt="nowhere"), told.append)
    assert any(isinstance(event, Note) and "without the translation model" in event.text for event in told)
    assert answer.judgements[2].verdict is Verdict.SUPPORTED


def test_what_the_model_cannot_read_costs_only_itself() -> None:
    witness = translation_witness(Settings(), silent)
    assert witness is not None
    assert witness.languages == ("ru", "en")
    long = "перевоспитание " * 400
    scores = witness.score([("Школу не закроют.", "The school will not be closed."), (long, "re-education " * 400)])
    assert math.isfinite(scores[0])
    assert not math.isfinite(scores[1])
