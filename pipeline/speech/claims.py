"""How much audio a file says that it holds.

In: an open file and its container. Out: the claimed length where the format states one, and the links of a chained Ogg
file. Never decodes, never trusts a number further than comparing it with what was decoded.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.speech import container as containers
from pipeline.speech.container import Container, mp3_rate_hz, tag_bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """``duration_ms`` is None where the format states no length. ``ended`` is False when an end mark is missing."""

    duration_ms: float | None
    ended: bool = True


@dataclass(frozen=True, slots=True)
class OggLink:
    """One stream of a chained Ogg file: its place in the file, and its claim."""

    start_byte: int
    end_byte: int
    streams: int  # logical streams that play at the same time
    claim: Claim


@dataclass(frozen=True, slots=True)
class _Page:
    start_byte: int
    end_byte: int
    kind: int  # 1 continued, 2 first of its stream, 4 last of its stream
    granule: int
    serial: int
    lacing: bytes
    body: bytes  # the first bytes of the page's content


def claim(file: BinaryIO, container: Container) -> Claim:
    """What the headers of a wav, flac or mp3 file say; no claim for anything else."""
    readers = {containers.WAV: _wav, containers.FLAC: _flac, containers.MP3: _mp3}
    reader = readers.get(container)
    if reader is None:
        return Claim(None)
    try:
        return Claim(reader(file))
    except (struct.error, IndexError, ZeroDivisionError, KeyError):
        return Claim(None)  # a header that ends early claims nothing


def ogg_links(file: BinaryIO) -> tuple[OggLink, ...]:
    """The chain of an Ogg file: a new link begins where a stream starts after the pages of another (RFC 3533)."""
    links: list[list[_Page]] = []
    for page in _pages(file):
        first = bool(page.kind & 2)
        if not links or (first and not links[-1][-1].kind & 2):
            links.append([])
        _keep(links[-1], page)
    ends = [pages[0].start_byte for pages in links[1:]] + [_size(file)]
    return tuple(_link(pages, end) for pages, end in zip(links, ends, strict=True))


def _keep(pages: list[_Page], page: _Page) -> None:
    """A link's memory stays small: all first pages, the first pages of sound, and the last."""
    if len(pages) > 16 and not page.kind & 2:
        pages[-1] = page
    else:
        pages.append(page)


def _link(pages: list[_Page], end_byte: int) -> OggLink:
    streams = {page.serial for page in pages if page.kind & 2}
    serial = pages[0].serial
    own = [page for page in pages if page.serial == serial]
    last = max((page.granule for page in own), default=-1)
    ended = bool(own[-1].kind & 4)
    rate_hz, skipped = _ogg_clock(own[0].body)
    if not rate_hz or last < 0 or len(streams) > 1:
        return OggLink(pages[0].start_byte, end_byte, len(streams), Claim(None, ended))
    first = _opus_start(own) if own[0].body.startswith(b"OpusHead") else 0
    duration_ms = max(0, last - max(first, 0) - skipped) * 1000 / rate_hz
    return OggLink(pages[0].start_byte, end_byte, len(streams), Claim(duration_ms, ended))


def _ogg_clock(body: bytes) -> tuple[int, int]:
    """Ticks a second of the granule position and the ticks to skip, from a stream's first packet."""
    if body.startswith(b"OpusHead") and len(body) >= 12:
        return 48000, struct.unpack_from("<H", body, 10)[0]  # RFC 7845, 4 and 5.1
    if body.startswith(b"\x01vorbis") and len(body) >= 16:
        return struct.unpack_from("<I", body, 12)[0], 0
    if body.startswith(b"Speex   ") and len(body) >= 40:
        return struct.unpack_from("<I", body, 36)[0], 0
    if body.startswith(b"\x7fFLAC") and len(body) >= 31:
        return int.from_bytes(body[27:30]) >> 4, 0
    return 0, 0


def _opus_start(pages: list[_Page]) -> int:
    """Where the clock of an Opus stream starts: the first page's position less the length of its packets."""
    for page in pages:
        if page.granule > 0:
            if page.kind & 5:
                return 0  # it began on an earlier page, or its end was trimmed
            return page.granule - _opus_ticks(page)
    return 0


