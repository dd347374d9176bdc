"""What there is to do: sources become the recordings of a case.

In: the paths that a person named, and the case. Out: a Plan of recordings, hashed, in a stable order. Never decodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.batch.events import ItemFailed, Listener, StageStarted
from pipeline.batch.guard import attempt, printable
from pipeline.batch.hashing import Hashed, Stamp, hashed, remember, remembered
from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.errors import InputError
from pipeline.records import Failure, Recording, SourceFile
from pipeline.settings import DateOrder
from pipeline.sources import find

_ID_DIGITS = 16
_UNPACKED = "incoming"  # what came out of zip files: part of the case, and of its seal


@dataclass(frozen=True, slots=True)
class Job:
    """One distinct content: the file to read it from, the length that its source claims, and its stamp when hashed."""

    recording: Recording
    path: Path
    claimed_ms: int | None = None
    stamp: Stamp | None = None

    @property
    def size_bytes(self) -> int:
        """How large the file is; 0 when it was not looked at."""
        return self.stamp.size_bytes if self.stamp else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Every recording of the sources, one job for each distinct content, and what could not be listed.

    ``told_by``: the exports' own files that told of them, by their path in the case, with their SHA-256.
    """

    recordings: tuple[Recording, ...]
    jobs: tuple[Job, ...]
    failures: tuple[Failure, ...]
    told_by: Mapping[str, str] = field(default_factory=dict)


def make_plan(sources: Sequence[Path], case: Case, listen: Listener, date_order: DateOrder | None = None) -> Plan:
    """List and hash the recordings of ``sources``; ``date_order`` settles the dates that a chat leaves open."""
    files, failures, told_by = _list_files(sources, case, date_order)
    listen(StageStarted("list", len(files)))
    memory = remembered(case)
    found: dict[str, Hashed] = {}
    jobs: list[Job] = []
    for name, file in files.items():
        item = attempt(partial(hashed, file.path, name, memory), name, "read")
        if isinstance(item, Failure):
            failures.append(item)
            continue
        found[name] = item
        jobs.append(_job(file, item))
    for failure in failures:
        listen(ItemFailed(failure))
    remember(case, memory, found)
    distinct = {job.recording.id: job for job in reversed(jobs)}
    ordered = tuple(job for job in jobs if distinct[job.recording.id] is job)
    return Plan(tuple(job.recording for job in jobs), ordered, tuple(failures), told_by)


def require_usable(paths: Sequence[Path], folder: Path, look: Callable[[Path], object]) -> None:
    """Raise an InputError when ``look`` fails on every path and there is no case in ``folder`` yet.

    A mistyped name then leaves no empty case behind; what fails in a case that exists becomes a record in it.
    """
    if (folder / "case.json").exists():
        return
    problems: list[Failure] = []
    for path in paths:
        looked = attempt(partial(look, path), path.name or str(path), "source")
        if not isinstance(looked, Failure):
            return  # one is enough: the plan looks at all of them
        problems.append(looked)
    if problems:
        others = f"; {len(paths) - 1} more cannot be used" if len(paths) > 1 else ""
        raise InputError(problems[0].message + others, problems[0].hint)


def look_for_recordings(source: Path) -> None:
    """Raise InputError for a source that is missing or holds none; a file is not looked into."""
    if not source.is_file():
        find(source)


def _list_files(
    sources: Sequence[Path], case: Case, date_order: DateOrder | None
) -> tuple[dict[str, SourceFile], list[Failure], dict[str, str]]:
    """The files of all sources by their path in the case, the first source that tells of a file wins; what told."""
    files: dict[str, SourceFile] = {}
    failures: list[Failure] = []
    told_by: dict[str, str] = {}
    for source in sources:
        listing = attempt(partial(find, source, case.folder / _UNPACKED, date_order), case.portable(source), "source")
        if isinstance(listing, Failure):
            failures.append(listing)
            continue
        failures.extend(map(printable, listing.failures))
        for file in listing.files:
            files.setdefault(case.portable(file.path), file)
        told_by |= {case.portable(path): hash_file(path) for path in listing.told_by}
    return files, failures, told_by


def _job(file: SourceFile, item: Hashed) -> Job:
    recording = Recording(item.sha256[:_ID_DIGITS], item.path, item.sha256, 0, file.sent_at, file.sender, file.origin)
    return Job(recording, file.path.absolute(), file.claimed_ms, item.stamp)


def merged(kept: Iterable[Recording], planned: Sequence[Recording]) -> tuple[Recording, ...]:
    """The case's list with the plan's recordings: earlier entries stay, the plan's replace those of the same path."""
    planned_paths = {recording.path for recording in planned}
    return (*(recording for recording in kept if recording.path not in planned_paths), *planned)
