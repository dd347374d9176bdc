"""``voxquote transcribe`` and ``voxquote translate``: one stage at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_outcome
from pipeline.cli.options import (
    CASE,
    DATE_ORDER,
    ENGINE_OPTIONS,
    FILE,
    NEW_CASE,
    QUIET,
    SPEECH_OPTIONS,
    TRANSLATION_OPTIONS,
    with_options,
)
from pipeline.cli.progress import watching


@click.command(epilog="\b\nExample:\n  voxquote transcribe notes/ --case notes --asr large-v3")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=FILE)
@with_options(NEW_CASE, DATE_ORDER, *SPEECH_OPTIONS, *ENGINE_OPTIONS, QUIET)
def transcribe(sources: tuple[Path, ...], case_folder: Path, quiet: bool, **flags: Any) -> int:
    """Transcribe recordings into a case."""
    from pipeline.batch import job

    with watching(quiet) as listen:
        outcome = job.transcribe(sources, case_folder, settings_module.load(flags), listen)
    return print_outcome(outcome)


@click.command(epilog="\b\nExample:\n  voxquote translate --case notes --mt argos-ru_en")
@with_options(CASE, *TRANSLATION_OPTIONS, *ENGINE_OPTIONS, QUIET)
def translate(case_folder: Path, quiet: bool, **flags: Any) -> int:
    """Translate the transcripts of a case."""
    from pipeline.batch import job

    with watching(quiet) as listen:
        outcome = job.translate(case_folder, settings_module.load(flags), listen)
    return print_outcome(outcome)
