"""``voxquote verify``: is the case what was sealed?"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import CASE, JSON, with_options
from pipeline.cli.terminal import clean

_NEGATIVE = 4
_EPILOG = """\b
Example:
  voxquote verify --case popov

A stranger can check the same inside the case folder with: sha256sum -c manifest-sha256.txt
(which tells changed and missing files, not added ones). `voxquote seal` seals again after changes that are yours."""


@click.command(epilog=_EPILOG)
@with_options(CASE, JSON)
def verify(case_folder: Path, as_json: bool) -> int:
    """Compare a case with its seal: name every changed, missing or added file.

    Exit code 4 when anything differs.
    """
    import json

    from pipeline.case import evidence

    differences = evidence.verify(case_folder)
    if as_json:
        listed = [{"path": difference.path, "change": difference.change} for difference in differences]
        click.echo(json.dumps({"sealed": not differences, "differences": listed}, ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            click.echo(f"{difference.change:8} {clean(difference.path)}")
        click.echo(
            "every file is as it was sealed" if not differences else f"{len(differences)} files differ from the seal"
        )
    return _NEGATIVE if differences else 0
