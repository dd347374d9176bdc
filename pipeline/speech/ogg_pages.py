"""The pages of an Ogg file: its chain of streams, how long each claims to be, and what is missing.

In: the bytes of a file. Out: its links, with claims. Page checksums and numbers are checked, because decoders step over
a damaged or missing page without a word. Never decodes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.speech.claims import Claim
from pipeline.speech.frames import Bytes
from pipeline.speech.ogg import checksum

_KEPT_PAGES = 16


@dataclass(frozen=True, slots=True)
class OggLink:
    """One stream of a chained Ogg file: its place in the file, and its claim."""

    start_byte: int
    end_byte: int
    streams: int  # streams of sound that play at the same time
    claim: Claim
    whole: bool  # no page is missing or damaged
    opus_rate_hz: int = 0  # the rate that was coded in Opus; 0 when it is another coding

    @property
    def usual_opus(self) -> bool:
        """Whether it is what messengers send, and nothing is odd about it."""
        return self.opus_rate_hz == 48000 and self.whole and self.streams == 1 and self.claim.ended


@dataclass(frozen=True, slots=True)
class _Page:
    start_byte: int
    end_byte: int
    kind: int  # 1 continued, 2 first of its stream, 4 last of its stream
    granule: int
    serial: int
    number: int  # counts the pages of a stream
    lacing: bytes
    body: bytes
    sound: bool  # its checksum is right

    @property
    def first(self) -> bool:
        return bool(self.kind & 2)

    @property
    def last(self) -> bool:
        return bool(self.kind & 4)


@dataclass(slots=True)
class _Link:
    """A link while its pages come in. Only its first pages are kept, so that its memory stays small."""

    start_byte: int
    whole: bool = True
    pages: list[_Page] = field(default_factory=list)
    streams: set[int] = field(default_factory=set)
    numbers: dict[int, int] = field(default_factory=dict)
    granule: int = -1
    ended: bool = False

    def add(self, page: _Page) -> None:
        """Take the next sound page."""
        self.whole = self.whole and page.number == self.numbers.get(page.serial, page.number)
        self.numbers[page.serial] = page.number + 1
        if page.first and _clock(page.body)[0]:
            self.streams.add(page.serial)
        if self.pages and page.serial != self.pages[0].serial:
            return
        if len(self.pages) < _KEPT_PAGES:
            self.pages.append(page)
        self.granule = max(self.granule, page.granule)
        self.ended = page.last


def ogg_links(data: Bytes) -> tuple[OggLink, ...]:
    """The chain of an Ogg file: a new link begins where a stream starts after the pages of another (RFC 3533)."""
    links: list[_Link] = []
    heading = False
    for page in _pages(data):
        if not links or (page.sound and page.first and not heading):
            links.append(_Link(page.start_byte))
        if page.sound:
            links[-1].add(page)
            heading = page.first
        else:
            links[-1].whole = False
    if not links:
        return ()
    ends = [link.start_byte for link in links[1:]] + [len(data)]
    return tuple(_finished(link, end) for link, end in zip(links, ends, strict=True))


def ends_ms(head: Bytes, tail: Bytes) -> float | None:
    """The length by the first page and the last position alone: right for a single stream that begins at 0."""
    first = next(_pages(head), None)
    last = max((page.granule for page in _pages(tail)), default=-1)
    rate_hz, skipped = _clock(first.body) if first else (0, 0)
    return max(0, last - skipped) * 1000 / rate_hz if rate_hz and last >= 0 else None


def _finished(link: _Link, end_byte: int) -> OggLink:
    claim = Claim(_claimed_ms(link), link.ended)
    rate_hz = _opus_rate_hz(link.pages[0].body) if link.pages else 0
    return OggLink(link.start_byte, end_byte, len(link.streams), claim, link.whole, rate_hz)


def _claimed_ms(link: _Link) -> float | None:
    """The position of the last page less where the clock starts; None when several streams share the link."""
    if not link.pages or len(link.streams) > 1 or link.granule < 0:
        return None
    head = link.pages[0].body
    rate_hz, skipped = _clock(head)
    if not rate_hz:
        return None
    start = _opus_start(link.pages) if head.startswith(b"OpusHead") else 0
    return max(0, link.granule - max(start, 0) - skipped) * 1000 / rate_hz


def _clock(body: bytes) -> tuple[int, int]:
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


def _opus_rate_hz(body: bytes) -> int:
    """The rate before coding, which a decoder may keep to (RFC 7845, 5.1); 0 for another coding or more channels."""
    simple = body.startswith(b"OpusHead") and len(body) >= 19 and not body[18]
    return int(struct.unpack_from("<I", body, 12)[0]) if simple else 0


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


def _pages(data: Bytes) -> Iterator[_Page]:
    """Every page that has its whole body in the file; rubbish between pages is stepped over."""
    position = data.find(b"OggS")
    while position >= 0:
        header = data[position : position + 27]
        if len(header) < 27:
            return
        kind, parts = header[5], header[26]
        granule, serial, number, stated = struct.unpack_from("<qIII", header, 6)
        body_byte = position + 27 + parts
        lacing = data[position + 27 : body_byte]
        end_byte = body_byte + sum(lacing)
        if len(lacing) == parts and end_byte <= len(data):
            body = data[body_byte:end_byte]
            sound = stated == checksum(header[:22] + bytes(4) + header[26:] + lacing + body)
            yield _Page(position, end_byte, kind, granule, serial, number, lacing, body, sound)
            position = data.find(b"OggS", end_byte if sound else position + 4)
        else:
            position = data.find(b"OggS", position + 4)
