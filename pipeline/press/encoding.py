"""Bytes of a text file become text.

In: bytes. Out: text with "\\n" line ends and without a byte order mark. Never fails: bytes that no candidate encoding
explains are read as UTF-8 with replacement characters.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,20})|<\?xml[^>]{0,80}?encoding=[\"']([\w-]{2,20})",
    re.I,
)
_META_BYTES: Final = 4096
_SAMPLE_BYTES: Final = 100_000
_CYRILLIC_ENCODINGS: Final = ("cp1251", "koi8-r", "cp866", "mac_cyrillic")
_FREQUENT: Final = frozenset("оеаинтсрвлкм")  # the commonest letters of Russian


def decode(data: bytes, markup: bool = False) -> str:
    """The text in ``data``; with ``markup``, a charset that the page declares is believed when it works."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _clean(data[len(mark) :].decode(encoding, errors="replace"))
    text = _without_mark(data) or _try(data, "utf-8")
    if text is None and markup:
        text = _try(data, _declared(data))
    if text is None:
        text = _try(data, _single_byte(data[:_SAMPLE_BYTES]))
    return _clean(text if text is not None else data.decode("utf-8", errors="replace"))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").replace("\x00", "")


def _try(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: every second byte is the zero of Latin or the four of Cyrillic text."""
    sample = data[:_META_BYTES]
    for high_bytes, encoding in ((sample[1::2], "utf-16-le"), (sample[::2], "utf-16-be")):
        if len(sample) > 3 and (high_bytes.count(0) + high_bytes.count(4)) * 2 > len(high_bytes):
            return _try(data, encoding)
    return None


def _declared(data: bytes) -> str | None:
    match = _META_CHARSET.search(data[:_META_BYTES])
    return (match[1] or match[2]).decode("ascii") if match else None


def _single_byte(sample: bytes) -> str:
    """The Cyrillic encoding in which the letters look most like Russian, or the Western one."""
    if sum(byte >= 0xC0 or 0x80 <= byte < 0xB0 for byte in sample) * 5 < len(sample):
        return "cp1252"
    return max(_CYRILLIC_ENCODINGS, key=lambda encoding: _likeness(sample.decode(encoding, errors="replace")))


def _likeness(text: str) -> float:
    """How Russian decoded text looks: frequent small letters, without capitals inside words and odd signs."""
    frequent = sum(char in _FREQUENT for char in text)
    odd = len(re.findall(r"[а-яё][А-ЯЁ]|[^\w\s.,:;!?()«»„“”\"'—–\-…№%/]", text))
    return frequent - 3 * odd
