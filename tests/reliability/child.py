"""The real command in a forked process: as quick to start as a function, as mortal as a process.

The parent imports the engines once and loads no model; every child loads its own, in a process group of its own, so
that killing the group kills the decoders with it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import cli

HIDDEN_LOCK = ".voxquote"


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code, the negative number of the signal that ended it, and what it said."""

    code: int
    said: str
    seconds: float


def prepare() -> None:
    """Import and compile what every child needs, once, and fix the day that reports carry."""
    import argostranslate.package
    import faster_whisper
    import trafilatura

    from pipeline.batch import job
    from pipeline.match.words import bridge, tokens
    from pipeline.report import page

    assert all((argostranslate.package, faster_whisper, trafilatura, job))
    bridge.dictionary()
    tokens.russian_form("полк")
    page._environment().get_template("page.html.j2")
    os.environ["SOURCE_DATE_EPOCH"] = "1780000000"


def start(arguments: Sequence[str | Path], log: Path, fault: Callable[[], None] | None = None) -> int:
    """Begin ``voxquote ARGUMENTS`` in a child after ``fault`` has spoiled something there; returns its process id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.setsid()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if fault is not None:
            fault()
        cli.main([str(argument) for argument in arguments])
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def finish(process: int, log: Path, kill_after_s: float | None = None) -> Ending:
    """Wait for a child, or kill its whole group after a while."""
    began = time.monotonic()
    while kill_after_s is not None and time.monotonic() - began < kill_after_s:
        if (answer := os.waitpid(process, os.WNOHANG))[0]:
            return _ending(answer[1], log, began)
        time.sleep(0.002)
    if kill_after_s is not None:
        os.killpg(process, signal.SIGKILL)
    return _ending(os.waitpid(process, 0)[1], log, began)


def run(arguments: Sequence[str | Path], log: Path, fault: Callable[[], None] | None = None) -> Ending:
    """``voxquote ARGUMENTS`` from beginning to end."""
    return finish(start(arguments, log, fault), log)


def contents(case: Path) -> dict[str, bytes]:
    """Every file of a case by name, the hidden working files left out; temporary files must be gone."""
    files = {path.relative_to(case).as_posix(): path for path in case.rglob("*") if path.is_file()}
    left = [name for name in files if name.endswith("-part")]
    assert not left, f"temporary files stayed: {left}"
    return {name: path.read_bytes() for name, path in files.items() if not path.name.startswith(HIDDEN_LOCK)}


def _ending(status: int, log: Path, began: float) -> Ending:
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return Ending(os.waitstatus_to_exitcode(status), said, time.monotonic() - began)
