"""Progress of a long job: bars on a terminal, plain lines in a pipe, failures either way.

In: the events of the batch. Out: lines and bars on stderr. Never changes what is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.batch.events import Event, ItemDone, ItemFailed, Listener, Note, StageStarted
from pipeline.cli.terminal import complain, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_VERBS = {
    "transcribe": "transcribing",
    "translate": "translating",
    "check": "checking",
    "retime": "timing passages",
    "report": "cutting clips",
    "import": "importing",
}


@contextmanager
def watching(quiet: bool = False) -> Iterator[Listener]:
    """A listener that draws bars on a terminal and writes plain lines elsewhere."""
    if quiet:
        yield _only_failures
    elif sys.stderr.isatty():
        with _progress() as progress:
            yield _Bars(progress)
    else:
        yield _PlainLines()


def _only_failures(event: Event) -> None:
    if isinstance(event, ItemFailed):
        complain(event.failure.message, event.failure.hint)


class _PlainLines:
    """One line an item, numbered, for pipes and log files."""

    def __init__(self) -> None:
        self._done, self._total = 0, 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._done, self._total = 0, event.total
            if event.kept:
                say(f"{event.stage}: {event.kept} finished earlier, {event.total} to do")
        elif isinstance(event, ItemDone):
            self._done += 1
            say(f"{event.stage} {self._done}/{self._total} {event.name}")
        elif isinstance(event, ItemFailed):
            complain(event.failure.message, event.failure.hint)
        elif isinstance(event, Note):
            say(event.text)


def _progress() -> Progress:
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description:<14}"),
        progress.BarColumn(bar_width=30),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        console=Console(stderr=True),
    )


@dataclass
class _Stage:
    """The bar of one stage, and how much audio it has been through."""

    task: TaskID
    audio_ms: int = 0


class _Bars:
    """One bar a stage, with its rate in seconds of audio for each second of work."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stages: dict[str, _Stage] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted) and event.total and event.stage in _VERBS:
            name, everything = _VERBS[event.stage], event.total + event.kept
            task = self._progress.add_task(name, total=everything, completed=event.kept, rate="")
            self._stages[event.stage] = _Stage(task)
        elif isinstance(event, ItemDone) and event.stage in self._stages:
            self._advance(self._stages[event.stage], event.audio_ms)
        elif isinstance(event, ItemFailed):
            complain(event.failure.message, event.failure.hint)
            if event.failure.stage in self._stages:
                self._advance(self._stages[event.failure.stage], 0)
        elif isinstance(event, Note):
            say(event.text)

    def _advance(self, stage: _Stage, audio_ms: int) -> None:
        stage.audio_ms += audio_ms
        elapsed_s = self._progress.tasks[stage.task].elapsed
        rate = f"{stage.audio_ms / 1000 / elapsed_s:.0f}x real time" if stage.audio_ms and elapsed_s else ""
        self._progress.update(stage.task, advance=1, rate=rate)
