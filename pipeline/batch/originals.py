"""The file of a recording, as long as it still is what was heard.

In: a case and the id of a recording. Out: where its sound lies; copies of it stand in for each other. Never gives away
a file that has changed since.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pipeline.case.store import Case
from pipeline.digest import hash_file
from pipeline.errors import EvidenceError, InputError
from pipeline.records import Recording

SOUNDLESS = "imported transcript"
"""The origin of a recording that is a transcript of somebody else's and nothing more."""


def has_sound(recording: Recording) -> bool:
    """Whether there is a recording to listen to, or only its transcript."""
    return (recording.origin or {}).get("source") != SOUNDLESS


def original(case: Case, recording_id: str, consequence: str = "") -> tuple[Recording, Path]:
    """The recording and a file of it. ``consequence`` ends the message: what cannot be done without.

    Raises EvidenceError when the case lists no such recording, InputError when its files are gone or have changed.
    """
    listed = [recording for recording in case.recordings() if recording.id == recording_id]
    if not listed:
        raise EvidenceError("a recording of this check is no longer listed in recordings.jsonl", "run the case again")
    if not any(map(has_sound, listed)):
        name = PurePosixPath(listed[0].path).name
        hint = "import it with its recording: voxquote import FILE --audio RECORDING"
        raise InputError(f"{name} is a transcript without its recording", hint)
    present = [recording for recording in listed if case.audio_path(recording).is_file()]
    for recording in present:
        if hash_file(case.audio_path(recording)) == recording.sha256:
            return recording, case.audio_path(recording)
    name = PurePosixPath(listed[0].path).name
    if present:
        message, hint = f"{name} has changed since it was heard", "get the original back, or run the case again"
    else:
        message, hint = f"{name} is no longer where it was", "put it back, or run the case again from where it is now"
    raise InputError(f"{message}; {consequence}" if consequence else message, hint)
