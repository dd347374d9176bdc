"""Blocks of sound at any rate become one 16 kHz channel in a file.

In: blocks of float32 frames. Out: mono float32 samples in an open file, and what was noticed on the way: clipping, a
silent channel, channels that cancel out. Runs in the decoder process only, in memory that does not grow with the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]

from pipeline.speech.blocks import BLOCK_FRAMES, Block, Frames, UndecodableError

SAMPLE_RATE_HZ = 16000
MAXIMUM_CHANNELS = 16
RATES_HZ = range(4000, 400_000)

FULL_SCALE = 0.999
CLIPPED_SHARE = 0.002
"""A block is clipped when one sample in 500 stands at full scale: a peak now and then is inaudible."""
SILENT_RATIO = 1e-4
"""A channel 40 dB below the loudest is silent."""
CANCELLED_RATIO = 0.02
"""Channels cancel out when their mean keeps less than a fiftieth of their mean energy."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, in seconds of the original."""

    start_s: float
    end_s: float


class Mixdown:
    """Takes blocks, keeps resampled channels in ``file`` and mixes them to one at the end."""

    def __init__(self, file: BinaryIO) -> None:
        self.rate_hz = self.channels = self.frames = 0
        self.seconds = 0.0
        self.clipped: list[Stretch] = []
        self._file = file
        self._link = -1
        self._link_rate_hz = self._link_frames = self._link_written = 0
        self._resampler: soxr.ResampleStream | None = None
        self._energy: npt.NDArray[np.float64] = np.zeros(0)
        self._mean_energy = 0.0
        self._written = 0

    def add(self, block: Block) -> None:
        """Take the next block. A change of rate starts a new link; a change of channels is mixed to fit."""
        if not self.channels:
            self._begin(block)
        if (block.link, block.rate_hz) != (self._link, self._link_rate_hz):
            self._end_link()
            self._begin_link(block)
        frames = self._fitted(block.frames)
        self._note_clipping(frames, block.rate_hz)
        self._link_frames += len(frames)
        self.frames += len(frames)
        self.seconds += len(frames) / block.rate_hz
        self._write(self._resampler.resample_chunk(frames) if self._resampler else frames)

    def finish(self) -> tuple[int, str | None]:
        """Mix the channels in place. Returns the number of samples, and what is odd about the channels if anything."""
        self._end_link()
        if self.channels > 1:
            weights, remark = self._weights()
            self._mix(weights)
        else:
            remark = None
        self._file.truncate(self._written * 4)
        self._file.flush()
        return self._written, remark

    def _begin(self, block: Block) -> None:
        self.rate_hz, self.channels = block.rate_hz, block.frames.shape[1]
        if self.channels > MAXIMUM_CHANNELS:
            raise UndecodableError(f"has more than {MAXIMUM_CHANNELS} channels")
        self._energy = np.zeros(self.channels)

    def _begin_link(self, block: Block) -> None:
        if block.rate_hz not in RATES_HZ:
            raise UndecodableError("has a sample rate that no recorder uses")
        self._link, self._link_rate_hz = block.link, block.rate_hz
        self._link_frames = self._link_written = 0
        same = block.rate_hz == SAMPLE_RATE_HZ
        self._resampler = (
            None if same else soxr.ResampleStream(block.rate_hz, SAMPLE_RATE_HZ, self.channels, dtype="float32")
        )

    def _end_link(self) -> None:
        """Flush the resampler and make the link as long as its frames say, to the sample."""
        if self._link < 0:
            return
        if self._resampler:
            self._write(self._resampler.resample_chunk(np.zeros((0, self.channels), np.float32), last=True))
        missing = self._due() - self._link_written
        if missing > 0:
            self._write(np.zeros((missing, self.channels), np.float32))

    def _due(self) -> int:
        """Samples that the frames of this link are worth."""
        return round(self._link_frames * SAMPLE_RATE_HZ / self._link_rate_hz)

    def _fitted(self, frames: Frames) -> Frames:
        if frames.shape[1] != self.channels:
            frames = np.repeat(frames.mean(axis=1, keepdims=True), self.channels, axis=1)
        if not (_peak(frames) <= 1.0):  # NaN is not
            frames = np.clip(np.nan_to_num(frames, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        return np.ascontiguousarray(frames)

    def _note_clipping(self, frames: Frames, rate_hz: int) -> None:
        if _peak(frames) < FULL_SCALE:
            return
        if float(np.mean(np.abs(frames) >= FULL_SCALE)) * self.channels > CLIPPED_SHARE:
            end_s = self.seconds + len(frames) / rate_hz
            start_s = self.seconds
            if self.clipped and start_s - self.clipped[-1].end_s < 1.0:
                start_s = self.clipped.pop().start_s
            self.clipped.append(Stretch(start_s, end_s))

    def _write(self, samples: Frames) -> None:
        samples = samples[: max(0, self._due() - self._link_written)].reshape(-1, self.channels)
        if self.channels > 1:  # nobody asks for the energy of a single channel
            self._energy += np.sum(np.square(samples, dtype=np.float64), axis=0)
            self._mean_energy += float(np.sum(np.square(samples.mean(axis=1), dtype=np.float64)))
        self._file.write(np.ascontiguousarray(samples).data)
        self._link_written += len(samples)
        self._written += len(samples)

    def _weights(self) -> tuple[Frames, str | None]:
        """How much of each channel goes into the mix."""
        loudest = int(np.argmax(self._energy))
        heard = self._energy > self._energy[loudest] * SILENT_RATIO
        alone = np.zeros(self.channels, np.float32)
        alone[loudest] = 1.0
        if not heard.any():
            return alone, None  # all silent: nothing to choose
        if heard.sum() == 1:
            return alone, "sound in one channel only"
        if self._mean_energy < CANCELLED_RATIO * float(self._energy.mean()):
            return alone, "the channels cancel each other out; one of them was used"
        return (heard / heard.sum()).astype(np.float32), None

    def _mix(self, weights: Frames) -> None:
        """In place: a mixed block is never longer than what was read before it."""
        frame_bytes = 4 * self.channels
        for start in range(0, self._written, BLOCK_FRAMES):
            self._file.seek(start * frame_bytes)
            data = self._file.read(min(BLOCK_FRAMES, self._written - start) * frame_bytes)
            frames = np.frombuffer(data, np.float32).reshape(-1, self.channels)
            self._file.seek(start * 4)
            self._file.write((frames @ weights).astype(np.float32).tobytes())


def _peak(frames: Frames) -> float:
    """The largest absolute value; NaN where there is one in it."""
    return max(float(frames.max()), -float(frames.min())) if frames.size else 0.0
