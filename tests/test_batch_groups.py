"""Which recordings are worked on together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.groups import groups
from pipeline.batch.hashing import Stamp
from pipeline.batch.plan import Job
from pipeline.batch.transcribing import SpeechEngine, _in_flight
from pipeline.records import Failure, ModelInfo, Recording
from pipeline.speech.recognise import RecogniserOptions


def job(number: int, size_bytes: int) -> Job:
    recording = Recording(f"{number:016x}", f"{number}.ogg", f"{number:064x}", 0)
    return Job(recording, Path(f"{number}.ogg"), None, Stamp(size_bytes, 0, 0))


@given(st.lists(st.integers(0, 6 << 20), max_size=200), st.integers(1, 8), st.integers(1, 4))
def test_every_job_is_in_one_group(sizes: list[int], most: int, workers: int) -> None:
    jobs = [job(number, size) for number, size in enumerate(sizes)]
    made = list(groups(jobs, most, workers))
    assert sorted(item.path for group in made for item in group) == sorted(item.path for item in jobs)
    assert all(0 < len(group) <= most for group in made)
    assert all(len(group) == 1 or sum(item.size_bytes for item in group) <= 4 << 20 for group in made)


class Doomed(Executor):
    """A pool in which every worker that gets recording 3 dies."""

    _max_workers = 2

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        jobs = arguments[0]
        if any(item.path.name == "3.ogg" for item in jobs):
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result([item.recording.id for item in jobs])
        return future


def test_a_recording_that_kills_workers_costs_itself_only() -> None:
    engine = SpeechEngine(Path("model"), ModelInfo("model"), RecogniserOptions())
    found = {
        item.path.name: answer for item, answer in _in_flight([job(n, 40_000) for n in range(40)], engine, Doomed())
    }
    assert len(found) == 40
    assert [name for name, answer in found.items() if isinstance(answer, Failure)] == ["3.ogg"]


def test_no_worker_waits_at_the_end() -> None:
    made = [len(group) for group in groups([job(number, 40_000) for number in range(200)], 8, 2)]
    assert made[:20] == [8] * 20
    assert made[-4:] == [1] * 4
    assert [len(group) for group in groups([job(0, 1), job(1, 1)], 8, 2)] == [1, 1]
