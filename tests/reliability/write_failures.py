"""A disk that is full, read-only or failing: one clear message, earlier results whole, the next run finishes.

Every operation that writes into the case folder is a step: making folders, opening, filling, flushing and renaming
files. For each step n the n-th one fails in a child, with no space (every later one fails too), as a read-only folder
(every later one too) or with an I/O error (that one only).
"""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tests.reliability import child
from tests.reliability.notes import ARTICLE, write_notes

LASTING = {errno.ENOSPC: True, errno.EROFS: True, errno.EIO: False}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FailingDisk:
    """Spoils a child: from its ``number``-th write into ``case`` on, or that one only, the disk answers ``code``."""

    def __init__(self, case: Path, number: int, code: int) -> None:
        self.case, self.number, self.code = str(case), number, code
        self.reached = case.parent / "reached"  # a file that tells the parent that the step was there to fail
        self.steps = 0

    def __call__(self) -> None:
        """Put the failing disk in the place of the real one."""
        os.open = self._guarded(os.open, lambda path, flags=0, *_, **__: bool(flags & _WRITING))
        os.mkdir = self._guarded(os.mkdir, lambda *_, **__: True)
        os.replace = self._guarded(os.replace, lambda *_, **__: True)
        os.fsync = self._guarded(os.fsync, lambda *_: True)
        os.fdopen = self._guarded(os.fdopen, lambda _, mode="r", *__, **___: "w" in mode)
        io.open = self._guarded(io.open, lambda _, mode="r", *__, **___: "w" in mode)

    def _guarded(self, real: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        def operation(target: Any, *rest: Any, **named: Any) -> Any:
            if writes(target, *rest, **named) and self._inside(target):
                self.steps += 1
                lasting = LASTING[self.code] and self.steps > self.number
                if self.steps == self.number:
                    self.reached.touch()
                if self.steps == self.number or lasting:
                    raise OSError(self.code, os.strerror(self.code))
            return real(target, *rest, **named)

        return operation

    def _inside(self, target: Any) -> bool:
        path = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fsdecode(target)
        return path.startswith(self.case)


def fail_each_write(folder: Path, notes: int, codes: list[int], every: int) -> dict[str, object]:
    """Let each write fail in each way; what is wrong with the answer is listed in ``faults``."""
    child.prepare()
    write_notes(folder / "notes", notes)
    command: list[str | Path] = ["run", folder / "notes", "--article", ARTICLE, "--quiet", "--case"]
    log = folder / "log"
    assert child.run([*command, folder / "clean"], log).code in (0, 4), log.read_text(encoding="utf-8")
    clean = child.contents(folder / "clean")
    faults: list[str] = []
    done = survived = 0
    for code in codes:
        for number in count(1, every):
            case = folder / f"failed_{code}_{number}"
            disk = FailingDisk(case, number, code)
            disk.reached.unlink(missing_ok=True)
            ending = child.run([*command, case], log, disk)
            if not disk.reached.exists():
                break  # a run has no such step
            label = f"{errno.errorcode[code]} at step {number}"
            if ending.code in (0, 4):
                survived += 1
            else:
                done += 1
                faults += [f"{label}: {fault}" for fault in _faults(ending, case, clean)]
                child.run([*command, case], log)
            faults += [f"{label}, after it: {name}" for name in _unlike(case, clean)]
            shutil.rmtree(case, ignore_errors=True)
    return {"failures injected": done + survived, "of these survived": survived, "faults": faults}


def _faults(ending: child.Ending, case: Path, clean: dict[str, bytes]) -> list[str]:
    found = []
    if ending.code != 1:
        found.append(f"exit code {ending.code}")
    if "Traceback" in ending.said or "bug" in ending.said:
        found.append("a traceback instead of a message")
    if ending.said.count("voxquote: ") != 1 or len(ending.said.splitlines()) < 2:
        found.append(f"not one message and its hint but {ending.said.count('voxquote: ')}")
    for folder in ("transcripts", "translations"):
        kept = (case / folder).glob("[!.]*")
        broken = (path.name for path in kept if path.read_bytes() != clean[f"{folder}/{path.name}"])
        found += [f"{folder}/{name} is not whole" for name in broken]
    return found


def _unlike(case: Path, clean: dict[str, bytes]) -> list[str]:
    found = child.contents(case)
    return [name for name in sorted(clean.keys() | found.keys()) if clean.get(name) != found.get(name)]


def main() -> None:
    """Print the figures as JSON; exit 1 when anything was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="let every n-th step fail only")
    parser.add_argument("--codes", nargs="+", default=[errno.errorcode[code] for code in LASTING])
    options = parser.parse_args()
    codes = [getattr(errno, name) for name in options.codes]
    with tempfile.TemporaryDirectory() as name:
        figures = fail_each_write(Path(name), options.notes, codes, options.every)
    print(json.dumps(figures, indent=1))
    raise SystemExit(bool(figures["faults"]))


if __name__ == "__main__":
    main()
