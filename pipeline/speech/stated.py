"""How long a recording is by its own word, for estimates.

In: a path. Out: milliseconds, or None where the ends of the file do not tell. Reads no more than these two ends; never
decodes, and is never what a transcript's length or a flag comes from.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pipeline.speech import container as containers
from pipeline.speech.claims import claim
from pipeline.speech.container import identify
from pipeline.speech.ogg_pages import ends_ms

_HEAD_BYTES, _TAIL_BYTES = 1 << 13, 1 << 16


def stated_ms(path: Path) -> int | None:
    """The length that an Ogg, wav or flac file states; None for others, and for what cannot be read."""
    try:
        head, tail = _ends(path)
    except (OSError, ValueError):
        return None
    container = identify(head)
    if container == containers.OGG:
        stated = ends_ms(head, tail)
    else:
        stated = claim(head, container).duration_ms if container in (containers.WAV, containers.FLAC) else None
    return None if stated is None else round(stated)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last bytes of a regular file; nothing of anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe must not make us wait
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return b"", b""
        tail_at = max(0, status.st_size - _TAIL_BYTES)
        return os.pread(descriptor, _HEAD_BYTES, 0), os.pread(descriptor, _TAIL_BYTES, tail_at)
    finally:
        os.close(descriptor)
