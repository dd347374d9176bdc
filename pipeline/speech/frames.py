"""Formats that are nothing but frames: MP3, ADTS and AMR.

In: bytes. Out: the size and the length of each frame, so that a file that was cut or damaged shows. Never decodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_FULL_RATE_KILOBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_HALF_RATE_KILOBITS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MP3_RATES_HZ = (44100, 48000, 32000)
_ADTS_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 1, 1)
_AMR_WIDE_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")


class Bytes(Protocol):
    """A byte string or a mapped file."""

    def __len__(self) -> int:
        """All bytes."""

    def __getitem__(self, key: slice, /) -> bytes:
        """Some of them."""

    def find(self, wanted: bytes, start: int = 0, /) -> int:
        """Where something begins, or -1."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One coded frame: how many bytes it takes and how long it sounds."""

    size_bytes: int
    duration_s: float


FrameAt = Callable[[Bytes, int], Frame | None]


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk over all frames found. ``whole`` is False when the last frame is cut or there is rubbish between."""

    duration_s: float
    whole: bool


def mp3_frame(data: Bytes, place: int) -> Frame | None:
    """The MPEG audio layer III frame at ``place`` (ISO 11172-3, 2.4.1.3; ISO 13818-3), or None."""
    header = data[place : place + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate_index, rate_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate_index in (0, 15) or rate_index == 3:
        return None  # reserved values, or another layer
    rate_hz = _MP3_RATES_HZ[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    full_rate = version == 3
    kilobits = (_FULL_RATE_KILOBITS if full_rate else _HALF_RATE_KILOBITS)[bitrate_index]
    samples = 1152 if full_rate else 576
    return Frame(samples // 8 * kilobits * 1000 // rate_hz + padding, samples / rate_hz)


def adts_frame(data: Bytes, place: int) -> Frame | None:
    """The ADTS frame of AAC at ``place`` (ISO 13818-7, 6.2), or None."""
    header = data[place : place + 7]
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return None
    size_bytes = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if size_bytes < 7:
        return None
    return Frame(size_bytes, 1024 * ((header[6] & 3) + 1) / _ADTS_RATES_HZ[header[2] >> 2 & 15])


def amr_frame(sizes: tuple[int, ...]) -> FrameAt:
    """How to read a frame of AMR storage format (RFC 4867, 5.3): 20 ms, its size told by its type."""

    def frame_at(data: Bytes, place: int) -> Frame | None:
        header = data[place : place + 1]
        if not header or header[0] & 0x83 or not sizes[header[0] >> 3 & 15]:
            return None
        return Frame(sizes[header[0] >> 3 & 15], 0.02)

    return frame_at


def amr_start(data: Bytes) -> tuple[int, FrameAt]:
    """Where the frames of an AMR file begin, and how to read them."""
    wide = data[0:9] == b"#!AMR-WB\n"
    return (9, amr_frame(_AMR_WIDE_BYTES)) if wide else (6, amr_frame(_AMR_BYTES))


def walk(data: Bytes, place: int, frame_at: FrameAt) -> Walk:
    """Go from frame to frame up to the end, or to a tag at the end; step over what is no frame."""
    duration_s, whole = 0.0, True
    while place < len(data):
        frame = frame_at(data, place)
        if frame and place + frame.size_bytes <= len(data):
            duration_s += frame.duration_s
            place += frame.size_bytes
        elif data[place : place + 16].startswith(_TAGS) or not data[place : place + 4096].strip(b"\0"):
            break
        else:
            whole = False
            place = _next_frame(data, place + 1, frame_at)
    return Walk(duration_s, whole)


def _next_frame(data: Bytes, place: int, frame_at: FrameAt) -> int:
    """The next place where one frame follows another."""
    while place < len(data):
        frame = frame_at(data, place)
        if frame and frame_at(data, place + frame.size_bytes):
            return place
        place += 1
    return place
