"""Reading with FFmpeg's libraries, under one named demuxer.

In: a file object and its whitelisted container. Out: blocks of sound on the clock of the first audio stream. Runs in
the decoder process only. Never lets FFmpeg guess the format or open anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import av
import av.subtitles.stream  # PyAV loads it with the first file, when this process may no longer open anything
import numpy as np

from pipeline.speech.blocks import BLOCK_FRAMES, Block, Frames, Part, Survey, UndecodableError
from pipeline.speech.container import MATROSKA, MP4, Container

LONGEST_GAP_S = 600.0
"""A longer jump is a fault of the clock, not a pause."""
GAP_MS = 100
"""A jump of the clock that is filled with silence; less is the rounding of a container's ticks."""
_FRAMES_TOGETHER = 32  # a coder's frame is 20 to 60 ms


def with_ffmpeg(file: Part, container: Container, survey: Survey) -> Iterator[Block]:
    """All sound of the first audio stream. Raises ``UndecodableError`` when there is none."""
    file.seek(0)
    try:
        opened = av.open(file, mode="r", format=container.demuxer, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        raise UndecodableError("cannot be opened") from error
    with opened:
        if not opened.streams.audio:
            raise UndecodableError("has no sound")
        survey.other_streams = max(survey.other_streams, len(opened.streams.audio) - 1)
        stream = opened.streams.audio[0]
        if stream.codec_context is None:
            raise UndecodableError("uses a coding that is not supported")
        stream.codec_context.thread_type = "NONE"
        if container in (MP4, MATROSKA):
            survey.claimed_ms = _av_claim(opened, stream)
        if container == MP4 and survey.claimed_ms is None:  # also one in fragments tells its length
            survey.problem("its index is damaged")
        yield from _av_blocks(opened, stream, survey)


def with_libopus(file: Part) -> Iterator[Block]:
    """A sound Ogg/Opus stream, by the coder's own library. The one inside libsndfile takes twice the time for the same.

    Nothing is mended here: raises ``UndecodableError`` at the first thing that is not as it should be.
    """
    file.seek(0)
    try:
        with av.open(file, mode="r", format="ogg", metadata_errors="replace") as opened:
            stream = opened.streams.audio[0]
            coder = av.CodecContext.create("libopus", "r")
            coder.extradata = stream.codec_context.extradata
            coder.options = {"request_sample_fmt": "flt"}
            coder.thread_type = "NONE"
            frames = (frame for packet in opened.demux(stream) for frame in coder.decode(packet))
            while batch := list(islice(frames, _FRAMES_TOGETHER)):
                yield Block(np.concatenate([_packed(frame) for frame in batch]), batch[0].sample_rate)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise UndecodableError("cannot be decoded") from error


def _packed(frame: av.AudioFrame) -> Frames:
    """A frame in packed floats as [frames, channels]: ``to_ndarray`` takes longer than decoding it."""
    if frame.format.name != "flt":
        raise UndecodableError("uses a sample format that is not supported")
    channels = frame.layout.nb_channels
    plane: Any = frame.planes[0]
    return np.frombuffer(plane, np.float32, frame.samples * channels).reshape(-1, channels)


def _av_claim(opened: av.container.InputContainer, stream: av.AudioStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base * 1000)
    all_sound = len(opened.streams) == len(opened.streams.audio)  # a picture may last longer
    return opened.duration / 1000 if opened.duration and all_sound else None


def _av_blocks(opened: av.container.InputContainer, stream: av.AudioStream, survey: Survey) -> Iterator[Block]:
    """Decoded frames on the clock of the file: a gap, or a start behind that of a picture, becomes silence."""
    clock_s = (opened.start_time or 0) / 1e6
    for frame in _av_frames(opened, stream, survey):
        planes = _planes(frame)
        gap_s = 0.0 if frame.time is None else frame.time - clock_s
        if gap_s > LONGEST_GAP_S:
            survey.problem("the clock of the file jumps")
            clock_s += gap_s
        elif gap_s * 1000 > GAP_MS:
            yield from _silence(gap_s, frame.sample_rate, planes.shape[1])
            clock_s += gap_s
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
