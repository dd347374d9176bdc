"""``voxquote models``: what is installed, what can be fetched, is it what it should be?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import JSON
from pipeline.cli.terminal import clean, complain, say

if TYPE_CHECKING:
    from pipeline.weights import ModelEntry, Progress

_NEGATIVE = 4
_KINDS = {"asr": "recogniser (--asr)", "mt": "translator (--mt)"}
_EPILOG = """\b
Examples:
  voxquote models list
  voxquote models fetch large-v3-turbo
  voxquote models verify

models/README.md tells which model to choose, and how to bring one to a machine without a network."""


@click.group(epilog=_EPILOG)
def models() -> None:
    """List, fetch and verify models."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_models(as_json: bool) -> None:
    """Show what is installed and what can be fetched."""
    import json

    from pipeline import weights

    entries = weights.list_models()
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in entries], ensure_ascii=False, indent=1))
        return
    for kind, title in _KINDS.items():
        click.echo(f"{title}:")
        for entry in entries:
            if entry.kind == kind:
                state = "installed" if entry.path else "can be fetched"
                click.echo(f"  {clean(entry.name):26} {_size(entry.size_bytes):>8}  {state:15} {clean(entry.title)}")
    say("Starter models know synthetic voices only; for real recordings fetch real ones.")


@models.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def fetch(names: tuple[str, ...]) -> None:
    """Download models; the only command that opens a connection.

    An interrupted download goes on where it stopped. Hashes are checked before anything is installed.
    """
    from pipeline import weights

    for name in names:
        with _download_bar() as progress:
            fetched = weights.fetch(name, progress)
        state = "was there already" if fetched.already_there else "installed"
        say(f"{fetched.name}: {state}")
        for file in fetched.trusted:
            say(
                f"  {file}: nobody publishes its hash; it was recorded on this first use, and verify compares with that"
            )


@models.command()
@click.argument("names", metavar="[NAME...]", nargs=-1)
@JSON
def verify(names: tuple[str, ...], as_json: bool) -> int:
    """Compare installed models with their known hashes.

    Exit code 4 when a file differs.
    """
    import json

    from pipeline import weights
    from pipeline.weights import FileState

    lock = weights.read_lock()
    installed = {entry.name: entry for entry in weights.list_models() if entry.path}
    for name in names:
        if name not in installed:
            raise click.BadParameter(f"{name!r} is not installed; see: voxquote models list", param_hint="NAME")
    broken = unknown = False
    answers = {}
    for name in names or installed:
        entry = installed[name]
        assert entry.path is not None
        checks = weights.verify(entry.path, weights.locked_model(name, lock))
        broken |= any(check.state in (FileState.CHANGED, FileState.MISSING) for check in checks)
        unknown |= any(check.state is FileState.UNKNOWN for check in checks)
        answers[name] = [{"file": check.name, "state": check.state, "sha256": check.sha256} for check in checks]
        if not as_json:
            for check in checks:
                click.echo(f"{check.state:8} {clean(name)}/{clean(check.name)}")
    if as_json:
        click.echo(json.dumps(answers, indent=1))
    if unknown:
        say("unknown: nobody published a hash of that file, and none was recorded when it came here")
    if broken:
        complain("a model is not what it should be", "delete its folder and fetch it again")
    return _NEGATIVE if broken else 0


def _plain(entry: ModelEntry) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "title": entry.title,
        "licence": entry.licence,
        "size_bytes": entry.size_bytes,
        "installed": entry.path is not None,
        "starter": entry.starter,
    }


def _size(size_bytes: int | None) -> str:
    return "?" if size_bytes is None else f"{size_bytes / 1e6:.0f} MB"


@contextmanager
def _download_bar() -> Iterator[Progress]:
    """Bytes and rate for each file as it comes; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def report(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(clean(name), total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield report
