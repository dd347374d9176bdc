"""WhatsApp exports: a folder, a zip file, or the text of the chat itself.

In: the path, a folder to unpack zip files into, and the order of day and month where the user told it. Out: a Listing
of the recordings that the chat names, with sender, time and origin, then of those that lie beside it unnamed. A name in
the text is only ever compared with the files that are there: it never becomes a path. Never lists links and devices.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import Failure, SourceFile
from pipeline.sources import folder
from pipeline.sources.listing import Listing
from pipeline.sources.whatsapp import archive, chat, dates
from pipeline.sources.whatsapp.chat import Chat, Item
from pipeline.sources.whatsapp.dates import Order

__all__ = ["Order", "archives_in", "read", "recognises"]

_STAGE = "source"
_ENDINGS = frozenset(folder.endings().split())
_SILENT = "-GIF-"  # moving pictures, stored as video without sound
_MAX_LINES_TOLD = 20


@dataclass(frozen=True, slots=True)
class _Export:
    """Texts by name, recordings, the name of the whole, and what each recording's origin says of it."""

    texts: tuple[tuple[str, bytes], ...]
    files: tuple[Path, ...]
    title: str
    origin: dict[str, str] = field(default_factory=dict)

    def by_name(self) -> dict[str, Path]:
        """The recordings by the names that a text can print; of two that look the same the first."""
        return {_printed(path.name): path for path in reversed(self.files)}


@dataclass(frozen=True, slots=True)
class _Claim:
    """A message that names a recording."""

    file: SourceFile
    item: Item


def recognises(source: Path) -> bool:
    """Whether ``source`` is a chat's text, a folder that holds one, or a zip file."""
    if source.is_dir():
        return bool(_texts_in(source))
    return source.is_file() and (source.suffix.lower() == ".zip" or _is_chat(source))


def archives_in(root: Path) -> tuple[Path, ...]:
    """The zipped exports directly in ``root``, in the order of names."""
    zips = (path for path in _regular_files(root) if path.suffix.lower() == ".zip")
    return tuple(path for path in zips if archive.holds_chat(path))


def read(source: Path, workspace: Path | None = None, date_order: Order | None = None) -> Listing:
    """The recordings of an export: in the order of its messages, then (unless a text was given) those no message names.

    ``workspace`` is where a zip file's recordings are unpacked; without it a zip file is an InputError. ``date_order``
    says how dates are meant that the chat does not settle; without it they stay open and a Failure asks.
    """
    export, failures = _open(source, workspace)
    by_name = export.by_name()
    claims: dict[Path, list[_Claim]] = {}
    for name, data in export.texts:
        content = chat.read(chat.decoded(data))
        order = date_order or _settled(content)
        for item in content.items:
            if item.name is not None and not _is_audio(item.name):
                continue
            path = by_name.get(_printed(item.name)) if item.name else None
            if path is None:
                failures.append(_lost(item, name))
            else:
                origin = _origin(item, export, name)
                claims.setdefault(path, []).append(_Claim(_source_file(path, item, origin, order), item))
        failures += _questions(name, content, order)
    unnamed = () if _is_text(source) else (path for path in export.files if path not in claims)
    files = [*map(_believed, claims.values()), *(SourceFile(path, origin=export.origin or None) for path in unnamed)]
    if not files and not failures and not source.is_dir():
        raise InputError(f"{source.name} names no voice message", "export the chat again with media included")
    return Listing(tuple(files), tuple(failures), _told_by(source))


def _open(source: Path, workspace: Path | None) -> tuple[_Export, list[Failure]]:
    if not source.is_dir() and not _is_text(source):
        if workspace is None:
            raise InputError(f"{source.name} is a zip file", "unpack it and name the folder")
        unpacked = archive.unpack(source, workspace, _is_audio)
        origin = {"source": "whatsapp", "archive": source.name}
        return _Export(unpacked.texts, unpacked.files, source.stem, origin), list(unpacked.failures)
    root = source.parent if _is_text(source) else source
    texts = (source,) if _is_text(source) else _texts_in(root)
    files = tuple(path for path in _regular_files(root) if _is_audio(path.name))
    return _Export(tuple((path.name, _bytes(path)) for path in texts), files, root.resolve().name), []


