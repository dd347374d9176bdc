"""Something on disk becomes a list of recordings.

In: a path that a person named: a file, a folder, a chat export. Out: a Listing of the files to work on, with sender and
time where the source knows them, and of what could not be listed. Never opens an audio file, never follows an export to
a place outside its folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import Failure
from pipeline.sources import folder, telegram, whatsapp
from pipeline.sources.listing import Listing
from pipeline.sources.whatsapp import Order

__all__ = ["Listing", "find"]


def find(source: Path, workspace: Path | None = None, date_order: Order | None = None) -> Listing:
    """The recordings behind one source; a missing or empty source becomes an InputError that says so.

    Exports below a folder are read as exports: what they list counts, not every clip that lies in them. ``workspace``
    is a folder of ours for what comes out of zip files; ``date_order`` settles the dates that a chat leaves open.
    """
    if telegram.recognises(source):
        return telegram.read(source)
    if source.is_dir():
        listing = _tree(source, partial(whatsapp.read, workspace=workspace, date_order=date_order))
    elif whatsapp.recognises(source):
        listing = whatsapp.read(source, workspace, date_order)
    elif source.exists():
        listing = folder.single(source)
    else:
        listing = folder.matching(source)
    if not listing.files and not listing.failures:
        raise InputError(
            f"{source.name or source} holds no audio", f"audio is looked for by these endings: {folder.endings()}"
        )
    return listing


def _tree(root: Path, read_chat: Callable[[Path], Listing]) -> Listing:
    """A folder and those below it; a WhatsApp chat tells more of the recordings that lie beside it."""
    own = read_chat(root) if whatsapp.recognises(root) else folder.files_in(root)
    zipped = (_guarded(read_chat, path) for path in whatsapp.archives_in(root))
    below = (_guarded(partial(_branch, read_chat=read_chat), child) for child in folder.folders_in(root))
    parts = [own, *zipped, *below]
    return Listing(
        tuple(file for part in parts for file in part.files),
        tuple(failure for part in parts for failure in part.failures),
        tuple(path for part in parts for path in part.told_by),
    )


def _branch(child: Path, read_chat: Callable[[Path], Listing]) -> Listing:
    return telegram.read(child) if telegram.recognises(child) else _tree(child, read_chat)


def _guarded(read: Callable[[Path], Listing], child: Path) -> Listing:
    """One folder or archive below the source; an unreadable one costs the others nothing."""
    try:
        return read(child)
    except InputError as error:
        return Listing(failures=(Failure(child.name, "source", error.message, error.hint),))
