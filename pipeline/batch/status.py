"""Where a case stands.

In: a case folder. Out: counts, who writes it at the moment, and whether it is sealed. Of what was heard it reads only
the transcripts that have no translation. Never writes, never hashes: only ``voxquote verify`` tells whether a seal
holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.batch.documents import distinct
from pipeline.case import journal
from pipeline.case.evidence import MANIFEST
from pipeline.case.lock import writer_of
from pipeline.case.store import Case
from pipeline.errors import EvidenceError
from pipeline.records import Recording


class Seal(StrEnum):
    """Whether the case carries a seal, judged by the times of its files."""

    SEALED = "sealed"
    LATER = "sealed; voxquote made files later"
    CHANGED = "changed since it was sealed"
    NONE = "not sealed"


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of a case. ``recordings`` counts the same content every time it is listed, the others once.

    ``need_no_translation``: nothing was heard in them, or only the language that the case is translated into.
    """

    recordings: int
    distinct: int
    audio_ms: int
    transcribed: int
    translated: int
    need_no_translation: int
    failures: int
    articles: int
    checked: int
    writer: str | None
    seal: Seal


def status(folder: Path) -> Status:
    """Where the case in ``folder`` stands. Raises EvidenceError when it is no case."""
    case = Case.open(folder)
    contents = distinct(case)
    language = case.info.target_language
    transcripts, translations = _names(folder / "transcripts"), _names(folder / "translations")
    articles = _names(folder / "articles")
    heard = [recording for recording in contents if f"{recording.id}.json" in transcripts]
    untranslated = [recording for recording in heard if f"{recording.id}.{language}.json" not in translations]
    return Status(
        recordings=len(case.recordings()),
        distinct=len(contents),
        audio_ms=sum(recording.duration_ms for recording in contents),
        transcribed=len(heard),
        translated=len(heard) - len(untranslated),
        need_no_translation=sum(_needs_no_translation(recording, case) for recording in untranslated),
        failures=len(case.failures()),
        articles=len(articles),
        checked=len(articles & _names(folder / "checks")),
        writer=writer_of(folder),
        seal=_seal(folder),
    )


def _needs_no_translation(recording: Recording, case: Case) -> bool:
    try:
        transcript = case.transcript(recording.id)
    except EvidenceError:  # a damaged one is to be made again, and then translated
        return False
    return transcript is not None and (not transcript.words or transcript.language == case.info.target_language)


def _names(folder: Path) -> frozenset[str]:
    """The names of the JSON files in a folder; none when there is no such folder."""
    try:
        return frozenset(name for name in os.listdir(folder) if name.endswith(".json") and not name.startswith("."))
    except FileNotFoundError:
        return frozenset()


def _seal(folder: Path) -> Seal:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return Seal.NONE
    sealed_ns = manifest.stat().st_mtime_ns
    newer = {path for path, changed_ns in _changes(folder, "") if changed_ns > sealed_ns}
    if not newer:
        return Seal.SEALED
    own = {path for entry in journal.entries(folder) for path in (entry.name, *entry.files)}
    return Seal.LATER if newer <= own else Seal.CHANGED


def _changes(folder: Path, above: str) -> Iterator[tuple[str, int]]:
    """Each file of the case by its path, and when it was last written; working files are left out."""
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _changes(Path(entry.path), f"{above}{entry.name}/")
        elif entry.is_file():
            yield f"{above}{entry.name}", entry.stat().st_mtime_ns
