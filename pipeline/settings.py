"""Settings from five places, the nearest first: flags, environment, voxquote.toml, the user's config, defaults.

In: what the command line gave, the environment, two optional TOML files. Out: one frozen Settings. Never reads a model.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path

from pipeline.errors import SettingsError

Embed = Literal["clips", "full", "none"]
PageLanguage = Literal["en", "ru"]
DateOrder = Literal["day", "month", "year"]

PROJECT_FILE = "voxquote.toml"
_PREFIX = "VOXQUOTE_"
_CHOICES = {
    "device": ("auto", "cpu", "cuda"),
    "style": ("strict", "tidy", "translated"),
    "embed": ("clips", "full", "none"),
    "page_language": ("en", "ru"),
    "date_order": (None, "day", "month", "year"),
}
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a person may choose.

    ``asr`` and ``mt`` are names or paths of models; ``language`` is what is spoken (None: heard from each recording);
    ``fast`` lets the recogniser hear short windows (unproven on real voices);
    ``retime`` times each passage that was found once more on its own sound;
    ``threads`` 0 lets the engines choose; ``page_language`` is the report's; ``date_order`` tells which number
    comes first in the dates of a WhatsApp chat, where the chat itself leaves it open; ``cluster`` is the address of a
    dask scheduler whose workers transcribe.
    """

    asr: str = "starter"
    mt: str = "starter"
    device: str = "auto"
    compute_type: str = "default"
    threads: int = 0
    beam_size: int = 5
    fast: bool = False
    retime: bool = True
    language: str | None = None
    source_language: str = "ru"
    target_language: str = "en"
    style: str = "translated"
    embed: Embed = "clips"
    page_language: PageLanguage = "en"
    date_order: DateOrder | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise SettingsError(
                    f"{name} cannot be {getattr(self, name)!r}", f"choose one of: {', '.join(filter(None, allowed))}"
                )
        for name in ("language", "source_language", "target_language"):
            code = getattr(self, name)
            if code is not None and not _LANGUAGE_CODE.fullmatch(code):
                raise SettingsError(f"{name} cannot be {code!r}", "give a code of two or three letters: ru, uk, en …")
        for name, least in (("threads", 0), ("beam_size", 1)):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} cannot be {getattr(self, name)}", f"give a number from {least} up")


def load(flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings in force; a flag of None was not given. ``folder`` is where voxquote.toml is looked for.

    Raises SettingsError for an unknown name or a value of the wrong type, naming where it stands.
    """
    known = {field.name: field.type for field in fields(Settings)}
    chosen: dict[str, Any] = {}
    for path in (user_config_path("voxquote") / "config.toml", (folder or Path.cwd()) / PROJECT_FILE):
        chosen |= _from_file(path, known)
    for name in known:
        if text := environment.get(_PREFIX + name.upper()):
            chosen[name] = _typed(name, text, f"the environment variable {_PREFIX}{name.upper()}")
    chosen |= {name: value for name, value in flags.items() if value is not None and name in known}
    return Settings(**chosen)


def _from_file(path: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}", "correct the file or remove it") from error
    for name in content:
        if name not in known:
            raise SettingsError(f"{path.name} sets {name!r}, which is not a setting", f"known: {', '.join(known)}")
    return {name: _typed(name, value, path.name) for name, value in content.items()}


def _typed(name: str, value: Any, where: str) -> Any:
    """``value`` in the type of the setting's default."""
    default = getattr(Settings(), name)
    if isinstance(default, bool):
        return _switch(name, value, where)
    wanted = int if isinstance(default, int) else str
    try:
        if isinstance(value, (bool, list, dict, float)):
            raise ValueError
        return wanted(value)
    except ValueError as error:
        kind = "a whole number" if wanted is int else "text"
        raise SettingsError(f"{where} gives {name} a value that is not {kind}", f"correct {where}") from error


def _switch(name: str, value: Any, where: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if (text := str(value).lower()) not in known:
        raise SettingsError(f"{where} gives {name} a value that is neither true nor false", f"correct {where}")
    return known[text]
