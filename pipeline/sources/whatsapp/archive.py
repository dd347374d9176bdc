"""The zip file of a WhatsApp export, unpacked safely.

In: a zip file and a folder to unpack into. Out: the texts of its chats, and its recordings as files of that folder,
each under its own plain name. Never writes outside the folder, never unpacks links, devices, encrypted or nested
members, or more than the limits below; what was not unpacked is told, member by member.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.digest import hash_file
from pipeline.errors import InputError
from pipeline.records import Failure
from pipeline.sources.whatsapp.chat import decoded, looks_like_chat

ANONYMOUS: Final = "_chat.txt"  # what an iPhone calls every chat; the folder or the archive bears its name
MAX_TEXT_BYTES: Final = 100 << 20
HEAD_BYTES: Final = 8192
_MAX_MEMBERS = 100_000
_MAX_NAME_BYTES = 255
_MAX_MEMBER_BYTES = 2 << 30  # WhatsApp sends no larger file
_MAX_RATIO = 20  # sound hardly shrinks in a zip; silence as WAV does
_FREE_BYTES = 64 << 20  # what any archive may grow by, whatever its ratio
_CHUNK_BYTES = 1 << 20
_UNSAFE_NAME: Final = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Texts of chats by name, recordings, and what stayed in the archive."""

    texts: tuple[tuple[str, bytes], ...]
    files: tuple[Path, ...]
    failures: tuple[Failure, ...]


def holds_chat(path: Path) -> bool:
    """Whether the zip file holds the text of a chat; a damaged one does when its name says WhatsApp."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(True for _ in _chats(archive))
    except (*_DAMAGED, OSError):
        return "whatsapp" in path.name.lower()


def unpack(path: Path, workspace: Path, is_audio: Callable[[str], bool]) -> Unpacked:
    """The chats of ``path`` and its recordings, unpacked below ``workspace`` in a folder named after its content.

    What an earlier call unpacked is kept. Raises InputError when the archive is damaged or holds no chat, or when the
    folder cannot be written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            chats = tuple(_chats(archive))
            if not chats or len(archive.infolist()) > _MAX_MEMBERS:
                raise InputError(f"{path.name} is not the export of a chat", "export the chat again, media included")
            texts = tuple((_name(chat).name, _head(archive, chat, chat.file_size)) for chat in chats)
            target = workspace / hash_file(path)[:16]
            target.mkdir(parents=True, exist_ok=True)
            members = [info for info in archive.infolist() if not info.is_dir() and is_audio(_name(info).name)]
            budget_bytes = _FREE_BYTES + _MAX_RATIO * path.stat().st_size
            return Unpacked(texts, *_unpack_all(archive, members, target, (_name(chats[0]).parent, budget_bytes)))
    except _DAMAGED as error:
        raise InputError(f"{path.name} is damaged: {type(error).__name__}", "copy or export it again") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be unpacked: {error.strerror}", "check space and permissions") from error


def _chats(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for info in archive.infolist():
        name = _name(info)
        is_text = name.suffix.lower() == ".txt" and len(name.parts) <= 2 and not name.name.startswith(".")
        if not is_text or info.file_size > MAX_TEXT_BYTES or _refusal(info, name, name.parent):
            continue
        if name.name == ANONYMOUS or looks_like_chat(decoded(_head(archive, info, HEAD_BYTES))):
            yield info


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size_bytes: int) -> bytes:
    with archive.open(info) as member:
        return member.read(size_bytes)


def _unpack_all(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path, bounds: tuple[PurePosixPath, int]
) -> tuple[tuple[Path, ...], tuple[Failure, ...]]:
    home, budget_bytes = bounds
    files: dict[str, Path] = {}
    failures: list[Failure] = []
    for info in members:
        name = _name(info)
        reason = _refusal(info, name, home)
        if reason is None and unicodedata.normalize("NFC", name.name) in files:
            reason = "is in the archive twice under one name; the first was taken"
        if reason is None and info.file_size > budget_bytes:
            reason = "would unpack to far more than the archive can hold"
        if reason is None:
            budget_bytes -= info.file_size
            reason = _unpack_one(archive, info, target / name.name)
        if reason is None:
            files[unicodedata.normalize("NFC", name.name)] = target / name.name
        elif not name.name.startswith("._"):  # what macOS adds beside each file holds no sound
            failures.append(
                Failure(name.name, "source", f"{name.name}: {reason}", "unpack it yourself if you trust the archive")
            )
    return tuple(files.values()), tuple(failures)


def _refusal(info: zipfile.ZipInfo, name: PurePosixPath, home: PurePosixPath) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if len(name.name.encode()) > _MAX_NAME_BYTES:
        return "has a name longer than a file can have"
    if name.is_absolute() or ".." in name.parts or _UNSAFE_NAME.search(str(name)):
        return "the archive points outside its own folder"
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device in the archive"
    if name.parent != home or name.name.startswith("."):
        return "does not lie beside the chat in the archive"
    if info.flag_bits & 1:
        return "is encrypted in the archive"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that WhatsApp does not use"
    return "is larger than WhatsApp sends" if info.file_size > _MAX_MEMBER_BYTES else None


def _unpack_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> str | None:
    """Write one member, whole or not at all; the reason when its content cannot be had."""
    if _is_there(path, info):
        return None
    part = path.with_name(".part")
    try:
        with archive.open(info) as member, part.open("wb") as file:
            while chunk := member.read(_CHUNK_BYTES):  # never more than the member states; its checksum is compared
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except _DAMAGED:
        part.unlink(missing_ok=True)
        return "is damaged in the archive"
    return None


def _is_there(path: Path, info: zipfile.ZipInfo) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != info.file_size:
        return False
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            checksum = zlib.crc32(chunk, checksum)
    return checksum == info.CRC


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """The member's name; without the UTF-8 flag zipfile reads bytes as cp437, which many writers do not mean."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return PurePosixPath(name)
