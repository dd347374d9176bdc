"""A package archive becomes a folder, by our own code and with limits.

In: a zip file that somebody else made. Out: plain files below one folder. Never writes outside that folder, follows no
link, and unpacks only what voxquote reads (an Argos package also carries sentence splitters as pickled files).
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from pipeline.errors import WeightsError
from pipeline.weights.hashes import SPLITTERS

MOST_FILES = 2_000
MOST_BYTES = 4 << 30
_BLOCK_BYTES = 1 << 20
_HINT = "Do not use this file. Fetch the package again, or get it from its publisher."


def unpack(archive: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Unpack a package below ``folder``, without the archive's one root folder.

    Raises ``WeightsError`` for anything that is not a plain package: several roots, names that lead elsewhere, links,
    encrypted or twice named files, too many files, or more than ``most_bytes`` of content, whatever the headers claim.
    """
    try:
        with zipfile.ZipFile(archive) as package:
            members = _members(archive.name, package)
            left = most_bytes
            for name, member in members.items():
                left -= _write(archive.name, package, member, folder / name, left)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise WeightsError(f"The archive {archive.name} is damaged or not a package.", _HINT) from error


def _members(archive: str, package: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The wanted files of the archive by their name below the root folder; every name is checked, wanted or not."""
    infos = package.infolist()
    if len(infos) > MOST_FILES:
        raise WeightsError(f"The archive {archive} holds more than {MOST_FILES} files.", _HINT)
    roots, members, taken = set(), {}, set()
    for info in infos:
        path = _checked_path(archive, info)
        roots.add(path.parts[0])
        if path.as_posix().casefold() in taken:
            raise WeightsError(f"The archive {archive} names a file twice.", _HINT)
        taken.add(path.as_posix().casefold())
        if not info.is_dir() and len(path.parts) > 1 and path.parts[1] not in SPLITTERS:
            members[PurePosixPath(*path.parts[1:])] = info
    if len(roots) != 1 or not members:
        raise WeightsError(f"The archive {archive} does not hold one package folder.", _HINT)
    return members


def _checked_path(archive: str, info: zipfile.ZipInfo) -> PurePosixPath:
    name = info.filename
    path = PurePosixPath(name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    odd_name = "\\" in name or ":" in name or any(ord(character) < 32 for character in name)
    if odd_name or path.is_absolute() or ".." in path.parts or not path.parts:
        raise WeightsError(f"The archive {archive} names a file outside its folder.", _HINT)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise WeightsError(f"The archive {archive} holds a link or a special file.", _HINT)
    if info.flag_bits & 0x1:
        raise WeightsError(f"The archive {archive} is encrypted.", _HINT)
    return path


def _write(archive: str, package: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most_bytes: int) -> int:
    """Write one file and return its size; stop at the limit, which headers cannot talk away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with package.open(member) as source, target.open("xb") as file:
        while block := source.read(_BLOCK_BYTES):
            written += len(block)
            if written > most_bytes:
                raise WeightsError(f"The archive {archive} holds far more than a translation package does.", _HINT)
            file.write(block)
    return written
