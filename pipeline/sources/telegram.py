r"""Telegram Desktop exports: a folder with ``result.json``, of one chat or of a whole account.

In: the folder, or the file itself. Out: a Listing of its voice messages, video notes and audio files, with sender, time
and origin. Never opens what ``result.json`` points to outside the folder: absolute paths, ``..``, links, devices, URLs
become failures. The export writes ``\xNN`` where JSON knows only ``\u00NN``; that is read as meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pipeline.errors import InputError
from pipeline.records import Failure, SourceFile
from pipeline.sources.listing import Listing

_RESULT = "result.json"
_AUDIO = frozenset({"voice_message", "video_message", "audio_file"})
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_BAD_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9a-fA-F]{2})")
_STAGE = "source"


def recognises(source: Path) -> bool:
    """Whether ``source`` is an export's folder or its result.json."""
    return (source.name == _RESULT and source.is_file()) or (source / _RESULT).is_file()


def read(source: Path) -> Listing:
    """The audio messages of an export, in its order; raises InputError when result.json is not what it should be."""
    result = source if source.name == _RESULT and source.is_file() else source / _RESULT
    files: list[SourceFile] = []
    failures: list[Failure] = []
    for chat in _chats(_load(result)):
        for message in _audio_messages(chat):
            item = _source_file(message, _text(chat.get("name")) or "", result.parent)
            files.append(item) if isinstance(item, SourceFile) else failures.append(item)
    if not files and not failures:
        raise InputError(f"{result.name} lists no voice message", "export the chat again with voice messages included")
    return Listing(tuple(files), tuple(failures), (result,))


def _load(result: Path) -> Mapping[str, Any]:
    try:
        text = result.read_text(encoding="utf-8")
        content = json.loads(_BAD_ESCAPE.sub(r"\1\\u00\2", text))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{result.name} cannot be read: {type(error).__name__}", "export the chat again as JSON"
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"{result.name} is not a Telegram export", "export the chat as machine-readable JSON")
    return content


def _chats(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One chat, or the chats (and left chats) of a whole account."""
    if isinstance(content.get("messages"), list):
        yield content
    for group in ("chats", "left_chats"):
        listed = content.get(group)
        if isinstance(listed, dict) and isinstance(listed.get("list"), list):
            yield from (chat for chat in listed["list"] if isinstance(chat, dict))


def _audio_messages(chat: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    messages = chat.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and (message.get("media_type") in _AUDIO or _is_audio(message)):
            yield message


def _is_audio(message: Mapping[str, Any]) -> bool:
    return "file" in message and str(message.get("mime_type", "")).startswith("audio/")


def _source_file(message: Mapping[str, Any], chat: str, root: Path) -> SourceFile | Failure:
    name = message.get("file")
    origin = _origin(message, chat)
    if not isinstance(name, str) or name.startswith("("):
        label = f"message {origin.get('message', '?')}"
        return Failure(
            label, _STAGE, f"{label}: its audio is not in the export", "export again with voice messages included"
        )
    path = _inside(name, root)
    name = _HALF_CHARACTER.sub("\ufffd", name)
    if path is None:
        return Failure(
            PurePosixPath(name).name,
            _STAGE,
            f"{PurePosixPath(name).name}: the export points outside its own folder",
            "it was not opened; copy the file into the export's folder if you trust it",
        )
    if not path.is_file():
        return Failure(
            name, _STAGE, f"{path.name} is listed in the export but not there", "copy the missing file into the export"
        )
    return SourceFile(path, _sent_at(message), _text(message.get("from")), origin, _claimed_ms(message))


def _inside(name: str, root: Path) -> Path | None:
    """``name`` below ``root``; None for whatever could lead elsewhere."""
    pure, windows = PurePosixPath(name), PureWindowsPath(name)
    if (
        pure.is_absolute()
        or windows.drive
        or windows.root
        or ".." in windows.parts
        or "\0" in name
        or ":" in name
        or _HALF_CHARACTER.search(name)
    ):
        return None
    path = root
    for part in pure.parts:
        path = path / part
        if path.is_symlink():
            return None
    return path


def _sent_at(message: Mapping[str, Any]) -> str | None:
    """UTC where the export gives it; older exports give only the exporter's local time, without a zone."""
    unix_time = str(message.get("date_unixtime", ""))
    if re.fullmatch(r"\d{1,11}", unix_time):
        return datetime.fromtimestamp(int(unix_time), UTC).isoformat()
    return _text(message.get("date"))


def _claimed_ms(message: Mapping[str, Any]) -> int | None:
    seconds = message.get("duration_seconds")
    return int(seconds * 1000) if isinstance(seconds, int) and 0 <= seconds < 10**7 else None


def _origin(message: Mapping[str, Any], chat: str) -> dict[str, str]:
    known = {
        "source": "telegram",
        "chat": chat,
        "message": message.get("id"),
        "kind": message.get("media_type"),
        "forwarded_from": _text(message.get("forwarded_from")),
        "reply_to": message.get("reply_to_message_id"),
    }
    return {key: str(value) for key, value in known.items() if value not in (None, "")}


def _text(value: object) -> str | None:
    """Text as a case file can keep it: half of a surrogate pair is no character."""
    return _HALF_CHARACTER.sub("\ufffd", value) if isinstance(value, str) and value else None
