"""``voxquote clip``: the sound behind a quote, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import CASE, with_options
from pipeline.cli.terminal import complain, counted, say

if TYPE_CHECKING:
    from pipeline.speech.clip import Encoding

_ERROR, _SOME_FAILED = 1, 3
_EPILOG = """\b
Examples:
  voxquote clip q3 --case popov
  voxquote clip q3 q7 --case popov --article story.html --format opus --to for-the-editor/

A clip begins and ends in a pause where there is one. Its name tells the quote, the recording, the times and the
beginning of its SHA-256; a .json beside it tells the rest.

Exit codes: 0 done, 1 nothing could be cut, 2 no such quote or article, 3 some could not be cut."""


@click.command(epilog=_EPILOG)
@click.argument("quotes", metavar="QUOTE...", nargs=-1, required=True)
@click.option(
    "--article", metavar="ID|FILE", help="The article that the quote stands in, where the case holds several."
)
@click.option(
    "--format",
    "encoding",
    type=click.Choice(["wav", "opus"]),
    default="wav",
    show_default=True,
    help="WAV: the samples of the original. Opus: small, for sending.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path, file_okay=False), help="Where to. [default: clips/ in the case]"
)
@with_options(CASE)
def clip(
    quotes: tuple[str, ...], article: str | None, encoding: Encoding, target: Path | None, case_folder: Path
) -> int:
    """Cut the passages of checked quotes out of their recordings.

    QUOTE is the quote's number in the report and in `voxquote check`: q3, say.
    """
    from pipeline.batch.clipping import Clipping, cut_quotes

    written, failures = cut_quotes(case_folder, Clipping(quotes, article, encoding, target))
    for path in written:
        click.echo(path)
    for failure in failures:
        complain(failure.message, failure.hint)
    say(f"{counted(len(written), 'clip')} written")
    if failures:
        return _SOME_FAILED if written else _ERROR
    return 0
