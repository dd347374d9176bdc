"""The seal: what was in the case, to the bit, when it was made.

In: a case folder and the files that went into it. Out: ``manifest-sha256.txt``, which ``sha256sum -c`` reads, and on
verification every file that changed, is missing or was added. Recordings and articles are sealed with the hash that
they had when they were used: sealing again never makes a changed recording look sound. Never changes a sealed file,
never says what is true.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline import digest
from pipeline.case.files import write_atomic
from pipeline.case.seal_inputs import claims, seen_from
from pipeline.case.store import Case
from pipeline.errors import EvidenceError

MANIFEST = "manifest-sha256.txt"
STAMP = "manifest-sha256.txt.tsr"
TAGS = "tagmanifest-sha256.txt"
"""Hashes of the manifest and of its time stamp, where there is one; the name is BagIt's for such a list."""
_EARLIER = "seals"
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"))
_SHA256 = re.compile(b"[0-9a-f]{64}")


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
    """Write the manifest of the case's files and inputs, and of more ``inputs``; returns how many files it names.

    An input that the case lists but that is gone or changed is named with its hash of then: verify tells of it.
    """
    data = _sealed(folder, inputs)
    earlier = (folder / MANIFEST).read_bytes() if (folder / MANIFEST).is_file() else b""
    if (folder / TAGS).is_file() and earlier != data:
        _set_aside(folder)
        data = _sealed(folder, inputs)
    write_atomic(folder / MANIFEST, data)
    return data.count(b"\n")


def unsealed(folder: Path) -> tuple[str, ...]:
    """Inputs outside the case that it lists without a hash: a list alone is no reason to read a stranger's file."""
    found = (path for path, then in claims(Case.open(folder)).items() if not then)
    return tuple(sorted(path for path in found if path.startswith("../") or Path(path).is_absolute()))


def verify(folder: Path) -> tuple[Difference, ...]:
    """What differs from the manifest, in the order of paths; empty when nothing does.

    Raises EvidenceError when there is no manifest or it cannot be read.
    """
    sealed = listed(folder)
    found = []
    for path, sha256 in sealed:
        if not (folder / path).is_file():
            found.append(Difference(path, Change.MISSING))
        elif hash_file(folder / path) != sha256:
            found.append(Difference(path, Change.CHANGED))
    named = {path for path, _ in sealed}
    added = (Difference(path, Change.ADDED) for path in _inside(folder) if path not in named)
    return tuple(sorted([*found, *added], key=lambda difference: difference.path))


def listed(folder: Path) -> tuple[tuple[str, str], ...]:
    """Every sealed path with its SHA-256, those of the seal's own files included where it has a time stamp."""
    own = _read_list(folder / TAGS) if (folder / TAGS).is_file() else ()
    found = (*_read_list(folder / MANIFEST), *own)
    if len({path for path, _ in found}) < len(found):
        raise EvidenceError(f"{MANIFEST} names a file twice", "restore the manifest from a copy")
    return found


def line(sha256: str, path: str) -> bytes:
    """One line as ``sha256sum`` writes it: a leading backslash marks a name with escaped characters."""
    escaped = path
    for plain, written in _ESCAPES:
        escaped = escaped.replace(plain, written)
    return ("\\" if escaped != path else "").encode() + sha256.encode() + b"  " + os.fsencode(escaped) + b"\n"


def hash_file(path: Path) -> str:
    """The file's SHA-256 as hex digits; raises EvidenceError when it cannot be read."""
    return digest.hash_file(path, EvidenceError)


def _sealed(folder: Path, inputs: Iterable[Path]) -> bytes:
    """The manifest's content."""
    used = {path: then for path, then in claims(Case.open(folder)).items() if then}
    present = {*_inside(folder), *used, *(seen_from(folder, path) for path in inputs)}
    if (folder / TAGS).is_file():  # it holds the time stamp's hash
        present.discard(STAMP)
    hashes = {path: hash_file(folder / path) for path in present if (folder / path).is_file()}
    for path, then in used.items():
        if hashes.get(path) not in then:
            hashes[path] = min(then)
    return b"".join(line(hashes[path], path) for path in sorted(hashes))


def _inside(folder: Path) -> Iterator[str]:
    """The case's files relative to it; the seal itself and hidden working files are no part of what is sealed."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and relative.as_posix() not in (MANIFEST, TAGS):
            yield relative.as_posix()


def _set_aside(folder: Path) -> None:
    """A seal with a time stamp is evidence of its own day: it moves into ``seals/`` when another takes its place."""
    place = folder / _EARLIER / hash_file(folder / TAGS)[:16]
    place.mkdir(parents=True, exist_ok=True)
    for name in (MANIFEST, STAMP, TAGS):
        if (folder / name).is_file():
            os.replace(folder / name, place / name)


def _read_list(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        raise EvidenceError(
            f"case {path.parent.name} is not sealed (it holds no {path.name})", "voxquote seal seals it"
        )
    *lines, rest = path.read_bytes().split(b"\n")
    for number, entry in enumerate([*lines, rest] if rest else lines, start=1):
        escaped = entry.startswith(b"\\")
        sha256, separator, name = entry.removeprefix(b"\\").partition(b"  ")
        if not separator or not name or not _SHA256.fullmatch(sha256) or number > len(lines):
            raise EvidenceError(f"{path.name}, line {number}, is damaged", "restore it from a copy, or seal again")
        text = os.fsdecode(name)
        yield (_unescaped(text) if escaped else text), sha256.decode("ascii")


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
