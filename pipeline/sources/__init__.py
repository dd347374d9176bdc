"""Something on disk becomes a list of recordings.

In: a path that a person named: a file, a folder, a chat export. Out: a Listing of the files to work on, with sender and
time where the source knows them, and of what could not be listed. Never opens an audio file, never follows an export to
a place outside its folder.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import Failure
from pipeline.sources import folder, telegram
from pipeline.sources.listing import Listing

__all__ = ["Listing", "find"]


def find(source: Path) -> Listing:
    """The recordings behind one source; a missing or empty source becomes an InputError that says so.

    Exports below a folder are read as exports: what they list counts, not every clip that lies in them.
    """
    if telegram.recognises(source):
        return telegram.read(source)
    if source.is_dir():
        listing = _tree(source)
    elif source.exists():
        listing = folder.single(source)
    else:
        listing = folder.matching(source)
    if not listing.files and not listing.failures:
        raise InputError(
            f"{source.name or source} holds no audio", f"audio is looked for by these endings: {folder.endings()}"
        )
    return listing


def _tree(root: Path) -> Listing:
    parts = [folder.files_in(root), *map(_branch, folder.folders_in(root))]
    return Listing(
        tuple(file for part in parts for file in part.files),
        tuple(failure for part in parts for failure in part.failures),
    )


def _branch(child: Path) -> Listing:
    """One folder below the source; an unreadable one costs the others nothing."""
    try:
        return telegram.read(child) if telegram.recognises(child) else _tree(child)
    except InputError as error:
        return Listing(failures=(Failure(child.name, "source", error.message, error.hint),))
