"""Makes the audio files of the tests: every one is written when the test runs, none is stored."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soundfile

Frames = npt.NDArray[np.float32]


def tone(seconds: float, rate_hz: int, channels: int = 1) -> Frames:
    """A tone that swells and fades twice a second, so that a shift in time shows; float32 [frames, channels]."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * (2 * time_s + time_s**2 / 4))
    wave = 0.5 * swell * np.sin(2 * np.pi * 330 * time_s)
    return np.repeat(wave.astype(np.float32)[:, np.newaxis], channels, axis=1)


def noise(seconds: float, rate_hz: int = 16000, level: float = 0.1) -> Frames:
    """White noise, always the same; float32 [frames, 1]."""
    values = np.random.default_rng(7).normal(0.0, level, round(seconds * rate_hz))
    return np.clip(values, -1, 1).astype(np.float32)[:, np.newaxis]


def with_soundfile(path: Path, frames: Frames, rate_hz: int, kind: str, subtype: str | None = None) -> Path:
    """A file written by libsndfile."""
    soundfile.write(path, frames, rate_hz, format=kind, subtype=subtype)
    return path


def with_av(
    path: Path,
    tracks: Sequence[Frames],
    rate_hz: int,
    muxer: str,
    codec: str,
    picture: bool = False,
    late_s: float = 0.0,
) -> Path:
    """A file written by FFmpeg's libraries, one audio stream a track, perhaps with a cover picture."""
    with av.open(str(path), "w", format=muxer) as output:
        streams: list[Any] = []
        for frames in tracks:
            stream: Any = output.add_stream(codec, rate=rate_hz)
            stream.codec_context.layout = "mono" if frames.shape[1] == 1 else "stereo"
            streams.append(stream)
        cover = _cover_stream(output) if picture else None
        if cover is not None:
            cover.codec_context.pix_fmt = "yuvj420p"
            image = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
            output.mux(cover.encode(image.reformat(format="yuvj420p")))
            output.mux(cover.encode(None))
        for stream, frames in zip(streams, tracks, strict=True):
            _encode(output, stream, frames, round(late_s * rate_hz))
    return path


def _cover_stream(output: Any) -> Any:
    stream = output.add_stream("mjpeg", rate=1)
    stream.width = stream.height = 16
    return stream


def _encode(output: Any, stream: Any, frames: Frames, late: int) -> None:
    rate_hz = stream.codec_context.sample_rate
    resampler = av.AudioResampler(stream.codec_context.format, stream.codec_context.layout, rate_hz)
    for start in range(0, len(frames), 1024):
        part = np.ascontiguousarray(frames[start : start + 1024].reshape(1, -1))
        frame: Any = av.AudioFrame.from_ndarray(part, format="flt", layout="mono" if frames.shape[1] == 1 else "stereo")
        frame.sample_rate, frame.pts = rate_hz, late + start
        for converted in resampler.resample(frame):
            output.mux(stream.encode(converted))
    for converted in resampler.resample(None):
        output.mux(stream.encode(converted))
    output.mux(stream.encode(None))


def wav_claiming(path: Path, frames: int, claimed_bytes: int, rate_hz: int = 16000) -> Path:
    """A 16-bit mono WAV of ``frames`` zeros whose header states another size."""
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", min(claimed_bytes + 36, 0xFFFFFFFF), b"WAVE", b"fmt ", 16,
                         1, 1, rate_hz, 2 * rate_hz, 2, 16, b"data", claimed_bytes)  # fmt: skip
    path.write_bytes(header + bytes(2 * frames))
    return path


def lag_s(reference: Frames, decoded: Frames, rate_hz: int = 16000) -> float:
    """How many seconds the decoded sound is late against the reference, by their envelopes."""
    step = rate_hz // 200
    count = min(len(reference), len(decoded)) // step
    envelopes = [np.abs(wave[: count * step]).reshape(count, step).mean(axis=1) for wave in (reference, decoded)]
    first, second = (envelope - envelope.mean() for envelope in envelopes)
    shifts = range(-60, 61)
    agreement = [float(np.sum(first[60:-60] * second[60 + shift : count - 60 + shift])) for shift in shifts]
    return shifts[int(np.argmax(agreement))] * step / rate_hz
