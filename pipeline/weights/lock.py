"""The lock of the real models and the folders that models live in.

In: ``models/weights.lock.toml``, the environment. Out: ``LockedModel`` records, paths. Never opens a connection.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs

from pipeline.errors import WeightsError

Kind = Literal["asr", "mt"]
LOCK_FILE = "weights.lock.toml"
STARTERS: Mapping[Kind, str] = {"asr": "whisper-ru", "mt": "translate-ru_en"}


@dataclass(frozen=True, slots=True)
class LockedFile:
    """A file to download. ``size_bytes`` and ``sha256`` are None where nobody has published them."""

    name: str
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class LockedModel:
    """A model that can be fetched. ``address`` and a file's name make its URL; an ``archive`` is unpacked."""

    name: str
    kind: Kind
    title: str
    licence: str
    address: str
    files: tuple[LockedFile, ...]
    repository: str | None = None
    revision: str | None = None
    also_as: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    archive: bool = False

    @property
    def size_bytes(self) -> int | None:
        """The size of the download, or None where a part of it is unknown."""
        sizes = [file.size_bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def project_folder() -> Path:
    """Where the project's own models lie: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def user_folder() -> Path:
    """Where fetched models are installed, one folder each: ``VOXQUOTE_MODELS``, or voxquote's data folder."""
    if chosen := os.environ.get("VOXQUOTE_MODELS"):
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("voxquote") / "models"


def read_lock(path: Path | None = None) -> dict[str, LockedModel]:
    """The models that can be fetched, by name, in the order of the file.

    Raises ``WeightsError`` when the lock is missing or malformed.
    """
    if path is None:
        places = [folder / LOCK_FILE for folder in (project_folder(), user_folder())]
        path = next((place for place in places if place.is_file()), places[0])
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return {name: _model(name, table) for name, table in tables.items()}
    except FileNotFoundError as error:
        raise WeightsError(
            f"{LOCK_FILE}, the list of models, is missing.", "Install voxquote again, or set VOXQUOTE_MODELS."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{LOCK_FILE} cannot be read.", "Restore it from the project.") from error


def locked_model(name: str, lock: Mapping[str, LockedModel]) -> LockedModel | None:
    """The locked model of this name or of one of its other names (its repository included)."""
    for model in lock.values():
        if name in (model.name, model.repository, *model.names, *model.also_as):
            return model
    return None


def shown(path: Path) -> str:
    """A path for a message: the home folder, which holds a person's name, becomes ``~``."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def _model(name: str, table: Mapping[str, Any]) -> LockedModel:
    if table["kind"] not in STARTERS or Path(name).name != name:
        raise ValueError(name)
    files = tuple(LockedFile(**file) for file in table["files"])
    for file in files:
        if Path(file.name).name != file.name:
            raise ValueError(file.name)
    return LockedModel(
        name=name,
        kind=table["kind"],
        title=table["title"],
        licence=table["licence"],
        address=table["address"],
        files=files,
        repository=table.get("repository"),
        revision=table.get("revision"),
        also_as=tuple(table.get("also_as", ())),
        names=tuple(table.get("names", ())),
        archive=table.get("archive", False),
    )
