"""Files and folders.

In: a path or a pattern. Out: a Listing in the order of names. Never follows a link to a folder, never lists devices;
what has the name of a recording and cannot be used gets a record.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import Failure, SourceFile
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


def files_in(root: Path) -> Listing:
    """The audio files that lie directly in ``root``, hidden ones left out.

    A link that leads nowhere, a device or a pipe with the name of a recording becomes a failure, and so does a link to
    a folder: there may be recordings in it.
    """
    files, failures = [], []
    for path in _visible(root):
        named = path.suffix.lower() in _ENDINGS
        if named and path.is_file():
            files.append(SourceFile(path))
        elif path.is_symlink() and path.is_dir():
            failures.append(_failure(path, "is a link to a folder, which is not followed", "name that folder itself"))
        elif named and path.is_symlink():
            failures.append(_failure(path, "is a link that leads nowhere", "bring the file that it points to"))
        elif named and not path.is_dir():
            failures.append(_failure(path, "is no regular file", "put the recording itself there"))
    return Listing(tuple(files), tuple(failures))


def folders_in(root: Path) -> tuple[Path, ...]:
    """The folders directly in ``root``, links and hidden ones left out."""
    return tuple(path for path in _visible(root) if path.is_dir() and not path.is_symlink())


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


def _failure(path: Path, what: str, hint: str) -> Failure:
    return Failure(path.name, "source", f"{path.name} {what}", hint)


def _visible(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"{root.name} cannot be listed: {error.strerror}", "check its permissions") from error
