"""A process loads each model once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch import job, transcribing
from pipeline.batch.engines import speech_engine
from pipeline.batch.events import silent
from pipeline.records import Timing
from pipeline.settings import Settings
from pipeline.speech.recognise import Recogniser
from tests.reliability.notes import ARTICLE, SAMPLES, write_notes


def test_a_run_loads_the_recogniser_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transcribing and timing passages use one model, though one has many recordings and the other asks one by one."""
    loads: list[Path] = []

    class Counted(Recogniser):
        def __init__(self, folder: Path, *rest: Any) -> None:
            loads.append(folder)
            super().__init__(folder, *rest)

    monkeypatch.setattr(transcribing, "Recogniser", Counted)
    monkeypatch.setattr(transcribing, "_loaded", None)
    sources = [SAMPLES / "officer.ogg", *write_notes(tmp_path / "notes", 1)]
    outcome = job.run(sources, [ARTICLE], tmp_path / "case", Settings(), silent)
    passages = [passage for check in outcome.checks for answer in check.judgements for passage in answer.passages]
    assert Timing.MEASURED in {passage.timing for passage in passages}
    assert len(loads) == 1


def test_a_model_that_can_do_less_side_by_side_is_loaded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = speech_engine(Settings(device="cpu", threads=2))
    monkeypatch.setattr(transcribing, "_loaded", None)
    one, _ = transcribing.recogniser(transcribing.fitted(engine, 1))
    two, _ = transcribing.recogniser(transcribing.fitted(engine, 2))
    assert one is not two
    assert transcribing.recogniser(engine)[0] is two
    assert transcribing.recogniser(replace(engine, options=replace(engine.options, beam_size=2)))[0] is not two
