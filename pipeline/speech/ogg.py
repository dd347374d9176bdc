"""Ogg pages with a fixed serial number: the same sound gives the same bytes.

In: an Ogg file as libsndfile wrote it, whose stream carries a random serial number. Out: the same file with the serial
number 1 and the page checksums to match. Never touches the sound.

Page layout: RFC 3533, section 6. The checksum is CRC-32 with the generator 0x04c11db7, most significant bit first,
started at zero; zlib computes its mirror image, least significant bit first.
"""

from __future__ import annotations

import struct
import zlib

_SERIAL = struct.pack("<I", 1)
_SERIAL_AT, _CHECKSUM_AT, _SEGMENTS_AT = 14, 22, 26
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def with_fixed_serial(data: bytes) -> bytes:
    """``data`` with every page's serial number set to 1; raises ValueError when it is not a whole Ogg file."""
    pages, place = [], 0
    while place < len(data):
        size = _page_bytes(data, place)
        page = bytearray(data[place : place + size])
        page[_SERIAL_AT : _SERIAL_AT + 4] = _SERIAL
        page[_CHECKSUM_AT : _CHECKSUM_AT + 4] = bytes(4)
        page[_CHECKSUM_AT : _CHECKSUM_AT + 4] = struct.pack("<I", checksum(bytes(page)))
        pages.append(bytes(page))
        place += size
    return b"".join(pages)


def checksum(page: bytes) -> int:
    """The checksum of a page whose checksum field is zero."""
    mirrored = zlib.crc32(page.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _page_bytes(data: bytes, place: int) -> int:
    if data[place : place + 4] != b"OggS" or len(data) <= place + _SEGMENTS_AT:
        raise ValueError(f"no Ogg page at byte {place}")
    segments = data[place + _SEGMENTS_AT]
    table = data[place + _SEGMENTS_AT + 1 : place + _SEGMENTS_AT + 1 + segments]
    return _SEGMENTS_AT + 1 + segments + sum(table)
