"""Files and folders.

In: a path or a pattern. Out: a Listing in the order of names. Never follows a link to a folder, never lists devices.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import SourceFile
from pipeline.sources.listing import Listing

_ENDINGS = frozenset(
    {".3gp", ".aac", ".aif", ".aiff", ".amr", ".avi", ".caf", ".flac", ".m4a", ".m4b", ".mka", ".mkv", ".mov", ".mp3"}
    | {".mp4", ".mpga", ".oga", ".ogg", ".opus", ".wav", ".weba", ".webm", ".wma"}
)


def endings() -> str:
    """The file name endings that count as audio in a folder, for messages."""
    return " ".join(sorted(_ENDINGS))


def single(path: Path) -> Listing:
    """One named file, whatever its ending; raises InputError when it is no regular file."""
    if not path.is_file():
        raise InputError(f"{path.name} is not a regular file", "name an audio file or a folder")
    return Listing((SourceFile(path),))


def read(root: Path) -> Listing:
    """Every audio file below ``root``, hidden ones left out."""
    return Listing(tuple(SourceFile(path) for path in _walk(root)))


def matching(pattern: Path) -> Listing:
    """The files that a pattern with ``*`` or ``?`` names, for shells that do not expand it."""
    if not any(mark in str(pattern) for mark in "*?["):
        raise InputError(
            f"{pattern.name or pattern} does not exist", "check the name; folders, files and exports are accepted"
        )
    anchor = Path(pattern.anchor) if pattern.anchor else Path()
    relative = pattern.relative_to(pattern.anchor) if pattern.anchor else pattern
    found = sorted(path for path in anchor.glob(str(relative)) if path.is_file())
    return Listing(tuple(SourceFile(path) for path in found))


def _walk(root: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() in _ENDINGS and path.is_file():
                yield path
