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


def note(folder: Path, command: str, options: Mapping[str, Any], files: Iterable[Path] = ()) -> None:
    """Write down that ``command`` was done, and which files of the case it wrote. The case's lock must be held."""
    _append(folder, Entry(0, _now(), command, __version__, options, {}, _hashes(folder, files)))


def note_run(folder: Path, command: str, options: Mapping[str, Any], inputs: Mapping[str, str]) -> None:
    """Write down that ``command`` read recordings, which the listings ``inputs`` (path to SHA-256) told of."""
    _append(folder, Entry(0, _now(), command, __version__, options, inputs))


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


def _append(folder: Path, entry: Entry) -> None:
    """The next entry; the same work told twice in a row, as after a kill, is one entry."""
    earlier = entries(folder)
    last = earlier[-1] if earlier else None
    entry = replace(entry, number=last.number + 1 if last else 1)
    if last is None or replace(entry, number=last.number) != last:
        write_atomic(folder / entry.name, codec.encode(entry, "journal"))


def _entries(folder: Path) -> Iterator[Entry]:
    for path in (folder / FOLDER).glob("*.json"):
        if _NAME.fullmatch(path.name):
            try:
                entry = codec.decode(path.read_bytes(), Entry, "journal", f"{FOLDER}/{path.name}")
            except (EvidenceError, OSError):
                continue  # a damaged entry explains nothing; the seal tells that it changed
            if entry.name == f"{FOLDER}/{path.name}":
                yield entry


def _hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in files}


def _now() -> str:
    """The time of the work; SOURCE_DATE_EPOCH stands for another."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return moment.isoformat(timespec="seconds")
