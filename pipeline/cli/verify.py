"""``voxquote verify``: is the case what was sealed?"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import CASE, JSON, with_options
from pipeline.cli.terminal import clean, counted, say

_NEGATIVE = 4
_EPILOG = """\b
Example:
  voxquote verify --case popov

A stranger can check the same inside the case folder with: sha256sum -c manifest-sha256.txt
(which tells changed and missing files, not added ones). `voxquote seal` seals again after changes that are yours."""


@click.command(epilog=_EPILOG)
@with_options(CASE, JSON)
def verify(case_folder: Path, as_json: bool) -> int:
    """Compare a case with its seal.

    Names every changed, missing or added file. What voxquote itself made after the seal (a check, a report, exports,
    clips) is named as "later": it is as voxquote left it, and not covered by the seal. Exit code 4 when anything else
    differs.
    """
    import json

    from pipeline.case import evidence
    from pipeline.case.store import Case

    if not (case_folder / evidence.MANIFEST).is_file():
        Case.open(case_folder)  # a wrong name is told as such
    differences = evidence.verify(case_folder)
    broken = evidence.broken(differences)
    if as_json:
        listed = [{"path": d.path, "change": d.change, **({"by": d.by} if d.by else {})} for d in differences]
        click.echo(json.dumps({"sealed": not broken, "differences": listed}, ensure_ascii=False, indent=1))
        return _NEGATIVE if broken else 0
    for difference in differences:
        by = f"  (voxquote {difference.by})" if difference.by else ""
        click.echo(f"{difference.change:8} {clean(difference.path + by)}")
    click.echo(
        f"{counted(len(broken), 'file differs', 'files differ')} from the seal"
        if broken
        else "everything that was sealed is as it was sealed"
    )
    if later := len(differences) - len(broken):
        made = counted(later, "file was", "files were")
        say(f"{made} made by voxquote after the seal, which does not cover that; to cover it: voxquote seal --case DIR")
    return _NEGATIVE if broken else 0
