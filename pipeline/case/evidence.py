"""The seal: what was in the case, to the bit, when it was made.

In: a case folder and the files that went into it. Out: ``manifest-sha256.txt``, which ``sha256sum -c`` reads, and on
verification every file that changed, is missing or was added. Never changes a sealed file, never says what is true.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.case.files import write_atomic
from pipeline.errors import EvidenceError

MANIFEST = "manifest-sha256.txt"
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"))


class Change(StrEnum):
    """How a file differs from what was sealed."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not what was sealed; ``path`` is relative to the case."""

    path: str
    change: Change


def seal(folder: Path, inputs: Iterable[Path] = ()) -> int:
    """Write the manifest of every file in the case and of ``inputs``; returns how many files it names."""
    paths = {
        *_inside(folder),
        *(os.path.relpath(path.resolve(), folder.resolve()) for path in inputs if path.is_file()),
    }
    lines = [_line(hash_file(folder / path), Path(path).as_posix()) for path in sorted(paths)]
    write_atomic(folder / MANIFEST, b"".join(lines))
    return len(lines)


def verify(folder: Path) -> tuple[Difference, ...]:
    """What differs from the manifest, in the order of paths; empty when nothing does.

    Raises EvidenceError when there is no manifest or it cannot be read.
    """
    sealed = dict(_read_manifest(folder / MANIFEST))
    found = []
    for path, sha256 in sealed.items():
        if not (folder / path).is_file():
            found.append(Difference(path, Change.MISSING))
        elif hash_file(folder / path) != sha256:
            found.append(Difference(path, Change.CHANGED))
    added = (Difference(path, Change.ADDED) for path in _inside(folder) if path not in sealed)
    return tuple(sorted([*found, *added], key=lambda difference: difference.path))


def _inside(folder: Path) -> Iterator[str]:
    """The case's files relative to it; the manifest itself and hidden working files are no part of the seal."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts) and relative.name != MANIFEST:
            yield relative.as_posix()


def hash_file(path: Path) -> str:
    """The file's SHA-256 as hex digits; raises EvidenceError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EvidenceError(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error


def _line(sha256: str, path: str) -> bytes:
    """One line as ``sha256sum`` writes it: a leading backslash marks a name with escaped characters."""
    escaped = path
    for plain, written in _ESCAPES:
        escaped = escaped.replace(plain, written)
    return ("\\" if escaped != path else "").encode() + sha256.encode() + b"  " + os.fsencode(escaped) + b"\n"


def _read_manifest(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        raise EvidenceError(
            f"case {path.parent.name} is not sealed (it holds no {MANIFEST})", "voxquote run seals a case when it ends"
        )
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        escaped = line.startswith(b"\\")
        sha256, separator, name = line.removeprefix(b"\\").partition(b"  ")
        if not separator or len(sha256) != 64:
            raise EvidenceError(f"{MANIFEST}, line {number}, is damaged", "restore the manifest from a copy")
        text = os.fsdecode(name)
        yield (_unescaped(text) if escaped else text), sha256.decode("ascii", "replace")


def _unescaped(text: str) -> str:
    """The name behind ``sha256sum``'s escapes, read from left to right."""
    meaning = {"\\": "\\", "n": "\n", "r": "\r"}
    result, pending = [], False
    for character in text:
        if pending:
            result.append(meaning.get(character, character))
        elif character != "\\":
            result.append(character)
        pending = character == "\\" and not pending
    return "".join(result)
