"""How voxquote speaks: clean text, errors with hints.

In: plain values. Out: lines on stderr. Text from outside loses its control characters and direction
marks first, so that a file name cannot drive the terminal.
"""

from __future__ import annotations

import unicodedata

import click


def clean(text: str) -> str:
    """``text`` with control and formatting characters replaced by spaces."""
    return "".join(" " if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character for character in text)


def say(text: str) -> None:
    """One line on stderr."""
    click.echo(clean(text), err=True)


def complain(message: str, hint: str) -> None:
    """What went wrong, and below it what to do."""
    click.secho(f"voxquote: {clean(message)}", err=True, fg="red")
    for line in hint.splitlines():
        click.echo(f"          {clean(line)}", err=True)


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def clock(milliseconds: int) -> str:
    """A position in a recording: ``0:41`` or ``1:02:09``."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
