"""``voxquote export``: a case as files that other programs open."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import CASE, with_options
from pipeline.cli.terminal import complain, say

_EPILOG = """\b
Examples:
  voxquote export --case popov --format srt
  voxquote export --case popov --format json --format txt --to out/"""


@click.command(epilog=_EPILOG)
@click.option(
    "--format",
    "formats",
    multiple=True,
    required=True,
    metavar="FORMAT",
    help="What to write; may be repeated. --list shows all.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path, file_okay=False), help="Where to. [default: exports/ in the case]"
)
@with_options(CASE)
def export(case_folder: Path, formats: tuple[str, ...], target: Path | None) -> int:
    """Write the transcripts of a case in other formats."""
    from pipeline.batch import exporting

    written, failures = exporting.export_case(case_folder, formats, target)
    for path in written:
        click.echo(path)
    for failure in failures:
        complain(failure.message, failure.hint)
    say(f"{len(written)} files written")
    return 3 if failures else 0
