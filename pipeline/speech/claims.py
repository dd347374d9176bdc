"""How much audio a file says that it holds.

In: the bytes of a file and its container. Out: the claimed length where the format states one (see ``ogg`` for Ogg).
Never decodes, never trusts a number further than comparing it with what was decoded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pipeline.speech import container as containers
from pipeline.speech.container import Container, tag_bytes
from pipeline.speech.frames import Bytes, adts_frame, amr_start, mp3_frame, walk


@dataclass(frozen=True, slots=True)
class Claim:
    """``duration_ms`` is None where the format states no length. ``ended`` is False when an end mark is missing."""

    duration_ms: float | None
    ended: bool = True


def claim(data: Bytes, container: Container) -> Claim:
    """What the headers of a wav or flac file say, or the frames of an mp3, aac or amr file; else no claim."""
    readers = {
        containers.WAV: _wav,
        containers.FLAC: _flac,
        containers.MP3: _mp3,
        containers.AAC: _aac,
        containers.AMR: _amr,
    }
    reader = readers.get(container)
    if reader is None:
        return Claim(None)
    try:
        return reader(data)
    except (struct.error, IndexError, ZeroDivisionError):
        return Claim(None)  # a header that ends early claims nothing


def _wav(data: Bytes) -> Claim:
    """RIFF: the size of ``data`` over the bytes a second of ``fmt``; a writer that streamed leaves 0 or all ones.

    What stands behind the sound has to be chunks too: rubbish there is sound that the header does not count.
    """
    position, bytes_per_second, claimed_ms = 12, 0, None
    while len(header := data[position : position + 8]) == 8:
        name, size = header[:4], struct.unpack_from("<I", header, 4)[0]
        if not all(32 <= byte < 127 for byte in name):
            return Claim(claimed_ms, not any(name))  # zeros are padding
        if name == b"fmt ":
            bytes_per_second = struct.unpack_from("<I", data[position + 8 : position + 24], 8)[0]
        if name == b"data" and not 0 < size < 0xFFFFFF00:
            return Claim(None)
        if name == b"data" and bytes_per_second:
            claimed_ms = size * 1000 / bytes_per_second
        position += 8 + size + size % 2
    return Claim(claimed_ms)


def _flac(data: Bytes) -> Claim:
    """STREAMINFO: 20 bits of sample rate, 36 bits of total samples (0 is unknown)."""
    start = tag_bytes(data[:10]) + 8
    info = data[start : start + 34]
    rate_hz, total = int.from_bytes(info[10:13]) >> 4, int.from_bytes(info[13:18]) & 0xFFFFFFFFF
    return Claim(total * 1000 / rate_hz if total and rate_hz else None)


def _mp3(data: Bytes) -> Claim:
    """The frame count of a Xing, Info or VBRI header in the first frame; without one, the frames are counted."""
    start = tag_bytes(data[:10])
    start += len(data[start : start + 65536]) - len(data[start : start + 65536].lstrip(b"\0"))
    found = walk(data, start, mp3_frame)
    first = mp3_frame(data, start)
    head = data[start : start + 200]
    counted = _mp3_count(head) if first else None
    if counted is None or first is None:
        return Claim(found.duration_s * 1000, found.whole)
    samples = 1152 if head[1] >> 3 & 3 == 3 else 576
    count, trimmed = counted
    return Claim(max(0, count - trimmed / samples) * first.duration_s * 1000, found.whole)


def _mp3_count(head: bytes) -> tuple[int, int] | None:
    """Frames, and samples to trim, as the first frame states them."""
    mono, full_rate = head[3] >> 6 == 3, head[1] >> 3 & 3 == 3
    tag = 4 + ((17 if mono else 32) if full_rate else (9 if mono else 17))
    if head[tag : tag + 4] in (b"Xing", b"Info") and head[tag + 7] & 1:
        gaps = int.from_bytes(head[tag + 141 : tag + 144]) if head[tag + 120 : tag + 124].strip(b"\0") else 0
        return struct.unpack_from(">I", head, tag + 8)[0], (gaps >> 12) + (gaps & 0xFFF)
    if head[36:40] == b"VBRI":
        return struct.unpack_from(">I", head, 50)[0], 0
    return None


def _aac(data: Bytes) -> Claim:
    found = walk(data, tag_bytes(data[:10]), adts_frame)
    return Claim(found.duration_s * 1000, found.whole)


def _amr(data: Bytes) -> Claim:
    found = walk(data, *amr_start(data))
    return Claim(found.duration_s * 1000, found.whole)