def _told_by(source: Path) -> tuple[Path, ...]:
    """The texts of an export, or the zip file that holds them."""
    return _texts_in(source) if source.is_dir() else (source,)


def _lost(item: Item, text_name: str) -> Failure:
    place = f"{text_name}, line {item.line}"
    if item.name is None:
        return Failure(place, _STAGE, f"{place}: a file was left out of the export", "export the chat with media")
    message = f"{place}: the recording that it names is not beside the chat"
    return Failure(place, _STAGE, message, "copy the missing file into the export, or export the chat again")


def _origin(item: Item, export: _Export, text_name: str) -> dict[str, str]:
    title = export.title if text_name == archive.ANONYMOUS else text_name.removesuffix(".txt")
    return {"source": "whatsapp", "chat": title, "message": str(item.line), **export.origin}


def _source_file(path: Path, item: Item, origin: dict[str, str], order: Order | None) -> SourceFile:
    sent_at = dates.sent_at(item.stamp, order)
    told = origin if sent_at else {**origin, "date": item.stamp.text}
    return SourceFile(path, sent_at, item.sender or None, told)


def _believed(claims: list[_Claim]) -> SourceFile:
    """What the first message says that bears WhatsApp's own mark, else the first; the others are told by line."""
    chosen = min(claims, key=lambda claim: not claim.item.marked)
    lines = [str(claim.item.line) for claim in claims if claim is not chosen]
    if not lines:
        return chosen.file
    origin = {**(chosen.file.origin or {}), "also_named_in_lines": ", ".join(lines[:_MAX_LINES_TOLD])}
    return replace(chosen.file, origin=origin)


def _settled(content: Chat) -> Order | None:
    named = ((item.stamp, dates.named_day(item.name)) for item in content.items if item.name)
    return dates.settle(content.stamps, ((stamp, day) for stamp, day in named if day is not None))


def _questions(name: str, content: Chat, order: Order | None) -> Iterator[Failure]:
    """One record for a chat whose recordings have dates that cannot be read in one way only, one for an empty chat."""
    if content.messages == 0:
        hint = "its recordings are listed without sender and time; export the chat again"
        yield Failure(name, _STAGE, f"{name}: no line of it reads as a message", hint)
    audio = (item for item in content.items if item.name and _is_audio(item.name))
    open_dates = sum(dates.sent_at(item.stamp, order) is None for item in audio)
    if open_dates:
        message = f"{name}: {open_dates} recordings have no time, for day and month can be read both ways"
        yield Failure(name, _STAGE, message, "say which number of a date comes first: --date-order day, month or year")


def _texts_in(root: Path) -> tuple[Path, ...]:
    return tuple(path for path in _regular_files(root) if _is_chat(path))


def _is_chat(path: Path) -> bool:
    if not _is_text(path):
        return False
    if path.name == archive.ANONYMOUS:
        return True
    try:
        with path.open("rb") as file:
            return chat.looks_like_chat(chat.decoded(file.read(archive.HEAD_BYTES)))
    except OSError:
        return False  # a text that is no recording and cannot be opened is no loss


def _regular_files(root: Path) -> list[Path]:
    """The visible files of a folder in the order of names; no links, no devices, nothing below."""
    try:
        with os.scandir(root) as entries:
            found = [e.name for e in entries if not e.name.startswith(".") and e.is_file(follow_symlinks=False)]
    except OSError as error:
        raise InputError(f"{root.name} cannot be listed: {error.strerror}", "check its permissions") from error
    return [root / name for name in sorted(found)]


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(archive.MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error
    if len(data) > archive.MAX_TEXT_BYTES:
        raise InputError(f"{path.name} is too large for a chat", "export a part of the chat")
    return data


def _is_text(path: Path) -> bool:
    return path.suffix.lower() == ".txt"


def _is_audio(name: str) -> bool:
    return Path(name).suffix.lower() in _ENDINGS and _SILENT not in name


def _printed(name: str) -> str:
    """A name as it is compared: a Mac writes letters and their accents apart, a chat's invisible marks are dropped."""
    return unicodedata.normalize("NFC", chat.shown(name))
