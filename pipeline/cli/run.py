"""``voxquote run``: everything, the main job."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_answers, print_outcome
from pipeline.cli.options import (
    DATE_ORDER,
    ENGINE_OPTIONS,
    FILE,
    JSON,
    NEW_CASE,
    QUIET,
    REPORT_OPTIONS,
    RETIME,
    SPEECH_OPTIONS,
    STYLE,
    TRANSLATION_OPTIONS,
    with_options,
)
from pipeline.cli.progress import watching
from pipeline.cli.terminal import clock

if TYPE_CHECKING:
    from pipeline.batch.preview import Preview
    from pipeline.settings import Settings

_SOME_FAILED = 3
_EPILOG = """\b
Examples:
  voxquote run note.ogg --article story.html --case popov
  voxquote run ChatExport/ --case chat --asr large-v3 --mt argos-ru_en
  voxquote run notes/ --case notes --language ru
  voxquote run notes/ --case notes --dry-run

Stop it at any time: the same command goes on where it stopped.

Exit codes: 0 done, 3 finished but some files failed, 4 a quote is changed or not found."""


@click.command(epilog=_EPILOG)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--article",
    "articles",
    multiple=True,
    type=FILE,
    help="An article to check; may be repeated.",
)
@click.option("--cluster", metavar="ADDRESS", help="Transcribe on the workers of a dask scheduler (docs/cluster.md).")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and about how long it takes; change nothing.")
@with_options(
    NEW_CASE,
    STYLE,
    RETIME,
    DATE_ORDER,
    *SPEECH_OPTIONS,
    *TRANSLATION_OPTIONS,
    *ENGINE_OPTIONS,
    *REPORT_OPTIONS,
    QUIET,
    JSON,
)
def run(
    sources: tuple[Path, ...],
    articles: tuple[Path, ...],
    dry_run: bool,
    case_folder: Path,
    quiet: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Transcribe, translate and check recordings; write the report.

    SOURCE is an audio file, a folder, a Telegram export (its folder or result.json) or a WhatsApp export (folder or
    zip).
    """
    from pipeline.batch import job

    if dry_run:
        return _preview(sources, case_folder, quiet, as_json, settings_module.load(flags))
    with watching(quiet) as listen:
        outcome = job.run(sources, articles, case_folder, settings_module.load(flags), listen)
    print_answers(outcome.checks, as_json)
    return print_outcome(outcome, as_json)


def _preview(sources: tuple[Path, ...], folder: Path, quiet: bool, as_json: bool, settings: Settings) -> int:
    """Print what a run would do; exit code 3 when some of the sources cannot be used."""
    from pipeline.batch.preview import preview

    with watching(quiet) as listen:
        found = preview(sources, folder, settings, listen)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return _SOME_FAILED if found.failures else 0
    speech, translation = found.models
    click.echo(f"recordings  {found.recordings} ({found.distinct} different)")
    click.echo(f"finished    {found.finished}")
    click.echo(f"to do       {found.pending} ({found.pending_bytes / 1e6:.1f} MB)")
    if found.stated:
        click.echo(f"stated      {clock(found.stated_ms)} of sound in {found.stated} of them")
    click.echo(f"models      {speech.name} (recogniser), {translation.name} (translator)")
    click.echo(f"cannot use  {len(found.failures)}")
    click.echo(f"time        {_time(found)}")
    return _SOME_FAILED if found.failures else 0


def _time(found: Preview) -> str:
    if not found.pending:
        return "nothing to transcribe"
    if found.seconds is None:
        return "unknown: none of the notes tried could be heard"
    return (
        f"about {clock(round(found.seconds * 1000))} on this machine as busy as it is, tried on {found.tried} of them"
    )
