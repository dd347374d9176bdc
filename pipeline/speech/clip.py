"""Short stretches of a recording to listen to, and its outline to look at.

In: a path and times, or samples. Out: a WAV or Ogg/Opus file as bytes, or the peaks of the waveform. A WAV clip has the
very samples of the original; the decoder process reads the recording, this one only writes what came back.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import soxr  # type: ignore[import-untyped]

from pipeline.errors import InputError
from pipeline.speech.audio import LIMITS, DecodeLimits, Samples, decoded, shown
from pipeline.speech.ogg import with_fixed_serial

Encoding = Literal["opus", "wav"]

OPUS_RATES_HZ = (8000, 12000, 16000, 24000, 48000)
OPUS_COMPRESSION = 0.9
"""On libsndfile's scale from 0 to 1: about 30 kbit/s a channel, above what messengers send."""
OPUS_RATE_HZ = 48000
CLIP_LIMIT_MS = 10 * 60 * 1000
"""A clip is for listening, and is held in memory."""


def clip(path: Path, start_ms: int, end_ms: int, encoding: Encoding = "opus") -> bytes:
    """One stretch of a recording as a WAV (16 bit, the original's rate and channels) or Ogg/Opus file.

    Raises ``InputError`` when the recording cannot be read or has nothing there.
    """
    return clips(path, [(start_ms, end_ms)], encoding)[0]


def clips(
    path: Path, stretches: Sequence[tuple[int, int]], encoding: Encoding = "opus", limits: DecodeLimits = LIMITS
) -> tuple[bytes, ...]:
    """Several stretches of one recording, read in one pass, in the order given. Raises ``InputError``."""
    for start_ms, end_ms in stretches:
        if not 0 <= start_ms < end_ms <= start_ms + CLIP_LIMIT_MS:
            hint = "A clip lasts 10 minutes at most."
            raise InputError(f"{start_ms}-{end_ms} ms is no stretch of {shown(path)}.", hint)
    with tempfile.TemporaryFile(buffering=0) as output:
        _, reply = decoded(path, {"stretches_ms": [list(stretch) for stretch in stretches]}, limits, output)
        output.seek(0)
        rate_hz, channels = reply["sample_rate_hz"], reply["channels"]
        cut = [
            np.frombuffer(output.read(count * channels * 4), np.float32).reshape(-1, channels)
            for count in reply["stretch_frames"]
        ]
    if not all(len(frames) for frames in cut):
        raise InputError(f"{shown(path)} ends before the clip begins.", "Check the times against the recording.")
    write = _wav if encoding == "wav" else _opus
    return tuple(write(frames, rate_hz) for frames in cut)


def waveform(samples: Samples, bins: int) -> tuple[int, ...]:
    """The loudest sample of each of ``bins`` equal stretches, 0 (silence) to 100 (full scale).

    ``samples``: float32 [n]. With fewer samples than bins, there is one bin a sample.
    """
    count = min(bins, len(samples))
    if count < 1:
        return ()
    edges = np.linspace(0, len(samples), count + 1).astype(np.int64)[:-1]
    loudest = np.maximum(np.maximum.reduceat(samples, edges), -np.minimum.reduceat(samples, edges))
    return tuple(int(peak) for peak in np.clip(np.rint(loudest * 100), 0, 100))


def _wav(frames: Samples, rate_hz: int) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, frames, rate_hz, format="WAV", subtype="PCM_16")
    return target.getvalue()


def _opus(frames: Samples, rate_hz: int) -> bytes:
    """Opus knows five rates; anything else becomes 48 kHz. More than two channels become one."""
    if frames.shape[1] > 2:
        frames = frames.mean(axis=1, keepdims=True)
    if rate_hz not in OPUS_RATES_HZ:
        frames, rate_hz = soxr.resample(frames, rate_hz, OPUS_RATE_HZ), OPUS_RATE_HZ
    target = io.BytesIO()
    soundfile.write(target, frames, rate_hz, format="OGG", subtype="OPUS", compression_level=OPUS_COMPRESSION)
    return with_fixed_serial(target.getvalue())
