"""A model of the lock becomes an installed folder: downloaded, checked, unpacked, moved into place in one step.

In: a name. Out: ``Fetched``: the folder, and which files had to be trusted because nobody publishes their hash.
Never leaves half a model under its name; never installs a file whose size or hash is wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from pipeline.digest import hash_file
from pipeline.errors import WeightsError
from pipeline.weights.download import NoConnectionError, Patience, Progress, download
from pipeline.weights.find import is_model
from pipeline.weights.hashes import write_record
from pipeline.weights.lock import LockedFile, LockedModel, locked_model, read_lock, shown, user_folder
from pipeline.weights.unpack import unpack

INCOMING = "incoming"  # files on their way, one folder a model; files put there by hand are taken as downloads


@dataclass(frozen=True, slots=True)
class Fetched:
    """An installed model. ``trusted`` names the downloads whose hash nobody publishes: recorded, not compared."""

    name: str
    path: Path
    trusted: tuple[str, ...] = ()
    already_there: bool = False


def fetch(
    name: str,
    progress: Progress = lambda name, done, total: None,
    lock: Mapping[str, LockedModel] | None = None,
    root: Path | None = None,
    patience: Patience | None = None,
) -> Fetched:
    """Install a model of the lock below ``root`` (default: the user's model folder).

    Resumes what an earlier call left, and takes files that were put into the incoming folder by hand. Raises
    ``WeightsError``: an unknown name, no connection (the hint lists every file, its URL and its place), a wrong size
    or hash, a bad archive, no room, another fetch of the same model under way.
    """
    lock = read_lock() if lock is None else lock
    model = locked_model(name, lock)
    if model is None:
        raise WeightsError(f"{name} is not a model that can be fetched.", f"Choose one of: {', '.join(lock)}.")
    root = root or user_folder()
    incoming = root / INCOMING / model.name
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        with FileLock(incoming.with_suffix(".lock"), timeout=0):
            return _fetch(model, root / model.name, incoming, progress, patience or Patience())
    except Timeout as error:
        raise WeightsError(f"{model.name} is being fetched by another process.", "Wait until it has ended.") from error
    except PermissionError as error:
        raise WeightsError("The model folder cannot be written.", f"Check the rights of {shown(root)}.") from error


def by_hand(model: LockedModel, incoming: Path) -> str:
    """What a person without a network has to bring from where to where."""
    lines = [f"  {model.address}{file.name}" for file in model.files]
    return "\n".join(
        [
            "On a machine with a network download",
            *lines,
            f"put {'it' if len(lines) == 1 else 'them'} into {shown(incoming)} under the same name"
            f"{'' if len(lines) == 1 else 's'}, and run `voxquote models fetch {model.name}` again:",
            "it finds, checks and installs what lies there without a network.",
        ]
    )


def _fetch(model: LockedModel, target: Path, incoming: Path, progress: Progress, patience: Patience) -> Fetched:
    if is_model(target, model.kind):
        return Fetched(model.name, target, already_there=True)
    for file in model.files:
        _bring(model, file, incoming, progress, patience)
    digests = {file.name: _checked(incoming / file.name, file) for file in model.files}
    _install(model, incoming, target, digests)
    return Fetched(model.name, target, tuple(file.name for file in model.files if file.sha256 is None))


def _bring(model: LockedModel, file: LockedFile, incoming: Path, progress: Progress, patience: Patience) -> None:
    if (incoming / file.name).is_file():
        return
    url = model.address + file.name
    try:
        download(url, incoming / file.name, file, progress, patience)
    except NoConnectionError as error:
        raise WeightsError(
            f"{model.name} could not be fetched: no connection to {urlsplit(url).hostname}.", by_hand(model, incoming)
        ) from error


def _checked(path: Path, file: LockedFile) -> str:
    """The hash of a download that is what it should be; a wrong one is removed, so that the next call starts afresh."""
    size, digest = path.stat().st_size, hash_file(path, WeightsError)
    wrong = "size" if file.size_bytes not in (None, size) else "hash" if file.sha256 not in (None, digest) else None
    if wrong is not None:
        path.unlink()
        raise WeightsError(
            f"{file.name} is not the file that the lock names: its {wrong} is wrong. It was removed.",
            "Fetch again; if it happens twice, something between here and the server changes the file: do not use it.",
        )
    return digest


def _install(model: LockedModel, incoming: Path, target: Path, digests: dict[str, str]) -> None:
    ready = incoming / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    try:
        for file in model.files:
            if model.archive:
                unpack(incoming / file.name, ready)
            else:
                (incoming / file.name).rename(ready / file.name)
        if not is_model(ready, model.kind):
            raise WeightsError(f"What was fetched as {model.name} is not a usable model.", "Choose another model.")
        write_record(ready, model, digests)
    except WeightsError:
        shutil.rmtree(ready, ignore_errors=True)
        raise
    if target.exists():  # something incomplete lies there: it makes room only now that the model is complete
        target.rename(incoming / "replaced")
    ready.rename(target)
    shutil.rmtree(incoming, ignore_errors=True)
