"""The order of work: one small file for each command that wrote into a case.

In: what a command did. Out: ``journal/0003-report.json`` and the like, and back. A seal covers the entries that were
there when it was made; entries that came later let ``voxquote verify`` tell voxquote's own later work from a change
that nobody can explain. An entry that no seal covers is a note and proves nothing. Never changes an entry.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.case import codec
from pipeline.case.files import hash_file, write_atomic
from pipeline.errors import EvidenceError

FOLDER = "journal"
_SCHEMA = "journal"
_NAME = re.compile(r"\d{4,}-[a-z]+\.json")
_DERIVED = re.compile(r"report\.html|(?:articles|checks|exports|clips)/.+")
"""What can be made again from recordings, transcripts and translations, and may be made after the seal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command. ``inputs``: files that it was told by, ``files``: what it wrote; path in the case to SHA-256."""

    number: int
    at: str  # ISO 8601, UTC
    command: str
    voxquote: str
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its path in the case."""
        return f"{FOLDER}/{self.number:04}-{self.command}.json"


@dataclass(frozen=True, slots=True)
class Work:
    """What a command did: how (no paths), the listings that told it of recordings, the files of the case it wrote."""

    command: str
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Iterable[Path] = ()


def note(folder: Path, work: Work) -> None:
    """Write down what was done. The case's lock must be held.

    The same work told twice in a row, as when a finished run is run again, is one entry: the first.
    """
    earlier = entries(folder)
    last = earlier[-1] if earlier else None
    hashes = {path.relative_to(folder).as_posix(): hash_file(path) for path in work.files}
    entry = Entry(1, _now(), work.command, __version__, work.options, work.inputs, hashes)
    if last is not None:
        same = replace(entry, number=last.number, at=last.at)
        if codec.encode(same, _SCHEMA) == codec.encode(last, _SCHEMA):
            return
        entry = replace(entry, number=last.number + 1)
    write_atomic(folder / entry.name, codec.encode(entry, _SCHEMA))


def entries(folder: Path) -> tuple[Entry, ...]:
    """Every readable entry, the earliest first."""
    return tuple(sorted(_entries(folder), key=lambda entry: entry.number))


def made_later(folder: Path, sealed: Mapping[str, str]) -> dict[str, Entry]:
    """Which entry made each file that is now as voxquote left it after the seal; ``sealed`` is what the seal names.

    Only what can be made again from the evidence is ever among them, and the entries themselves.
    """
    found: dict[str, Entry] = {}
    for entry in entries(folder):
        if entry.name in sealed or not (folder / entry.name).is_file():
            continue
        found[entry.name] = entry
        for path, sha256 in entry.files.items():
            found.pop(path, None)
            if _DERIVED.fullmatch(path) and (folder / path).is_file() and hash_file(folder / path) == sha256:
                found[path] = entry
    return found


def _entries(folder: Path) -> Iterator[Entry]:
    for path in (folder / FOLDER).glob("*.json"):
        if _NAME.fullmatch(path.name):
            try:
                entry = codec.decode(path.read_bytes(), Entry, _SCHEMA, f"{FOLDER}/{path.name}")
            except (EvidenceError, OSError):
                continue  # a damaged entry explains nothing; the seal tells that it changed
            if entry.name == f"{FOLDER}/{path.name}":
                yield entry


def _now() -> str:
    """The time of the work; SOURCE_DATE_EPOCH stands for another."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return moment.isoformat(timespec="seconds")
