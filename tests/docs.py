"""Writes ``docs/cli.md`` from the help texts: ``python -m tests.docs``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli import cli

PAGE = Path(__file__).parent.parent / "docs/cli.md"
WIDTH = 100
_HEAD = """\
# The commands

What `--help` prints for each command. Written by `python -m tests.docs`; the tests fail when it is out of date.
"""


def reference() -> str:
    """The page: the help of every command in the order of the command line."""
    return "\n".join([_HEAD, *(f"## {name}\n\n```\n{text}\n```\n" for name, text in _helps(cli, "voxquote", None))])


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, parent, name.rsplit(" ", 1)[-1], terminal_width=WIDTH, **command.context_settings)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            yield from _helps(child, f"{name} {child.name}", context)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
