"""Recordings become transcripts.

In: a plan and a case. Out: a transcript file for every recording that could be decoded, failures for the rest. Finished
work is found by content hash, model hash, options and schema, and never redone. Recordings are worked on in groups, as
the recogniser decodes several together; a group changes nothing in a transcript. Never translates, never prints.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.batch.events import ItemDone, ItemFailed, Listener, StageStarted
from pipeline.batch.groups import groups
from pipeline.batch.guard import attempt, printable
from pipeline.batch.hashing import stamp
from pipeline.batch.memory import keep_memory
from pipeline.batch.plan import Job
from pipeline.case.store import Case, TranscriptHeader
from pipeline.errors import InputError
from pipeline.records import AudioFlag, AudioFlagKind, Failure, ModelInfo, Recording, Transcript
from pipeline.speech import audio
from pipeline.speech.recognise import Recogniser, RecogniserOptions, side_by_side, windows_together

STAGE = "transcribe"
_AHEAD = 2  # some recordings are decoded while others are recognised
_UNDERSTOOD = 0.45
_TOLERANCE_MS = 1500  # a chat export states whole seconds


@dataclass(frozen=True, slots=True)
class SpeechEngine:
    """Which recogniser to use and how; small enough to be sent to another process."""

    folder: Path
    model: ModelInfo
    options: RecogniserOptions
    language: str | None = None  # what is spoken; None asks the model for each recording

    def identity(self) -> dict[str, str | int | float | bool | None]:
        """What a transcript depends on besides the sound and the weights."""
        return {**self.options.identity(), **({"language": self.language} if self.language else {})}


@dataclass(frozen=True, slots=True)
class Work:
    """The jobs that are to do, and the lengths in ms of those that are done, by recording id."""

    pending: tuple[Job, ...]
    durations_ms: Mapping[str, int]


def open_work(jobs: Sequence[Job], engine: SpeechEngine, case: Case) -> Work:
    """What an earlier run left to do: reads how each transcript was made, once."""
    pending = []
    durations_ms = {}
    for job in jobs:
        header = case.transcript_header(job.recording.id)
        if header is not None and _finished(header, engine):
            durations_ms[job.recording.id] = header.duration_ms or 0
        else:
            pending.append(job)
    return Work(tuple(pending), durations_ms)


def transcribe(
    work: Work, engine: SpeechEngine, case: Case, listen: Listener, executor: Executor | None = None
) -> tuple[Mapping[str, int], tuple[Failure, ...]]:
    """Do the pending jobs; each transcript is on disk before its ItemDone is told.

    Returns the lengths of all transcribed recordings in ms by id, and what failed.
    """
    listen(StageStarted(STAGE, len(work.pending), len(work.durations_ms)))
    if not work.pending:
        return work.durations_ms, ()
    if executor is not None:
        return _collect(work, fitted(engine, 1), case, listen, executor)
    engine = fitted(engine, len(work.pending))
    recogniser(engine)  # loaded before the threads ask for it: a damaged model is one error, not one a recording
    local = ThreadPoolExecutor(engine.options.workers + _AHEAD)
    try:
        return _collect(work, engine, case, listen, local)
    finally:
        local.shutdown(wait=False, cancel_futures=True)  # an interrupt does not wait for the end of a long recording


def fitted(engine: SpeechEngine, recordings: int) -> SpeechEngine:
    """The engine as it is used for so many recordings on this machine."""
    options = replace(engine.options, together=windows_together(engine.folder))
    return replace(engine, options=side_by_side(options, recordings))


def every_copy(failures: Sequence[Failure], recordings: Sequence[Recording]) -> tuple[Failure, ...]:
    """The failures with one more for each other recording of the same content: no file goes without its record."""
    copies: dict[str, list[str]] = {}
    for recording in recordings:
        copies.setdefault(recording.sha256, []).append(recording.path)
    told = []
    for failure in failures:
        told.append(failure)
        for path in copies.get(failure.sha256 or "", []):
            if path != failure.path:
                message = f"{Path(path).name} has the same content as a file that failed: {failure.message}"
                told.append(printable(replace(failure, path=path, message=message)))
    return tuple(told)


def transcribe_group(jobs: Sequence[Job], engine: SpeechEngine) -> list[Transcript | Failure]:
    """Recordings, decoded, recognised together and cut into sentences, in their order; or why there is none."""
    found = [attempt(partial(_decoded, job), job.recording.path, STAGE) for job in jobs]
    ready = [(job, item) for job, item in zip(jobs, found, strict=True) if not isinstance(item, Failure)]
    model, free_worker = recogniser(engine)
    with free_worker:
        heard = iter(_heard(ready, model, engine))
    return [item if isinstance(item, Failure) else next(heard) for item in found]


def _decoded(job: Job) -> audio.Audio:
    """Raises InputError when the file is no sound, or not what was hashed."""
    decoded = audio.decode(job.path)
    _still_the_same(job)
    return decoded


def _heard(
    ready: Sequence[tuple[Job, audio.Audio]], model: Recogniser, engine: SpeechEngine
) -> list[Transcript | Failure]:
    """What the recogniser hears; a group that fails as a whole is tried one by one: one bad recording costs itself."""
    if not ready:
        return []
    sounds = [(job.recording.id, decoded.samples) for job, decoded in ready]
    work = partial(model.transcribe_together, sounds, engine.language)
    result = attempt(work, ready[0][0].recording.path, STAGE)
    if not isinstance(result, Failure):
        return [_finish(*item, heard, engine) for item, heard in zip(ready, result, strict=True)]
    if len(ready) == 1:
        return [result]
    return [transcript for item in ready for transcript in _heard([item], model, engine)]


def _finish(job: Job, decoded: audio.Audio, transcript: Transcript, engine: SpeechEngine) -> Transcript:
    """The transcript with what decoding and the export tell of the recording."""
    stated = _shorter_than_stated(decoded.duration_ms, job.claimed_ms)
    foreign = _foreign_voice(transcript, engine.model, decoded.duration_ms)
    flags = (*decoded.flags, *stated, *foreign, *transcript.flags)
    return replace(transcript, flags=flags, options=engine.identity(), duration_ms=decoded.duration_ms)


def recogniser(engine: SpeechEngine) -> tuple[Recogniser, threading.Semaphore]:
    """The model, loaded once a process, and what keeps recordings from competing for the cores.

    A model that is loaded serves whoever wants no more of it than it can do side by side.
    """
    global _loaded
    with _loading:
        if _loaded is None or not _serves(_loaded[0], engine):
            _loaded = None  # its memory is free before another one takes as much
            keep_memory()
            model = Recogniser(engine.folder, engine.options, engine.model)
            _loaded = engine, model, threading.Semaphore(engine.options.workers)
        return _loaded[1:]


_loading = threading.Lock()
_loaded: tuple[SpeechEngine, Recogniser, threading.Semaphore] | None = None


def _serves(loaded: SpeechEngine, wanted: SpeechEngine) -> bool:
    """Whether the loaded model gives what is wanted: threads, workers and neighbours change nothing in what it says."""
    same = (loaded.folder, loaded.model) == (wanted.folder, wanted.model)
    alike = loaded.options.identity() == wanted.options.identity()
    return same and alike and loaded.options.workers >= wanted.options.workers


def _still_the_same(job: Job) -> None:
    """A file that changes between hashing and decoding must not lend its hash to another file's words."""
    if job.stamp is None:
        return
    now = stamp(job.path)
    if (now.size_bytes, now.modified_ns) != (job.stamp.size_bytes, job.stamp.modified_ns):
        raise InputError(
            f"{job.path.name} changed while voxquote was at work", "run the same command again when it is at rest"
        )


