"""``voxquote report``: the page of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_outcome
from pipeline.cli.options import CASE, QUIET, REPORT_OPTIONS, with_options
from pipeline.cli.progress import watching


@click.command(epilog="\b\nExample:\n  voxquote report --case popov --lang ru --embed full")
@with_options(CASE, *REPORT_OPTIONS, QUIET)
def report(case_folder: Path, quiet: bool, **flags: Any) -> int:
    """Write the report of a case: one HTML file.

    The sound of the passages is inside; it opens without a network and can be mailed.
    """
    from pipeline.batch import job

    with watching(quiet) as listen:
        outcome = job.report(case_folder, settings_module.load(flags), listen)
    return print_outcome(outcome)
