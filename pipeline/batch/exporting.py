"""A case becomes files that other programs open.

In: a case, formats and a folder. Out: one file for each recording and format. Never prints, never changes the
case's own files.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path, PurePosixPath

from pipeline.batch.documents import documents
from pipeline.batch.guard import attempt
from pipeline.case import journal
from pipeline.case.files import write_atomic
from pipeline.case.journal import Work
from pipeline.case.lock import sole_writer
from pipeline.case.store import Case
from pipeline.errors import SettingsError
from pipeline.exports import FORMATS, export
from pipeline.records import Document, Failure

STAGE = "export"


def export_case(
    folder: Path, formats: Sequence[str], target: Path | None
) -> tuple[tuple[Path, ...], tuple[Failure, ...]]:
    """Write every transcript of the case in every format; returns the files and what could not be written.

    A file is named after its recording; two recordings of one name are told apart by their ids. Raises SettingsError
    for an unknown format.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise SettingsError(f"{unknown[0]!r} is not a format", f"known formats: {', '.join(FORMATS)}")
    case = Case.open(folder)
    judgements = tuple(
        judgement
        for article in case.articles()
        if (check := case.check(article)) is not None
        for judgement in check.judgements
    )
    failures = []
    written = []
    named: set[str] = set()
    with nullcontext() if target else sole_writer(folder):
        for document in documents(case):
            if isinstance(document, Failure):
                failures.append(document)
                continue
            stem = _stem(document, named)
            for name in formats:
                path = (target or folder / "exports") / f"{stem}.{FORMATS[name].extension}"
                result = attempt(partial(export, document, name, judgements), document.recording.path, STAGE)
                if isinstance(result, Failure):
                    failures.append(result)
                else:
                    write_atomic(path, result)
                    written.append(path)
        if not target and written:
            journal.note(folder, Work(STAGE, {"formats": list(formats)}, files=written))
    return tuple(written), tuple(failures)


def _stem(document: Document, taken: set[str]) -> str:
    stem = PurePosixPath(document.recording.path).stem.replace(os.sep, "_")[:150] or document.recording.id
    if stem.startswith(".") or stem in taken:
        stem = f"{document.recording.id}_{stem.lstrip('.')}"
    taken.add(stem)
    return stem