def _shorter_than_stated(duration_ms: int, claimed_ms: int | None) -> Iterator[AudioFlag]:
    if claimed_ms is not None and duration_ms + _TOLERANCE_MS < claimed_ms:
        detail = f"the export states {claimed_ms} ms, the file holds {duration_ms} ms"
        yield AudioFlag(AudioFlagKind.PARTIAL, duration_ms, claimed_ms, detail)


def _foreign_voice(transcript: Transcript, model: ModelInfo, duration_ms: int) -> Iterator[AudioFlag]:
    """A starter model that guesses: on voices it was trained on it means more than .6, on others about .3."""
    if model.starter and transcript.words:
        mean = sum(word.probability for word in transcript.words) / len(transcript.words)
        if mean < _UNDERSTOOD:
            detail = f"the starter model does not understand this voice (mean word probability {mean:.2f})"
            yield AudioFlag(AudioFlagKind.UNTRUSTED_MODEL, 0, duration_ms, detail)


def _finished(header: TranscriptHeader, engine: SpeechEngine) -> bool:
    """Whether the case holds this very work, or a transcript that somebody else made and we must not replace."""
    if header.model is None:
        return True
    return header.model == engine.model and header.options == engine.identity()


def _collect(
    work: Work, engine: SpeechEngine, case: Case, listen: Listener, executor: Executor
) -> tuple[Mapping[str, int], tuple[Failure, ...]]:
    durations_ms = dict(work.durations_ms)
    failures: list[Failure] = []
    for job, result in _in_flight(work.pending, engine, executor):
        if isinstance(result, Failure):
            failures.append(replace(result, sha256=job.recording.sha256))
            listen(ItemFailed(failures[-1]))
        else:
            case.write_transcript(result)
            durations_ms[job.recording.id] = result.duration_ms or 0
            listen(ItemDone(STAGE, job.path.name, result.duration_ms or 0))
    order = {job.recording.sha256: index for index, job in enumerate(work.pending)}
    return durations_ms, tuple(sorted(failures, key=lambda failure: order[failure.sha256 or ""]))


def _in_flight(
    pending: Sequence[Job], engine: SpeechEngine, executor: Executor
) -> Iterator[tuple[Job, Transcript | Failure]]:
    """Results as they come, never more than a few groups ahead, so that memory stays flat.

    A group that is lost with its worker is tried again one by one: only the recording that kills workers is lost.
    """
    threads: int = getattr(executor, "_max_workers", 1)
    workers = engine.options.workers if isinstance(executor, ThreadPoolExecutor) else threads
    alone: deque[tuple[Job, ...]] = deque()
    queue = groups(pending, engine.options.together, workers)
    running: dict[Future[list[Transcript | Failure]], tuple[Job, ...]] = {}
    try:
        while True:
            while len(running) < threads * 2 and (group := alone.popleft() if alone else next(queue, None)):
                running[executor.submit(transcribe_group, group, engine)] = group
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                group = running.pop(future)
                if len(group) > 1 and (future.cancelled() or future.exception()):
                    alone.extend((job,) for job in group)
                else:
                    yield from _results(group, future)
    finally:
        for future in running:
            future.cancel()


def _results(
    group: Sequence[Job], future: Future[list[Transcript | Failure]]
) -> Iterator[tuple[Job, Transcript | Failure]]:
    """A group's results; a worker may be lost on the way, and its recording with it."""
    for place, job in enumerate(group):
        result = attempt(future.result, job.recording.path, STAGE)
        yield job, result if isinstance(result, Failure) else result[place]
