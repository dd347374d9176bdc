"""What passes between those who read a file and those who keep its sound.

In: nothing. Out: blocks of frames, the survey of a reading, and a stretch of bytes as a file. Never decodes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.speech.frames import Bytes

BLOCK_FRAMES = 1 << 15

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
