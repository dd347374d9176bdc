"""An Argos package on disk becomes languages and a tokenizer; the only importer of argostranslate.

In: a folder with ``metadata.json``, ``model/`` and ``sentencepiece.model`` (or ``bpe.model``).
Out: a ``TranslationPackage``. Never imports torch, stanza or spacy, never installs or downloads a package, and never
uses argostranslate's own translate loop (it batches nothing and logs the text).
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

from pipeline.errors import SettingsError, WeightsError

_HINT = "Run `voxquote models fetch translate-ru_en`, or name another package with --mt."


class Tokenizer(Protocol):
    """What a package brings to cut text into subwords and to put them together again."""

    def encode(self, sentence: str) -> list[str]:
        """Text to subword tokens; the empty list for text without any."""
        ...

    def decode(self, tokens: list[str]) -> str:
        """Subword tokens to text."""
        ...


@dataclass(frozen=True, slots=True)
class TranslationPackage:
    """A translation package: languages are ISO 639 codes, ``target_prefix`` is a token or empty."""

    name: str
    version: str
    source_language: str
    target_language: str
    target_prefix: str
    model_folder: Path
    tokenizer: Tokenizer
    marks_words: bool  # tokens carry the sentencepiece word marker, so that they can be counted into words


def load_package(folder: Path) -> TranslationPackage:
    """Read an Argos package.

    Raises ``WeightsError`` when a part is missing or unreadable, or when the package needs sacremoses (the older
    BPE packages do) and it is not installed.
    """
    for part in ("metadata.json", "model/model.bin", "model/config.json"):
        if not (folder / part).is_file():
            raise WeightsError(f"The translation package {folder.name} has no {part}.", _HINT)
    is_sentencepiece = (folder / "sentencepiece.model").is_file()
    _check_tokenizer(folder, is_sentencepiece)
    argos = _import_argos()
    try:
        package = argos.Package(folder)
        tokenizer: Tokenizer = package.tokenizer
        tokenizer.encode("?")  # loads it now, so that a damaged file is reported here
    except (OSError, ValueError, RuntimeError, AttributeError, KeyError) as error:
        raise WeightsError(f"The translation package {folder.name} cannot be read.", _HINT) from error
    if not package.from_code or not package.to_code:
        raise WeightsError(f"The translation package {folder.name} does not name its languages.", _HINT)
    return TranslationPackage(
        name=folder.name,
        version=package.package_version,
        source_language=package.from_code,
        target_language=package.to_code,
        target_prefix=package.target_prefix,
        model_folder=folder / "model",
        tokenizer=tokenizer,
        marks_words=is_sentencepiece,
    )


def _check_tokenizer(folder: Path, is_sentencepiece: bool) -> None:
    if is_sentencepiece:
        return
    if not (folder / "bpe.model").is_file():
        raise WeightsError(f"The translation package {folder.name} has no sentencepiece.model or bpe.model.", _HINT)
    if importlib.util.find_spec("sacremoses") is None:
        raise WeightsError(
            f"The translation package {folder.name} is an older one that needs sacremoses, which is not installed.",
            "Install sacremoses beside voxquote, or use a package with a sentencepiece.model.",
        )


def _import_argos() -> ModuleType:
    """Import ``argostranslate.package``, which makes folders in the user's home as it is imported.

    Where the home cannot be written (a container, a locked-down account) a temporary folder takes its place.
    """
    try:
        return _import_package_module()
    except OSError:
        with _temporary_home():
            return _import_package_module()


def _import_package_module() -> ModuleType:
    try:
        import argostranslate.package
    except (KeyError, ValueError) as error:
        raise SettingsError(
            "argostranslate cannot read its settings.",
            "Look at the environment variables ARGOS_… and at argos-translate/settings.json.",
        ) from error
    module: ModuleType = argostranslate.package
    return module


@contextmanager
def _temporary_home() -> Iterator[None]:
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="voxquote-") as folder:
        os.environ.update(dict.fromkeys(names, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
