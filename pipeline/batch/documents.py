"""What the recordings of a case became, one at a time.

In: a case. Out: its documents, or why a document's files cannot be used. Never keeps one after it has given it away, so
that ten thousand notes need no more memory than one.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial

from pipeline.batch.guard import attempt
from pipeline.case.store import Case
from pipeline.records import Document, Failure, Recording


def distinct(case: Case) -> tuple[Recording, ...]:
    """Every content once, as the first recording that holds it."""
    found: dict[str, Recording] = {}
    for recording in case.recordings():
        found.setdefault(recording.id, recording)
    return tuple(found.values())


def documents(case: Case, only: Container[str] | None = None) -> Iterator[Document | Failure]:
    """Every distinct recording that has a transcript, or why its files cannot be used.

    ``only``: the ids of the recordings to read; None reads all.
    """
    for recording in distinct(case):
        if only is None or recording.id in only:
            result = attempt(partial(case.document, recording), recording.path, "case")
            if result is not None:
                yield result


def usable(case: Case) -> tuple[Document, ...]:
    """The documents that can be used, in memory."""
    return tuple(item for item in documents(case) if isinstance(item, Document))
