"""Files and folders.

In: a path or a pattern. Out: a Listing in the order of names. Never follows a link to a folder, never lists devices.
"""

from __future__ import annotations

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


def files_in(root: Path) -> Listing:
    """The audio files that lie directly in ``root``, hidden ones left out."""
    found = (path for path in _visible(root) if path.suffix.lower() in _ENDINGS and path.is_file())
    return Listing(tuple(SourceFile(path) for path in found))


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


def _visible(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"{root.name} cannot be listed: {error.strerror}", "check its permissions") from error
