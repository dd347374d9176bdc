"""The sides take turns over the same notes; what is told are ratios of their times.

In: notes, models, sides. Out: the sums of each side's turns. Each side is a process that keeps its models; in each
round every side does the same few notes, in another order than in the round before, so that what else happens on the
machine meets all of them. A command is started anew for each of its turns.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.bench.sides import CORES, Turn

Take = Callable[[Sequence[Path]], Turn]


class Side:
    """A process of ``tests.bench.sides`` that is asked for one turn after another."""

    def __init__(self, name: str, models: Path) -> None:
        command = [sys.executable, "-m", "tests.bench.sides", name, str(models)]
        self._process: Any = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def __call__(self, notes: Sequence[Path]) -> Turn:
        self._process.stdin.write(json.dumps([str(path) for path in notes]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(self._process.args)} ended; run it by hand to see why")
        return Turn(**json.loads(line))

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def command(arguments: Callable[[Sequence[Path]], list[str]]) -> Take:
    """A command that is started for each turn; all of its time counts."""

    def take(notes: Sequence[Path]) -> Turn:
        before, started = _children_s(), time.perf_counter()
        ended = subprocess.run(arguments(notes), capture_output=True, text=True, check=False, env=_environment())
        if ended.returncode:
            raise SystemExit(f"{arguments(notes)[:3]} failed: {ended.stderr[-600:]}")
        return Turn(speech_s=time.perf_counter() - started, cpu_s=_children_s() - before)

    return take


def rounds(sides: dict[str, Take], notes: Sequence[Path], each: int) -> dict[str, Turn]:
    """The sums over all notes, ``each`` notes a turn; every side has a first turn that does not count: it loads."""
    for take in sides.values():
        take(notes[:CORES])
    totals = {name: Turn() for name in sides}
    names = list(sides)
    for number, start in enumerate(range(0, len(notes), each)):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            _add(totals[name], sides[name](notes[start : start + each]))
        print(f"{min(start + each, len(notes))} of {len(notes)} notes", file=sys.stderr, flush=True)
    return totals


def _add(total: Turn, turn: Turn) -> None:
    for field in fields(Turn):
        if field.name == "texts":
            total.texts.update(turn.texts)
        else:
            setattr(total, field.name, getattr(total, field.name) + getattr(turn, field.name))


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1"}
