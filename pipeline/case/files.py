"""Files that are whole or not there.

In: bytes and a path. Out: the file, replaced in one step. Never leaves a half-written file under its final name, and
never follows what a case file says to a place outside the case. What a killed writer left is swept by the next one.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pipeline import digest
from pipeline.errors import EvidenceError

_SAFE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_URI = "file://"
_PART = ".voxquote-part"


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: temporary file beside it, fsync, rename, fsync of the folder.

    Raises EvidenceError when the disk is full, read-only or failing; the earlier file is then still whole.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise EvidenceError(
            f"{path.name} could not be written: {error.strerror or error}",
            "free some space or choose a folder that can be written; what was finished before is whole",
        ) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=_PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell; the next writer sweeps
            os.unlink(name)
        raise
    _sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove the temporary files of killed writers from a case; its lock must be held."""
    for place in (folder, *(child for child in folder.iterdir() if child.is_dir() and not child.is_symlink())):
        for entry in os.scandir(place):
            if entry.name.startswith(".") and entry.name.endswith(_PART) and entry.is_file(follow_symlinks=False):
                os.unlink(entry.path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there; the rename itself is durable
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_id(identifier: str, name: str) -> str:
    """``identifier`` when it can be part of a file name; ``name`` is the file that it stands in.

    Raises EvidenceError for anything that could lead out of the case folder.
    """
    if not _SAFE_ID.fullmatch(identifier):
        raise EvidenceError(
            f"{name} holds an id that cannot be a file name",
            "ids are letters, digits, dots, hyphens and underscores, and do not begin with a dot",
        )
    return identifier


def hash_file(path: Path) -> str:
    """The file's SHA-256 as hex digits; raises EvidenceError when it cannot be read."""
    return digest.hash_file(path, EvidenceError)


def portable_path(path: Path, base: Path) -> str:
    """``path`` as a case file keeps it: relative to ``base`` with forward slashes where that is possible.

    A name that is not valid UTF-8 becomes a percent-encoded ``file://`` reference, since JSON cannot hold it.
    """
    try:
        relative = Path(os.path.relpath(path.resolve(), base.resolve()))
    except ValueError:  # another drive
        relative = path.resolve()
    try:
        relative.as_posix().encode("utf-8")
    except UnicodeEncodeError:
        return _URI + quote_from_bytes(os.fsencode(relative.as_posix()))
    return relative.as_posix()


def local_path(portable: str, base: Path) -> Path:
    """The file that ``portable_path`` described."""
    if portable.startswith(_URI):
        return base / os.fsdecode(unquote_to_bytes(portable[len(_URI) :]))
    return base / portable
