"""``voxquote import``: transcripts that other programs made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_outcome
from pipeline.cli.options import FILE, NEW_CASE, QUIET, with_options
from pipeline.cli.progress import watching

_EPILOG = """\b
Examples:
  voxquote import whisper.json --case popov
  voxquote import note.srt --audio note.ogg --language ru --case popov
  voxquote import subtitles.srt --language ru --case popov && voxquote translate --case popov

Reads JSON of whisper, whisperX and faster-whisper, SRT and VTT. Times of words that the file does not tell are
estimated, and marked so. Without --audio the passages have no sound and keep such times."""


@click.command("import", epilog=_EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--language", metavar="CODE", help="What is spoken, where the file does not say it.")
@click.option("--audio", type=FILE, help="The recording that FILE writes down: to hear it, and to time it.")
@with_options(NEW_CASE, QUIET)
def import_transcripts(
    files: tuple[Path, ...], audio: Path | None, case_folder: Path, quiet: bool, **flags: Any
) -> int:
    """Add transcripts of other programs to a case.

    They are marked as imported, and are translated and checked like our own.
    """
    from pipeline.batch import job
    from pipeline.batch.importing import Import

    if audio is not None and len(files) > 1:
        raise click.UsageError("--audio goes with one FILE")
    settings = settings_module.load(flags)
    with watching(quiet) as listen:
        outcome = job.import_transcripts(Import(files, settings.language, audio), case_folder, settings, listen)
    return print_outcome(outcome)
