"""``voxquote status``: where a case stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import CASE, JSON, with_options
from pipeline.cli.terminal import clean, clock

if TYPE_CHECKING:
    from pipeline.batch.status import Status


@click.command(epilog="\b\nExamples:\n  voxquote status --case popov\n  voxquote status --case popov --json")
@with_options(CASE, JSON)
def status(case_folder: Path, as_json: bool) -> None:
    """Show where a case stands.

    Also while another voxquote works on it.
    """
    from pipeline.batch import status as batch

    found = batch.status(case_folder)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    click.echo(f"recordings     {found.recordings} ({found.distinct} different)")
    click.echo(f"transcribed    {found.transcribed} of {found.distinct} ({clock(found.audio_ms)} of sound)")
    click.echo(f"translated     {_translated(found)}")
    click.echo(f"failures       {found.failures}")
    click.echo(f"articles       {found.articles} ({found.checked} checked)")
    click.echo(f"seal           {found.seal}")
    click.echo(f"being written  {'by ' + clean(found.writer) if found.writer else 'no'}")


def _translated(found: Status) -> str:
    rest = found.need_no_translation
    without = f" (in {rest} there is nothing to translate)" if rest else ""
    return f"{found.translated} of {found.transcribed - rest}{without}"
