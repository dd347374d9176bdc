"""Hashes of model files: one for a whole model, and the comparison with what the lock or the first use says.

In: a model folder. Out: hex SHA-256 digests, ``FileCheck`` records. Never changes a model.

Only the files that voxquote reads count: sentence splitters that some packages carry are neither unpacked nor hashed,
so the same model has the same hash however it was installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs

from pipeline.digest import hash_file
from pipeline.errors import WeightsError
from pipeline.weights.lock import LockedModel

RECORD_FILE = "voxquote-model.json"  # what was received when a model was fetched
NOTES = (RECORD_FILE, "MODEL_CARD.md", "README.md", "training-hashes.bin")  # beside a model, no part of it
SPLITTERS = ("stanza", "spacy", "minisbd")  # folders of Argos packages that voxquote does not use


class FileState(StrEnum):
    """How a file stands against what is known of it."""

    OK = "ok"
    CHANGED = "changed"
    MISSING = "missing"
    UNKNOWN = "unknown"  # nobody said what it should be


@dataclass(frozen=True, slots=True)
class FileCheck:
    """One file of a model. ``source`` says who vouches for it: the ``lock``, the ``first use`` or nobody."""

    name: str
    state: FileState
    sha256: str | None = None
    expected: str | None = None
    source: str | None = None


def model_files(folder: Path) -> list[str]:
    """The relative names (with ``/``) of the files that make up a model, sorted."""
    names = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and relative.parts[0] not in SPLITTERS and path.name not in NOTES:
            names.append(relative.as_posix())
    return sorted(names)


def hash_model(folder: Path) -> str:
    """One SHA-256 for a model: over the lines ``<sha256 of the file>  <relative name>``, sorted by name.

    Hashes of single files are remembered by path, size and time of change; ``verify`` never uses that memory.
    """
    memory = _read_memory()
    lines, remembered = [], {}
    for name in model_files(folder):
        status = (folder / name).stat()
        key = str((folder / name).resolve())
        stamp = [status.st_size, status.st_mtime_ns]
        known = memory.get(key)
        digest = known[2] if known is not None and known[:2] == stamp else hash_file(folder / name, WeightsError)
        remembered[key] = [*stamp, digest]
        lines.append(f"{digest}  {name}\n")
    if any(memory.get(key) != value for key, value in remembered.items()):
        _write_memory(memory | remembered)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def verify(folder: Path, locked: LockedModel | None = None) -> tuple[FileCheck, ...]:
    """Hash every file again and compare it with the lock and with what was recorded on first use."""
    expected = expected_hashes(folder, locked)
    names = sorted({*model_files(folder), *expected})
    return tuple(_check(folder / name, name, expected) for name in names)


def expected_hashes(folder: Path, locked: LockedModel | None) -> dict[str, tuple[str, str]]:
    """What each file should be: name → (SHA-256, who says so); the lock comes before the record of the first use."""
    expected = {name: (digest, "first use") for name, digest in read_record(folder)}
    if locked is not None and not locked.archive:
        expected |= {file.name: (file.sha256, "lock") for file in locked.files if file.sha256 is not None}
    return expected


def read_record(folder: Path) -> Iterator[tuple[str, str]]:
    """The (name, SHA-256) pairs written when the model was fetched; none for a folder put there by hand."""
    with contextlib.suppress(OSError, ValueError, AttributeError, KeyError):
        record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        yield from [(str(name), str(digest)) for name, digest in record["files"].items()]


def write_record(folder: Path, locked: LockedModel, downloads: dict[str, str]) -> None:
    """Write down what a fetched model is, beside its files."""
    files = {name: hash_file(folder / name, WeightsError) for name in model_files(folder)}
    record = {
        "schema": "voxquote.model/1",
        "name": locked.name,
        "repository": locked.repository,
        "revision": locked.revision,
        "downloads": downloads,
        "files": files,
    }
    (folder / RECORD_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _check(path: Path, name: str, expected: dict[str, tuple[str, str]]) -> FileCheck:
    digest, source = expected.get(name, (None, None))
    if not path.is_file():
        return FileCheck(name, FileState.MISSING, None, digest, source)
    found = hash_file(path, WeightsError)
    if digest is None:
        return FileCheck(name, FileState.UNKNOWN, found)
    return FileCheck(name, FileState.OK if found == digest else FileState.CHANGED, found, digest, source)


def _memory_file() -> Path:
    return platformdirs.user_cache_path("voxquote") / "model-hashes.json"


def _read_memory() -> dict[str, list[object]]:
    try:
        memory = json.loads(_memory_file().read_text(encoding="utf-8"))
        return {k: v for k, v in memory.items() if isinstance(v, list) and len(v) == 3 and isinstance(v[2], str)}
    except (OSError, ValueError, AttributeError):
        return {}


def _write_memory(memory: dict[str, list[object]]) -> None:
    """Best effort: a cache folder that cannot be written only means that hashing takes as long the next time."""
    with contextlib.suppress(OSError):
        target = _memory_file()
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f"{target.name}.{os.getpid()}")
        temporary.write_text(json.dumps(memory), encoding="utf-8")
        temporary.replace(target)