def _opus_ticks(page: _Page) -> int:
    """How many 48 kHz ticks the packets of a page last (RFC 6716, 3.1); 0 when its content is not at hand."""
    if sum(page.lacing) > len(page.body):
        return page.granule
    ticks = position = size = 0
    for part in page.lacing:
        size += part
        if part < 255:
            ticks += _opus_packet_ticks(page.body[position : position + size])
            position += size
            size = 0
    return ticks


def _opus_packet_ticks(packet: bytes) -> int:
    if not packet:
        return 0
    setting, code = packet[0] >> 3, packet[0] & 3
    if setting < 12:
        frame = (480, 960, 1920, 2880)[setting & 3]
    elif setting < 16:
        frame = (480, 960)[setting & 1]
    else:
        frame = (120, 240, 480, 960)[setting & 3]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
    return frame * count


def _pages(file: BinaryIO) -> Iterator[_Page]:
    """Every page that has its whole body in the file; garbage between pages is stepped over."""
    size = _size(file)
    position = 0
    while True:
        position = _next_page(file, position)
        if position < 0:
            return
        header = _read(file, position, 27)
        if len(header) < 27:
            return
        kind, granule, serial, parts = header[5], *struct.unpack_from("<qI", header, 6), header[26]
        lacing = _read(file, position + 27, parts)
        body_byte = position + 27 + parts
        end_byte = body_byte + sum(lacing)
        if len(lacing) < parts or end_byte > size:
            return
        # Only the head of a stream and its first sound are looked into.
        yield _Page(position, end_byte, kind, granule, serial, lacing, _read(file, body_byte, min(sum(lacing), 65536)))
        position = end_byte


def _next_page(file: BinaryIO, position: int) -> int:
    while True:
        chunk = _read(file, position, 65536)
        found = chunk.find(b"OggS")
        if found >= 0:
            return position + found
        if len(chunk) < 65536:
            return -1
        position += len(chunk) - 3


def _wav(file: BinaryIO) -> float | None:
    """RIFF: the size of ``data`` over the bytes a second of ``fmt``; a writer that streamed leaves 0 or all ones."""
    position, bytes_per_second = 12, 0
    while len(header := _read(file, position, 8)) == 8:
        name, size = header[:4], struct.unpack_from("<I", header, 4)[0]
        if name == b"fmt ":
            bytes_per_second = struct.unpack_from("<I", _read(file, position + 8, 16), 8)[0]
        if name == b"data":
            return size * 1000 / bytes_per_second if 0 < size < 0xFFFFFF00 and bytes_per_second else None
        position += 8 + size + size % 2
    return None


def _flac(file: BinaryIO) -> float | None:
    """STREAMINFO: 20 bits of sample rate, 36 bits of total samples (0 is unknown)."""
    info = _read(file, tag_bytes(_read(file, 0, 10)) + 8, 34)
    rate_hz, total = int.from_bytes(info[10:13]) >> 4, int.from_bytes(info[13:18]) & 0xFFFFFFFFF
    return total * 1000 / rate_hz if total and rate_hz else None


def _mp3(file: BinaryIO) -> float | None:
    """The frame count of a Xing, Info or VBRI header in the first frame; without one there is no claim."""
    frame = _read(file, tag_bytes(_read(file, 0, 10)), 200)
    samples = 1152 if frame[1] >> 3 & 3 == 3 else 576
    mono = frame[3] >> 6 == 3
    side = (17 if mono else 32) if samples == 1152 else (9 if mono else 17)
    tag = 4 + side
    count = trimmed = 0
    if frame[tag : tag + 4] in (b"Xing", b"Info") and frame[tag + 7] & 1:
        count = struct.unpack_from(">I", frame, tag + 8)[0]
        lame = tag + 120
        if frame[lame : lame + 4] in (b"LAME", b"Lavf", b"Lavc"):
            gaps = int.from_bytes(frame[lame + 21 : lame + 24])
            trimmed = (gaps >> 12) + (gaps & 0xFFF)
    elif frame[36:40] == b"VBRI":
        count = struct.unpack_from(">I", frame, 50)[0]
    return max(0, count * samples - trimmed) * 1000 / mp3_rate_hz(frame) if count else None


def _read(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
