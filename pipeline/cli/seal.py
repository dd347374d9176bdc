"""``voxquote seal``: the case as it is now, to the bit."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from pipeline import __version__
from pipeline.cli.options import CASE, JSON, with_options
from pipeline.cli.terminal import clean, complain, counted, say
from pipeline.errors import EvidenceError

if TYPE_CHECKING:
    from pipeline.case.evidence import Difference

_NEGATIVE = 4
_MEANING = {
    "changed": "is not what it was when it was used",
    "missing": "is no longer where it was",
    "added": "was added after the seal",
    "later": "was made after the seal",
}
_EPILOG = """\b
Examples:
  voxquote seal --case popov
  voxquote seal --case popov --bag archive/popov
  voxquote seal --case popov --timestamp-request popov.tsq
  voxquote seal --case popov --timestamp-response popov.tsr

Recordings and articles are sealed as they were when they were used: one that is gone or changed is named, and
sealing again does not hide it.

Exit codes: 0 sealed, 4 sealed, but an input is gone or changed.
Nothing is sent anywhere: carry the request to a time stamping authority yourself."""


@click.command(epilog=_EPILOG)
@click.option("--bag", type=click.Path(path_type=Path), help="Also copy the case and its inputs into a new BagIt bag.")
@click.option(
    "--timestamp-request",
    "request_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a request for an RFC 3161 time stamp of the seal.",
)
@click.option(
    "--timestamp-response",
    "response_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the authority's answer beside the seal, which stays as it is.",
)
@with_options(CASE, JSON)
def seal(
    case_folder: Path, bag: Path | None, request_file: Path | None, response_file: Path | None, as_json: bool
) -> int:
    """Seal a case: the SHA-256 of all its files.

    Recordings, chats and articles that went into it are sealed with it. Says first what differs from the earlier seal.
    `voxquote verify` compares later.
    """
    from pipeline.case import evidence, seal_bag, seal_stamp
    from pipeline.case.files import hash_file, write_atomic
    from pipeline.case.lock import sole_writer
    from pipeline.case.store import Case

    Case.open(case_folder)
    with sole_writer(case_folder):
        earlier: tuple[Difference, ...] = ()
        if response_file:
            seal_stamp.keep_response(case_folder, response_file)
            say("the time stamp is kept; check its signature with: openssl ts -verify")
        else:
            earlier = _since_earlier_seal(case_folder)
            evidence.seal(case_folder)
        differing = evidence.broken(evidence.verify(case_folder))
        if request_file:
            write_atomic(request_file, seal_stamp.request(case_folder))
        if bag:
            say(f"{counted(seal_bag.write_bag(case_folder, bag, _facts()), 'file')} copied into the bag {bag}")
        unsealed = evidence.unsealed(case_folder)
        files, sha256 = len(evidence.listed(case_folder)), hash_file(case_folder / evidence.MANIFEST)
    _complain(differing)
    if as_json:
        changes = {"since_earlier_seal": _plain(earlier), "not_as_used": _plain(differing), "unsealed": list(unsealed)}
        click.echo(json.dumps({"files": files, "seal_sha256": sha256, **changes}, ensure_ascii=False, indent=1))
    else:
        _print(earlier)
        for path in unsealed:
            say(f"{PurePosixPath(path).name} is not sealed: the case lists it without its SHA-256")
        click.echo(f"{files} files sealed; SHA-256 of the seal: {sha256}")
        say("Keep that number somewhere else too: it proves later that nobody changed the case and sealed it again.")
    return _NEGATIVE if differing else 0


def _since_earlier_seal(folder: Path) -> tuple[Difference, ...]:
    """What differs from the earlier seal; nothing when there is none, and a word when it cannot be read."""
    from pipeline.case import evidence

    if not (folder / evidence.MANIFEST).is_file():
        return ()
    try:
        return evidence.verify(folder)
    except EvidenceError as error:
        complain(f"the earlier seal cannot be compared: {error.message}", "the case is sealed anew as it is now")
        return ()


def _facts() -> dict[str, str]:
    """What a bag says of its making; SOURCE_DATE_EPOCH stands for another day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return {"Bagging-Date": moment.date().isoformat(), "Bag-Software-Agent": f"voxquote {__version__}"}


def _print(earlier: tuple[Difference, ...]) -> None:
    if earlier:
        click.echo(f"since the earlier seal, {counted(len(earlier), 'file differs', 'files differ')}:")
    for difference in earlier:
        click.echo(f"  {difference.change:8} {clean(difference.path)}")


def _complain(differing: tuple[Difference, ...]) -> None:
    for difference in differing:
        message = f"{PurePosixPath(difference.path).name} {_MEANING[difference.change.value]}"
        complain(message, "put the original back, or run the case again")


def _plain(differences: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [{"path": difference.path, "change": difference.change} for difference in differences]
