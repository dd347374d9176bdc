"""``voxquote run``: everything, the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_answers, print_outcome
from pipeline.cli.options import (
    CASE,
    DATE_ORDER,
    ENGINE_OPTIONS,
    JSON,
    QUIET,
    REPORT_OPTIONS,
    SPEECH_OPTIONS,
    STYLE,
    TRANSLATION_OPTIONS,
    with_options,
)
from pipeline.cli.progress import watching

_EPILOG = """\b
Examples:
  voxquote run note.ogg --article story.html --case popov
  voxquote run ChatExport/ --case chat --asr large-v3 --mt argos-ru_en
  voxquote run notes/ --case notes --language ru

Stop it at any time: the same command goes on where it stopped.
Exit codes: 0 done, 3 finished but some files failed, 4 a quote is changed or not found."""


@click.command(epilog=_EPILOG)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--article",
    "articles",
    multiple=True,
    type=click.Path(path_type=Path),
    help="An article to check; may be repeated.",
)
@with_options(
    CASE, STYLE, DATE_ORDER, *SPEECH_OPTIONS, *TRANSLATION_OPTIONS, *ENGINE_OPTIONS, *REPORT_OPTIONS, QUIET, JSON
)
def run(
    sources: tuple[Path, ...], articles: tuple[Path, ...], case_folder: Path, quiet: bool, as_json: bool, **flags: Any
) -> int:
    """Transcribe, translate and check recordings; write the report.

    SOURCE is an audio file, a folder, a Telegram export (its folder or result.json) or a WhatsApp export (folder or
    zip).
    """
    from pipeline.batch import job

    with watching(quiet) as listen:
        outcome = job.run(sources, articles, case_folder, settings_module.load(flags), listen)
    print_answers(outcome.checks, as_json)
    return print_outcome(outcome)
