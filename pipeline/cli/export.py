"""``voxquote export``: a case as files that other programs open."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import CASE, with_options
from pipeline.cli.terminal import complain, counted, say

_EPILOG = """\b
Examples:
  voxquote export --case popov --format srt
  voxquote export --case popov --format json --format txt --to out/"""


def _list_formats(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from pipeline.exports import FORMATS

        for name, format in FORMATS.items():
            click.echo(f"{name:10} {format.description}")
        context.exit()


@click.command(epilog=_EPILOG)
@click.option("--format", "formats", multiple=True, metavar="FORMAT", help="What to write; may be repeated.")
@click.option(
    "--list",
    "listing",
    is_flag=True,
    is_eager=True,
    callback=_list_formats,
    expose_value=False,
    help="Show the formats and exit.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path, file_okay=False), help="Where to. [default: exports/ in the case]"
)
@with_options(CASE)
def export(case_folder: Path, formats: tuple[str, ...], target: Path | None) -> int:
    """Write the transcripts of a case in other formats."""
    from pipeline.batch import exporting

    if not formats:
        raise click.UsageError("name a --format; see: voxquote export --list")
    written, failures = exporting.export_case(case_folder, formats, target)
    for path in written:
        click.echo(path)
    for failure in failures:
        complain(failure.message, failure.hint)
    say(f"{counted(len(written), 'file')} written")
    return 3 if failures else 0
