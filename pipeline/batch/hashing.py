"""What each file holds, told by its SHA-256, and remembered so that a resumed job does not read everything again.

In: files, and the memory that a case keeps in ``.voxquote.hashes.jsonl`` (a working file, no part of the case). Out:
hashes. A file is taken for the same only when its path, size, time of content and time of change are the same; sealing
and verifying read every file again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.case import codec
from pipeline.case.files import write_atomic
from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.errors import EvidenceError, InputError

_FILE = ".voxquote.hashes.jsonl"
_SETTLED_NS = 2_000_000_000  # a file that changed just now may change again within the clock's step


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system says of a file: it changes whenever the content does."""

    size_bytes: int
    modified_ns: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Hashed:
    """One file by its path in the case, its hash, and its stamp when it was hashed."""

    path: str
    sha256: str
    stamp: Stamp


def stamp(path: Path) -> Stamp:
    """The file's stamp. Raises InputError when there is no such file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise InputError(f"{path.name} cannot be read: {reason}", "check the name and its permissions") from error
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def hashed(path: Path, name: str, memory: Mapping[str, Hashed]) -> Hashed:
    """The file's hash, from memory when its stamp is the one remembered; ``name`` is its path in the case."""
    before = stamp(path)
    known = memory.get(name)
    if known is not None and known.stamp == before:
        return known
    return Hashed(name, hash_file(path), before)


def remembered(case: Case) -> dict[str, Hashed]:
    """The hashes that earlier runs left by path; none when there is no memory or it is damaged."""
    path = case.folder / _FILE
    try:
        return {item.path: item for item in codec.decode_lines(path.read_bytes(), Hashed, path.name)}
    except (OSError, EvidenceError):
        return {}


def remember(case: Case, memory: Mapping[str, Hashed], found: Mapping[str, Hashed]) -> None:
    """Keep the hashes of files that have not changed for a while."""
    now_ns = time.time_ns()
    settled = {
        name: item
        for name, item in found.items()
        if max(item.stamp.modified_ns, item.stamp.changed_ns) + _SETTLED_NS < now_ns
    }
    if any(memory.get(name) != item for name, item in settled.items()):
        write_atomic(case.folder / _FILE, codec.encode_lines({**memory, **settled}.values()))
