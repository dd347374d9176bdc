"""How voxquote speaks: clean text, errors with hints, tables, progress.

In: plain values. Out: lines on stderr, tables on stdout. Text from outside loses its control characters and direction
marks first, so that a file name cannot drive the terminal.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipeline.batch.events import Event, ItemDone, ItemFailed, Listener, Note, StageStarted

_VERBS = {
    "list": "hashing",
    "transcribe": "transcribing",
    "translate": "translating",
    "check": "checking",
    "report": "cutting clips",
}


def clean(text: str) -> str:
    """``text`` with control and formatting characters replaced by spaces."""
    return "".join(" " if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character for character in text)


def say(text: str) -> None:
    """One line on stderr."""
    click.echo(clean(text), err=True)


def complain(message: str, hint: str) -> None:
    """What went wrong, and below it what to do."""
    click.secho(f"voxquote: {clean(message)}", err=True, fg="red")
    if hint:
        click.echo(f"          {clean(hint)}", err=True)


def clock(milliseconds: int) -> str:
    """A position in a recording: ``0:41`` or ``1:02:09``."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@contextmanager
def watching(quiet: bool = False) -> Iterator[Listener]:
    """A listener that draws bars on a terminal and writes plain lines elsewhere; failures are shown either way."""
    if quiet:
        yield _only_failures
    elif sys.stderr.isatty():
        with _bars() as listener:
            yield listener
    else:
        yield _PlainLines()


def _only_failures(event: Event) -> None:
    if isinstance(event, ItemFailed):
        complain(event.failure.message, event.failure.hint)


class _PlainLines:
    """One line an item, numbered, for pipes and log files."""

    def __init__(self) -> None:
        self._stage, self._done, self._total = "", 0, 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._stage, self._done, self._total = event.stage, 0, event.total
            if event.kept:
                say(f"{event.stage}: {event.kept} finished earlier, {event.total} to do")
        elif isinstance(event, ItemDone):
            self._done += 1
            say(f"{event.stage} {self._done}/{self._total} {event.name}")
        elif isinstance(event, ItemFailed):
            complain(event.failure.message, event.failure.hint)
        elif isinstance(event, Note):
            say(event.text)


@contextmanager
def _bars() -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, TaskID] = {}
        audio_ms: dict[str, int] = {}

        def listen(event: Event) -> None:
            if isinstance(event, StageStarted) and event.total:
                name = _VERBS.get(event.stage, event.stage)
                tasks[event.stage] = progress.add_task(
                    name, total=event.total + event.kept, completed=event.kept, rate=""
                )
            elif isinstance(event, ItemDone) and event.stage in tasks:
                audio_ms[event.stage] = audio_ms.get(event.stage, 0) + event.audio_ms
                progress.update(
                    tasks[event.stage],
                    advance=1,
                    rate=_rate(audio_ms[event.stage], progress.tasks[tasks[event.stage]].elapsed),
                )
            elif isinstance(event, ItemFailed):
                if event.failure.stage in tasks:
                    progress.advance(tasks[event.failure.stage])
                complain(event.failure.message, event.failure.hint)
            elif isinstance(event, Note):
                say(event.text)

        yield listen


def _rate(audio_ms: int, elapsed_s: float | None) -> str:
    """How many seconds of audio a second of work covers."""
    return f"{audio_ms / 1000 / elapsed_s:.0f}x real time" if audio_ms and elapsed_s else ""
