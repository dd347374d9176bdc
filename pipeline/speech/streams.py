"""The sound of a file, block by block, at its own rate.

In: the bytes of a file and its whitelisted container. Out: blocks of float32 frames, and a survey of what the file
claims and of what went wrong on the way. libsndfile goes first, FFmpeg's libraries take what it does not read. Runs in
the decoder process only. Never opens a file by name, never lets a library guess the container.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import av
import av.subtitles.stream  # PyAV loads it with the first file, when this process may no longer open anything
import numpy as np
import numpy.typing as npt
import soundfile

from pipeline.speech.claims import claim
from pipeline.speech.container import AAC, AMR, MATROSKA, MP3, MP4, OGG, Container
from pipeline.speech.frames import Bytes
from pipeline.speech.ogg_pages import ogg_links

BLOCK_FRAMES = 1 << 15
GAP_MS = 100
"""A jump of the clock that is filled with silence; less is the rounding of a container's ticks."""
CODED_MS = {MP4: 100.0, MATROSKA: 30.0, MP3: 30.0, AAC: 30.0, AMR: 5.0}
"""How much less than claimed is usual: coders begin and end with a frame or two that decoders leave out, and an MP4 may
count them."""

Frames = npt.NDArray[np.float32]


class UndecodableError(Exception):
    """The file is not what its first bytes say. The text is ours and names nothing from the file."""


@dataclass(frozen=True, slots=True)
class Block:
    """Sound: ``frames`` is float32 [frames, channels] in -1..1; ``link`` counts the parts of a chained file."""

    frames: Frames
    rate_hz: int
    link: int = 0


@dataclass(slots=True)
class Survey:
    """What was learnt while reading: filled by ``blocks`` as it goes."""

    claimed_ms: float | None = None
    tolerance_ms: float = 5.0
    other_streams: int = 0
    problems: list[str] = field(default_factory=list)

    def problem(self, words: str) -> None:
        """Note something that went wrong, once."""
        if words not in self.problems:
            self.problems.append(words)


class Part(io.RawIOBase):
    """A stretch of a mapped file, as a file of its own."""

    def __init__(self, data: Bytes, start_byte: int = 0, end_byte: int | None = None) -> None:
        super().__init__()
        end_byte = len(data) if end_byte is None else end_byte
        self._data, self._start, self._size, self._at = data, start_byte, end_byte - start_byte, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move within the part."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        """The place in the part."""
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read on from where the part stands."""
        end = min(self._size, self._at + len(buffer))
        found = self._data[self._start + self._at : self._start + max(self._at, end)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def blocks(data: Bytes, container: Container, survey: Survey) -> Iterator[Block]:
    """All sound of the first audio stream (of each link of a chained Ogg file).

    Raises ``UndecodableError`` when no sound can be read at all.
    """
    if container == OGG:
        yield from _chain(data, survey)
        return
    stated = claim(data, container)
    survey.claimed_ms = stated.duration_ms
    survey.tolerance_ms = CODED_MS.get(container, survey.tolerance_ms)
    if not stated.ended:
        survey.problem("frames are cut off or damaged")
    if container.soundfile:
        yield from _either(Part(data), container, survey)
    else:
        yield from _with_av(Part(data), container, survey)


def _chain(data: Bytes, survey: Survey) -> Iterator[Block]:
    links = ogg_links(data)
    if not links:
        raise UndecodableError("has no complete Ogg page")
    claims = [link.claim.duration_ms for link in links]
    survey.claimed_ms = None if None in claims else sum(ms for ms in claims if ms is not None)
    if not all(link.claim.ended for link in links):
        survey.problem("the stream has no end mark")
    if not all(link.whole for link in links):
        survey.problem("pages are missing or damaged")
    for number, link in enumerate(links):
        part = Part(data, link.start_byte, link.end_byte)
        try:
            for block in _either(part, OGG, survey):
                yield Block(block.frames, block.rate_hz, number)
        except UndecodableError:
            if len(links) == 1:
                raise
            survey.problem("a part of the file could not be read")


def _either(file: Part, container: Container, survey: Survey) -> Iterator[Block]:
    """libsndfile's reading, or FFmpeg's when libsndfile cannot even begin."""
    try:
        file.seek(0)
        sound = soundfile.SoundFile(file)
    except (soundfile.SoundFileError, RuntimeError, ValueError):
        yield from _with_av(file, container, survey)
        return
    with sound:
        yield from _with_soundfile(sound, survey)


def _with_soundfile(sound: soundfile.SoundFile, survey: Survey) -> Iterator[Block]:
    while True:
        try:
            frames = sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            survey.problem("the sound is damaged")
            return
        if not len(frames):
            return
        yield Block(frames, sound.samplerate)


def _with_av(file: Part, container: Container, survey: Survey) -> Iterator[Block]:
    file.seek(0)
    try:
        opened = av.open(file, mode="r", format=container.demuxer, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise UndecodableError("cannot be opened") from error
    with opened:
        if not opened.streams.audio:
            raise UndecodableError("has no sound")
        survey.other_streams += len(opened.streams.audio) - 1
        stream = opened.streams.audio[0]
        stream.codec_context.thread_type = "NONE"
        if container in (MP4, MATROSKA):
            survey.claimed_ms = _av_claim(opened, stream)
        yield from _av_blocks(opened, stream, survey)


def _av_claim(opened: av.container.InputContainer, stream: av.AudioStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base * 1000)
    return opened.duration / 1000 if opened.duration and len(opened.streams) == 1 else None


def _av_blocks(opened: av.container.InputContainer, stream: av.AudioStream, survey: Survey) -> Iterator[Block]:
    """Decoded frames on the clock of the stream: a gap in the clock becomes silence."""
    clock_s: float | None = None
    for frame in _av_frames(opened, stream, survey):
        planes = _planes(frame)
        if clock_s is not None and frame.time is not None and (frame.time - clock_s) * 1000 > GAP_MS:
            yield from _silence(frame.time - clock_s, frame.sample_rate, planes.shape[1])
            clock_s = frame.time
        if clock_s is None:
            clock_s = frame.time
        if clock_s is not None:
            clock_s += len(planes) / frame.sample_rate
        yield Block(planes, frame.sample_rate)


def _av_frames(opened: av.container.InputContainer, stream: av.AudioStream, survey: Survey) -> Iterator[av.AudioFrame]:
    packets = opened.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            survey.problem("the file breaks off or is damaged")
            return
        if packet.is_corrupt:
            survey.problem("the sound is damaged")
        try:
            yield from packet.decode()
        except av.EOFError:
            return
        except av.FFmpegError:
            survey.problem("the sound is damaged")


_FULL_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "flt": 1.0, "dbl": 1.0}


def _planes(frame: av.AudioFrame) -> Frames:
    """The frame as float32 [frames, channels] in -1..1, whatever its sample format."""
    values = frame.to_ndarray()
    kind = frame.format.name
    if kind.removesuffix("p") not in _FULL_SCALE:
        raise UndecodableError("uses a sample format that is not supported")
    channels = frame.layout.nb_channels
    values = values.T if kind.endswith("p") else values.reshape(-1, channels)
    centred = values.astype(np.float32) - 128.0 if kind.startswith("u8") else values
    return np.asarray(centred / _FULL_SCALE[kind.removesuffix("p")], dtype=np.float32)


def _silence(seconds: float, rate_hz: int, channels: int) -> Iterator[Block]:
    missing = round(seconds * rate_hz)
    while missing > 0:
        count = min(missing, BLOCK_FRAMES)
        yield Block(np.zeros((count, channels), np.float32), rate_hz)
        missing -= count
