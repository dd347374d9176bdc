"""One writer a case.

In: a case folder. Out: a lock that ends with the process that holds it, and the name of the holder for everybody else.
Never waits: a second writer gets an EvidenceError that names the first.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.case.files import sweep
from pipeline.errors import EvidenceError

_LOCK = ".voxquote.lock"
_HOLDER = ".voxquote.holder"


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold the case's lock; the operating system frees it when the process dies, however it dies.

    Sweeps what a killed writer left. Raises EvidenceError when another process holds the lock or when the folder cannot
    be written.
    """
    holder = folder / _HOLDER
    lock = FileLock(folder / _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        _settle(holder)
    except Timeout as error:
        raise EvidenceError(
            f"case {folder.name} is being written by {_name(holder)}",
            "wait for it to end, or stop it; its finished work is kept",
        ) from error
    except OSError as error:
        lock.release()
        raise EvidenceError(
            f"case {folder.name} cannot be written: {error.strerror or error}",
            "choose another folder with --case, or copy the case to one that can be written",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # a disk that fails has been told of; the lock ends with the process anyway
            holder.unlink(missing_ok=True)
        lock.release()


def writer_of(folder: Path) -> str | None:
    """Who writes the case at this moment; None when nobody does. Writes nothing into a case that is at rest."""
    holder = folder / _HOLDER
    if not holder.exists():
        return None
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return None  # left by a process that was killed
    except Timeout:
        return _name(holder)
    except OSError:
        return None


def _settle(holder: Path) -> None:
    """The lock is ours: say so, and clear away what a killed holder left."""
    holder.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
    sweep(holder.parent)


def _name(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8")[:200]
    except OSError:
        return "another process"
