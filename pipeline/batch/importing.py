"""Transcripts that other programs made become transcripts of a case.

In: files of theirs, and perhaps the recording that one of them writes down. Out: recordings and transcripts, marked as
imported; from there on they are translated and checked like our own. Never replaces a transcript, never prints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.batch.events import ItemDone, ItemFailed, Listener, Note, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.originals import SOUNDLESS
from pipeline.batch.plan import merged
from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.errors import InputError
from pipeline.records import Failure, Recording, Transcript
from pipeline.sources.transcripts import UNKNOWN_LANGUAGE, read_transcript
from pipeline.speech import audio
from pipeline.speech.sentences import split

STAGE = "import"


@dataclass(frozen=True, slots=True)
class Import:
    """The files, what is spoken where they do not say it, and the recording that the only file writes down."""

    files: tuple[Path, ...]
    language: str | None = None
    audio: Path | None = None


def import_transcripts(wanted: Import, case: Case, listen: Listener) -> tuple[Failure, ...]:
    """Add transcripts to the case; without ``audio`` each stands for a recording of its own, without sound."""
    listen(StageStarted(STAGE, len(wanted.files)))
    failures = []
    imported = []
    for path in wanted.files:
        result = attempt(partial(_read, path, case, wanted), case.portable(path), STAGE)
        if isinstance(result, Failure):
            failures.append(result)
            listen(ItemFailed(result))
            continue
        recording, transcript = result
        if transcript.language == UNKNOWN_LANGUAGE:
            listen(Note(f"{path.name} does not say what is spoken: import it with --language, or it is not translated"))
        case.write_transcript(transcript)
        imported.append(recording)
        listen(ItemDone(STAGE, path.name, recording.duration_ms))
    case.write_recordings(merged(case.recordings(), imported))
    return tuple(failures)


def look(wanted: Import, path: Path) -> None:
    """Raise InputError when ``path`` cannot be imported: it is no transcript, or its recording is missing."""
    read_transcript(path, language=wanted.language)
    if wanted.audio is not None and not wanted.audio.is_file():
        raise InputError(f"{wanted.audio.name} does not exist", "name the recording that the transcript writes down")


def _read(path: Path, case: Case, wanted: Import) -> tuple[Recording, Transcript]:
    """The recording that a transcript stands for, and its transcript."""
    if wanted.audio is not None:
        return _with_sound(path, wanted.audio, case, wanted.language)
    sha256 = hash_file(path)
    transcript = read_transcript(path, sha256[:16], wanted.language)
    duration_ms = max((word.end_ms for word in transcript.words), default=0)
    recording = Recording(sha256[:16], case.portable(path), sha256, duration_ms, origin={"source": SOUNDLESS})
    return recording, replace(transcript, sentences=split(transcript.words), duration_ms=duration_ms)


def _with_sound(path: Path, sound: Path, case: Case, language: str | None) -> tuple[Recording, Transcript]:
    """The recording ``sound``, and what the file ``path`` says was heard in it."""
    decoded = audio.decode(sound)
    sha256 = hash_file(sound)
    transcript = read_transcript(path, sha256[:16], language)
    whole = replace(
        transcript,
        sentences=split(transcript.words),
        flags=(*decoded.flags, *transcript.flags),
        duration_ms=decoded.duration_ms,
    )
    if case.transcript_header(sha256[:16]) is not None and case.transcript(sha256[:16]) != whole:
        raise InputError(
            f"{sound.name} has another transcript in this case, which is never replaced",
            "import into another case folder, and compare the two",
        )
    origin = {"source": "recording with an imported transcript", "transcript": path.name}
    return Recording(sha256[:16], case.portable(sound), sha256, decoded.duration_ms, origin=origin), whole
