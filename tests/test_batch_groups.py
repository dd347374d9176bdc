"""Which recordings are worked on together."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.groups import groups
from pipeline.batch.hashing import Stamp
from pipeline.batch.plan import Job
from pipeline.records import Recording


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


def test_no_worker_waits_at_the_end() -> None:
    made = [len(group) for group in groups([job(number, 40_000) for number in range(200)], 8, 2)]
    assert made[:20] == [8] * 20
    assert made[-4:] == [1] * 4
    assert [len(group) for group in groups([job(0, 1), job(1, 1)], 8, 2)] == [1, 1]
