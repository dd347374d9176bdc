"""A file becomes 16 kHz mono samples with an exact length.

In: a path. Out: ``Audio``, or an ``InputError`` with a hint. The file is opened here, by us, as a regular file; its
first bytes choose a whitelisted container; a decoder process under limits does the rest and answers through a temporary
file. A file that crashes, hangs or fills the decoder becomes an error, and one that gives less sound than it claims is
flagged ``partial``. Never decodes in this process, never names more of a path than the file's name.
"""

from __future__ import annotations

import dataclasses
import mmap
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.records import AudioFlag, AudioFlagKind
from pipeline.speech.container import HEAD_BYTES, Container, describe, identify, tag_bytes
from pipeline.speech.sandbox import DecoderLostError, DecodingError, ask

SAMPLE_RATE_HZ = 16000

Samples = npt.NDArray[np.float32]

_FORMATS = "Use a recording in wav, flac, ogg, opus, mp3, m4a, mp4, webm, mkv, amr, 3gp, aac, aiff or caf."
_DAMAGED = "The file may be damaged or made to do harm; get the original, or convert it on a machine you can spare."


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one file may cost. CPU time grows with the file, so that a long recording is not taken for a hostile one."""

    memory_bytes: int = 2 << 30
    cpu_s: float = 20.0
    cpu_s_per_megabyte: float = 6.0
    wall_factor: float = 4.0  # wall time over CPU time: other programs want the machine too
    audio_s: float = 12 * 3600.0


LIMITS = DecodeLimits()


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording.

    ``samples`` is float32 [n] at 16 kHz, one channel, read-only (a mapped temporary file that goes away with it).
    ``duration_ms`` is the length of the sound that was there, ``claimed_ms`` the length that the file states (None
    where its format states none).
    """

    samples: Samples
    duration_ms: int
    claimed_ms: int | None
    sample_rate_hz: int
    channels: int
    container: str
    flags: tuple[AudioFlag, ...] = ()


def decode(path: Path, limits: DecodeLimits = LIMITS) -> Audio:
    """Decode a recording to 16 kHz mono. Raises ``InputError`` when it cannot be used."""
    with tempfile.TemporaryFile(buffering=0) as output:
        container, reply = decoded(path, {}, limits, output)
        if not reply["samples"]:
            raise InputError(f"{shown(path)} holds no sound.", "Get the original file; this copy may be incomplete.")
        samples = np.frombuffer(mmap.mmap(output.fileno(), 0, access=mmap.ACCESS_READ), np.float32)
    return Audio(
        samples=samples,
        duration_ms=reply["duration_ms"],
        claimed_ms=reply["claimed_ms"],
        sample_rate_hz=reply["sample_rate_hz"],
        channels=reply["channels"],
        container=container.name,
        flags=_flags(reply),
    )


def decoded(
    path: Path, job: dict[str, Any], limits: DecodeLimits, output: BinaryIO
) -> tuple[Container, dict[str, Any]]:
    """Let the decoder process work on a file; the samples are in ``output``. Raises ``InputError``."""
    with _opened(path) as (file, container):
        size = os.fstat(file.fileno()).st_size
        cpu_s = limits.cpu_s + limits.cpu_s_per_megabyte * size / 1e6
        request = {
            **job,
            "container": dataclasses.astuple(container),
            "memory_bytes": limits.memory_bytes,
            "cpu_s": cpu_s,
            "wall_s": cpu_s * limits.wall_factor,
            "audio_s": limits.audio_s,
            "output_bytes": round(limits.audio_s * SAMPLE_RATE_HZ * 4) * 2 + (1 << 20),
        }
        try:
            reply = ask(request, (file, output))
        except DecoderLostError as error:
            raise InputError(f"{shown(path)} broke the decoder.", _DAMAGED) from error
    if reason := reply.get("failed"):
        hint = "Free some space for temporary files, or check the disk." if reply.get("disk") else _DAMAGED
        raise InputError(f"{shown(path)} {reason}.", hint) from DecodingError(reply.get("where", reason))
    return container, reply


def shown(path: Path) -> str:
    """A file's name as it may be printed: no folder, no control, direction or broken characters."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in path.name)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, Container]]:
    """The file, open for reading, and its container. Not a folder, device or pipe; not empty."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe must not make us wait
    except (OSError, ValueError) as error:
        hint = "Check the name, and that you may read the file."
        raise InputError(f"{shown(path)} cannot be opened.", hint) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise InputError(f"{shown(path)} is not a file.", "Name an audio file, not a folder, device or pipe.")
    with os.fdopen(descriptor, "rb") as file:
        if not status.st_size:
            raise InputError(f"{shown(path)} is empty.", "Get the file again; the download may have failed.")
        yield file, _container(file, path)


def _container(file: BinaryIO, path: Path) -> Container:
    head = file.read(HEAD_BYTES)
    tag = tag_bytes(head)
    if tag:
        file.seek(tag)
        head = file.read(HEAD_BYTES)
    container = identify(head)
    if container is None:
        raise InputError(f"{shown(path)} is not audio that voxquote reads: it looks like {describe(head)}.", _FORMATS)
    return container


def _flags(reply: dict[str, Any]) -> tuple[AudioFlag, ...]:
    """What the decoder noticed, as flags."""
    duration_ms, claimed_ms = reply["duration_ms"], reply["claimed_ms"]
    flags = []
    if claimed_ms is not None and claimed_ms - duration_ms > reply["tolerance_ms"]:
        words = "the file claims more sound than it holds"
        flags.append(AudioFlag(AudioFlagKind.PARTIAL, duration_ms, claimed_ms, words))
    flags += [AudioFlag(AudioFlagKind.PARTIAL, duration_ms, duration_ms, words) for words in reply["problems"]]
    if reply["other_streams"]:
        words = f"{reply['other_streams']} more audio streams in the file; only the first was used"
        flags.append(AudioFlag(AudioFlagKind.SKIPPED, 0, duration_ms, words))
    if reply["channel_remark"]:
        flags.append(AudioFlag(AudioFlagKind.ONE_CHANNEL, 0, duration_ms, reply["channel_remark"]))
    for start_ms, end_ms in reply["clipped_ms"]:
        flags.append(AudioFlag(AudioFlagKind.CLIPPED, start_ms, min(end_ms, duration_ms)))
    return tuple(flags)
