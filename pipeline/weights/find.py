"""A name or a path becomes a model folder; what is installed and what could be fetched.

In: ``--asr``/``--mt`` names or paths, the folders of this machine. Out: ``ModelFolder`` and ``ModelEntry`` records.
Never opens a connection and never loads a model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WeightsError
from pipeline.weights.hashes import hash_model
from pipeline.weights.lock import (
    STARTERS,
    Kind,
    LockedModel,
    locked_model,
    project_folder,
    read_lock,
    shown,
    user_folder,
)

_PARTS: Mapping[Kind, tuple[str, ...]] = {
    "asr": ("model.bin", "config.json"),
    "mt": ("metadata.json", "model/model.bin", "model/config.json"),
}
_WHAT = {"asr": "recogniser", "mt": "translator"}
_FLAG = {"asr": "--asr", "mt": "--mt"}


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on this machine. ``starter``: one of the small models that come with voxquote."""

    path: Path
    name: str
    kind: Kind
    starter: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A line of the list of models; ``path`` is None where the model is not installed."""

    name: str
    kind: Kind
    title: str
    licence: str
    size_bytes: int | None
    path: Path | None
    starter: bool = False
    fetchable: bool = False


def find(name_or_path: str, kind: Kind) -> ModelFolder:
    """The model folder for a name or a path, with the hash of its files.

    A path (anything with a separator that exists, or starts with ``.`` or ``~``) is taken as it is. A name is looked
    for in the project's models, the user's data folder, the Hugging Face cache and the packages of Argos Translate.
    Raises ``WeightsError`` when there is none, saying what to run or where to put files by hand.
    """
    given = Path(name_or_path).expanduser()
    if given.is_dir() and (os.sep in name_or_path or name_or_path.startswith((".", "~"))):
        if not is_model(given, kind):
            raise WeightsError(
                f"The folder {given.name} is not a {_WHAT[kind]}.", f"It must hold {', '.join(_PARTS[kind])}."
            )
        return _folder(given, given.resolve().name, kind)
    lock = read_lock()
    for path in _places(name_or_path, kind, locked_model(name_or_path, lock)):
        if is_model(path, kind):
            return _folder(path, _name(name_or_path, path), kind)
    raise _missing(name_or_path, kind, lock)


def list_models() -> tuple[ModelEntry, ...]:
    """Starter models, models of the user's folder that are not in the lock, and every model of the lock."""
    lock = read_lock()
    entries = []
    for kind, name in STARTERS.items():
        path = next((place for place in _starters(kind) if is_model(place, kind)), None)
        if path is not None:
            title = f"starter {_WHAT[kind]}"
            entries.append(ModelEntry(name, kind, title, "MIT", folder_size_bytes(path), path, starter=True))
    for kind in STARTERS:
        entries.extend(
            ModelEntry(path.name, kind, "", "unknown", folder_size_bytes(path), path)
            for path in _own_folders()
            if is_model(path, kind) and locked_model(path.name, lock) is None
        )
    for model in lock.values():
        places = _places(model.name, model.kind, model)
        found = next((place for place in places if is_model(place, model.kind)), None)
        size = model.size_bytes if found is None else folder_size_bytes(found)
        entries.append(ModelEntry(model.name, model.kind, model.title, model.licence, size, found, fetchable=True))
    return tuple(entries)


def is_model(folder: Path, kind: Kind) -> bool:
    """Whether the folder holds the files without which such a model cannot be loaded."""
    return all((folder / part).is_file() for part in _PARTS[kind])


def folder_size_bytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def hugging_face_cache() -> Path:
    """Where Hugging Face programs keep their downloads, by the environment variables they document."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if chosen := os.environ.get(variable):
            return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or str(Path(cache) / "huggingface")
    return Path(home).expanduser() / "hub"


def argos_packages() -> Path:
    """Where Argos Translate installs its packages."""
    if chosen := os.environ.get("ARGOS_PACKAGES_DIR"):
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "argos-translate" / "packages"


def _own_folders() -> Iterator[Path]:
    for root in (project_folder(), user_folder()):
        if root.is_dir():
            yield from sorted(root.iterdir())


def _starters(kind: Kind) -> tuple[Path, ...]:
    return tuple(root / "starter" / STARTERS[kind] for root in (project_folder(), user_folder()))


def _places(name: str, kind: Kind, locked: LockedModel | None) -> Iterator[Path]:
    if name in ("starter", STARTERS[kind]):
        yield from _starters(kind)
    names = [name] if locked is None else [locked.name, *locked.names]
    names = [each for each in names if Path(each).name == each and each not in (".", "..", "starter", "training")]
    for root in (project_folder(), user_folder()):
        yield from (root / each for each in names)
    if kind == "mt":
        yield from (argos_packages() / each for each in names)
    repositories = [name] if locked is None else [locked.repository or "", *locked.also_as]
    for repository in repositories:
        if repository.count("/") == 1 and ".." not in repository:
            yield from _snapshots(repository, locked.revision if locked else None)


def _snapshots(repository: str, revision: str | None) -> Iterator[Path]:
    """Snapshots of a repository in the Hugging Face cache: the locked revision first, then what ``main`` names."""
    folder = hugging_face_cache() / ("models--" + repository.replace("/", "--"))
    if revision:
        yield folder / "snapshots" / revision
    main = folder / "refs" / "main"
    if main.is_file():
        yield folder / "snapshots" / Path(main.read_text(encoding="utf-8").strip()).name
    if (folder / "snapshots").is_dir():
        yield from sorted((folder / "snapshots").iterdir())


def _name(given: str, path: Path) -> str:
    return path.name if given == "starter" else given


def _folder(path: Path, name: str, kind: Kind) -> ModelFolder:
    starter = path.resolve() in [place.resolve() for place in _starters(kind)]
    return ModelFolder(path, name, kind, starter, hash_model(path))


def _missing(name: str, kind: Kind, lock: Mapping[str, LockedModel]) -> WeightsError:
    message = f"There is no {_WHAT[kind]} named {name} on this machine."
    model = locked_model(name, lock)
    if model is not None and model.kind == kind:
        by_hand = shown(user_folder() / model.name)
        return WeightsError(
            message, f"Run `voxquote models fetch {model.name}`, or put its files into {by_hand} by hand."
        )
    known = ", ".join(["starter", *(each.name for each in lock.values() if each.kind == kind)])
    return WeightsError(message, f"{_FLAG[kind]} takes a path or one of: {known}. See `voxquote models list`.")
