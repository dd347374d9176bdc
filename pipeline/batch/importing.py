"""Transcripts that other programs made become transcripts of a case.

In: files of theirs. Out: recordings and transcripts, marked as imported; from there on they are translated and checked
like our own. Never replaces a transcript, never prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.batch.events import ItemDone, ItemFailed, Listener, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.plan import merged
from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.records import Failure, Recording, Transcript
from pipeline.sources.transcripts import read_transcript
from pipeline.speech.sentences import split

STAGE = "import"


def import_transcripts(
    paths: Sequence[Path], case: Case, language: str | None, listen: Listener
) -> tuple[Failure, ...]:
    """Add the transcripts in ``paths`` to the case; each stands for a recording of its own."""
    listen(StageStarted(STAGE, len(paths)))
    failures = []
    imported = []
    for path in paths:
        result = attempt(partial(_read, path, case, language), case.portable(path), STAGE)
        if isinstance(result, Failure):
            failures.append(result)
            listen(ItemFailed(result))
            continue
        recording, transcript = result
        case.write_transcript(transcript)
        imported.append(recording)
        listen(ItemDone(STAGE, path.name, recording.duration_ms))
    case.write_recordings(merged(case.recordings(), imported))
    return tuple(failures)


def _read(path: Path, case: Case, language: str | None) -> tuple[Recording, Transcript]:
    """The recording that a transcript stands for, told by the file's own hash, and its transcript."""
    sha256 = hash_file(path)
    identifier = sha256[:16]
    transcript = read_transcript(path, identifier, language)
    duration_ms = max((word.end_ms for word in transcript.words), default=0)
    recording = Recording(
        identifier, case.portable(path), sha256, duration_ms, origin={"source": "imported transcript"}
    )
    sentences = split(transcript.words)
    return recording, replace(transcript, sentences=sentences, duration_ms=duration_ms)
