"""``voxquote import``: transcripts that other programs made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_outcome
from pipeline.cli.options import CASE, QUIET, with_options
from pipeline.cli.progress import watching

_EPILOG = """\b
Examples:
  voxquote import whisper.json --case popov
  voxquote import subtitles.srt --language ru --case popov && voxquote translate --case popov

Reads JSON of whisper, whisperX and faster-whisper, SRT and VTT. Times of words that the file does not tell are
estimated, and marked so."""


@click.command("import", epilog=_EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", metavar="CODE", help="What is spoken, where the file does not say it.")
@with_options(CASE, QUIET)
def import_transcripts(files: tuple[Path, ...], case_folder: Path, quiet: bool, **flags: Any) -> int:
    """Add transcripts of other programs to a case.

    They are marked as imported, and are translated and checked like our own.
    """
    from pipeline.batch import job

    with watching(quiet) as listen:
        outcome = job.import_transcripts(files, case_folder, settings_module.load(flags), listen)
    return print_outcome(outcome)
