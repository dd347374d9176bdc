"""Which recordings are worked on together. Pure.

In: jobs in the order of the plan. Out: groups of them. Windows of one length are decoded together best, so a group
holds files of about one size; near the end the groups get smaller, so that no worker waits for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.batch.plan import Job

_SORTED = 64
"""Groups are formed of so many jobs that follow each other: the whole stays near the order of the plan."""
_MOST_BYTES = 4 << 20
"""A larger file is a group of its own: it has enough windows to be decoded together."""


def groups(pending: Sequence[Job], most: int, workers: int) -> Iterator[tuple[Job, ...]]:
    """The jobs in groups of up to ``most``, for so many workers."""
    for start in range(0, len(pending), _SORTED):
        chunk = sorted(pending[start : start + _SORTED], key=lambda job: job.size_bytes)
        rest = len(pending) - start
        while chunk:
            size = _fitting(chunk, max(1, min(most, rest // (2 * workers))))
            yield tuple(chunk[:size])
            chunk, rest = chunk[size:], rest - size


def _fitting(jobs: Sequence[Job], most: int) -> int:
    """How many of the first jobs make a group."""
    together_bytes = jobs[0].size_bytes
    for size, job in enumerate(jobs[1:most], start=1):
        together_bytes += job.size_bytes
        if together_bytes > _MOST_BYTES:
            return size
    return min(most, len(jobs))
