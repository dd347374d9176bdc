"""What there is to do: sources become the recordings of a case.

In: the paths that a person named, and the case. Out: a Plan of recordings, hashed, in a stable order. Never decodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.batch.events import ItemFailed, Listener, StageStarted
from pipeline.batch.guard import attempt
from pipeline.case.store import Case
from pipeline.errors import InputError
from pipeline.records import Failure, Recording, SourceFile
from pipeline.settings import DateOrder
from pipeline.sources import find

_ID_DIGITS = 16
_UNPACKED = "incoming"  # what came out of zip files: part of the case, and of its seal


@dataclass(frozen=True, slots=True)
class Job:
    """One distinct content: the file to read it from and the length that its source claims."""

    recording: Recording
    path: Path
    claimed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every recording of the sources, one job for each distinct content, and what could not be listed."""

    recordings: tuple[Recording, ...]
    jobs: tuple[Job, ...]
    failures: tuple[Failure, ...]


def make_plan(sources: Sequence[Path], case: Case, listen: Listener, date_order: DateOrder | None = None) -> Plan:
    """List and hash the recordings of ``sources``; ``date_order`` settles the dates that a chat leaves open."""
    files, failures = _list_files(sources, case, date_order)
    listen(StageStarted("list", len(files)))
    jobs: list[Job] = []
    for file in files:
        item = attempt(partial(_job, file, case), case.portable(file.path), "read")
        jobs.append(item) if isinstance(item, Job) else failures.append(item)
    for failure in failures:
        listen(ItemFailed(failure))
    distinct = {job.recording.id: job for job in reversed(jobs)}
    ordered = tuple(job for job in jobs if distinct[job.recording.id] is job)
    return Plan(tuple(job.recording for job in jobs), ordered, tuple(failures))


def hash_file(path: Path) -> str:
    """The file's SHA-256 as hex digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error


def _list_files(
    sources: Sequence[Path], case: Case, date_order: DateOrder | None
) -> tuple[list[SourceFile], list[Failure]]:
    """The files of all sources, each path once: the first source that tells more about a file wins."""
    files: dict[Path, SourceFile] = {}
    failures: list[Failure] = []
    for source in sources:
        listing = attempt(partial(find, source, case.folder / _UNPACKED, date_order), case.portable(source), "source")
        if isinstance(listing, Failure):
            failures.append(listing)
            continue
        failures.extend(listing.failures)
        for file in listing.files:
            files.setdefault(file.path.resolve(), file)
    return list(files.values()), failures


def _job(file: SourceFile, case: Case) -> Job:
    sha256 = hash_file(file.path)
    recording = Recording(
        sha256[:_ID_DIGITS], case.portable(file.path), sha256, 0, file.sent_at, file.sender, file.origin
    )
    return Job(recording, file.path, file.claimed_ms)


def merged(kept: Iterable[Recording], planned: Sequence[Recording]) -> tuple[Recording, ...]:
    """The case's list with the plan's recordings: earlier entries stay, the plan's replace those of the same path."""
    planned_paths = {recording.path for recording in planned}
    return (*(recording for recording in kept if recording.path not in planned_paths), *planned)
