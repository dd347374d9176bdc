"""Records to JSON and back.

In: frozen records, or bytes that anybody may have written. Out: canonical UTF-8 JSON (the same record always gives the
same bytes), or a validated record. Fields that hold nothing are left out. Never opens a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from pipeline.errors import EvidenceError

Record = TypeVar("Record")
MAJOR_VERSION = 1


def encode(record: object, schema: str) -> bytes:
    """One record as an indented JSON file that starts with its schema."""
    content = {"schema": f"voxquote.{schema}/{MAJOR_VERSION}", **_without_empty(record)}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def encode_lines(records: Iterable[object]) -> bytes:
    """Records as JSON lines."""
    lines = (json.dumps(_without_empty(record), ensure_ascii=False) + "\n" for record in records)
    return "".join(lines).encode("utf-8")


def decode(data: bytes, kind: type[Record], schema: str, name: str) -> Record:
    """The record in a JSON file; ``name`` is the file's name for messages.

    Raises EvidenceError when the file is damaged, of another schema, or of a newer version than this program knows.
    """
    check_schema(data, schema, name)
    return _decoded(data, kind, name)


def decode_lines(data: bytes, kind: type[Record], name: str) -> Iterator[Record]:
    """The records in a JSON-lines file; empty lines are skipped."""
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield _decoded(line, kind, f"{name}, line {number}")


def check_schema(data: bytes, schema: str, name: str) -> None:
    """Raise EvidenceError unless ``data`` announces ``schema`` in a version that this program knows."""
    announced = _decoded(data, _Announced, name).schema
    kind, _, version = announced.partition("/")
    if kind != f"voxquote.{schema}" or not version.isdecimal():
        raise EvidenceError(
            f"{name} is not a voxquote.{schema} file",
            "docs/formats.md describes the files of a case",
        )
    if int(version) > MAJOR_VERSION:
        raise EvidenceError(
            f"{name} was written by a newer voxquote (schema {announced})",
            "install that version, or start a new case folder",
        )


class _Announced(msgspec.Struct):
    schema: str = ""


def _decoded(data: bytes, kind: type[Record], name: str) -> Record:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(
            f"{name} cannot be read: {error}",
            "restore the file, or delete it and run the stage that makes it again",
        ) from error


def _without_empty(record: object) -> dict[str, Any]:
    """The record's fields as plain values, those that may be missing and hold nothing left out."""
    plain: dict[str, Any] = _strip(msgspec.to_builtins(record))
    return plain


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_strip(item) for item in value]
    return value
