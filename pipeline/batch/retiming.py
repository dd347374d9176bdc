"""The passages of a check are timed once more, each on its own stretch of sound.

In: checks, the documents they speak of, a case whose recordings still lie where they did. Out: the same checks, with
measured times where two measurements agree; every other passage keeps the times of the transcript and says that they
are estimated. Never changes what was heard, never fails a check, never prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.batch.events import ItemDone, Listener, Note, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.originals import has_sound, original
from pipeline.batch.transcribing import SpeechEngine, recogniser
from pipeline.case.store import Case
from pipeline.errors import EvidenceError
from pipeline.records import Check, Document, Failure, Passage, Recording, Timing, Transcript, Word
from pipeline.speech import audio
from pipeline.speech.retime import is_measured

STAGE = "retime"

Place = tuple[str, int]
"""A sentence: the id of its recording and its index."""
Times = tuple[tuple[int, int] | None, ...]
"""Start and end in ms of each word of a sentence; None for a word on which the measurements disagree."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the passages stand on: the transcripts by recording, and the case with its recordings."""

    case: Case
    documents: Mapping[str, Document]


def retimed(
    checks: Sequence[Check], documents: Iterable[Document], case: Case, engine: SpeechEngine, listen: Listener
) -> tuple[Check, ...]:
    """The checks with their passages timed. What an earlier check measured of the same words is not measured again."""
    ground = _Ground(case, {document.recording.id: document for document in documents})
    wanted = dict.fromkeys(place for passage in _passages(checks) for place in _places(passage, ground))
    known = _known(ground) if wanted else {}
    pending: dict[str, list[int]] = {}
    for recording_id, index in wanted:
        if (recording_id, index) not in known and _may_time(ground.documents[recording_id], engine):
            pending.setdefault(recording_id, []).append(index)
    listen(StageStarted(STAGE, len(pending)))
    for recording_id, indexes in pending.items():
        document = ground.documents[recording_id]
        result = attempt(partial(_measured, document, indexes, case, engine), document.recording.path, STAGE)
        if isinstance(result, Failure):
            listen(Note(f"{result.message}; the times of its passages stay estimated"))
        else:
            known |= result
            listen(ItemDone(STAGE, document.recording.path.rsplit("/", 1)[-1]))
    return tuple(_with_times(check, known, ground) for check in checks)


def as_measured(document: Document, passages: Iterable[Passage]) -> Document:
    """The document whose words have the times that were measured for passages in it."""
    transcript = document.transcript
    words = list(transcript.words)
    for passage in passages:
        if passage.recording_id == document.recording.id:
            for place, times in _sentence_times(passage, transcript):
                first = transcript.sentences[place[1]].start_word
                words[first : first + len(times)] = _moved(words[first : first + len(times)], times)
    return replace(document, transcript=replace(transcript, words=tuple(words)))


def _passages(checks: Iterable[Check]) -> Iterator[Passage]:
    for check in checks:
        for judgement in check.judgements:
            yield from judgement.passages


def _places(passage: Passage, ground: _Ground) -> Iterator[Place]:
    """The sentences of a passage, when its recording is there and has words in all of them."""
    document = ground.documents.get(passage.recording_id)
    if document is not None and _heard(passage, document.transcript) == passage.heard:
        yield from ((passage.recording_id, index) for index in passage.sentence_indexes)


def _heard(passage: Passage, transcript: Transcript) -> str | None:
    if not all(0 <= index < len(transcript.sentences) for index in passage.sentence_indexes):
        return None
    return " ".join(transcript.sentence_text(index) for index in passage.sentence_indexes)


def _may_time(document: Document, engine: SpeechEngine) -> bool:
    """A starter model knows synthetic voices: it does not measure what a real model heard. Only sound can be timed."""
    transcript = document.transcript
    if not has_sound(document.recording):
        return False
    return not engine.model.starter or transcript.model is None or transcript.model.starter


def _known(ground: _Ground) -> dict[Place, Times]:
    """What the kept checks of a case measured; a damaged one tells nothing."""
    known: dict[Place, Times] = {}
    try:
        kept = [check for article in ground.case.articles() if (check := ground.case.check(article)) is not None]
    except EvidenceError:
        return {}
    for passage in _passages(kept):
        if document := ground.documents.get(passage.recording_id):
            known.update(_sentence_times(passage, document.transcript))
    return known


def _sentence_times(passage: Passage, transcript: Transcript) -> Iterator[tuple[Place, Times]]:
    """The measured times of a passage, sentence by sentence; none when they are not of these words."""
    if not passage.word_times or _heard(passage, transcript) != passage.heard:
        return
    sentences = [transcript.sentences[index] for index in passage.sentence_indexes]
    if len(passage.word_times) != sum(sentence.end_word - sentence.start_word for sentence in sentences):
        return
    first = 0
    for index, sentence in zip(passage.sentence_indexes, sentences, strict=True):
        count = sentence.end_word - sentence.start_word
        yield (passage.recording_id, index), passage.word_times[first : first + count]
        first += count


def _measured(document: Document, indexes: Sequence[int], case: Case, engine: SpeechEngine) -> dict[Place, Times]:
    """The times of sentences of one recording."""
    recording: Recording
    recording, path = original(case, document.recording.id)
    samples = audio.decode(path).samples
    model, free_worker = recogniser(engine)
    found: dict[Place, Times] = {}
    for index in indexes:
        sentence = document.transcript.sentences[index]
        with free_worker:
            timed = model.retime(document.transcript, range(sentence.start_word, sentence.end_word), samples)
        found[recording.id, index] = tuple(
            (word.start_ms, word.end_ms) if firm else None for word, firm in zip(timed.words, timed.firm, strict=True)
        )
    return found


def _with_times(check: Check, known: Mapping[Place, Times], ground: _Ground) -> Check:
    judgements = tuple(
        replace(judgement, passages=tuple(_timed(passage, known, ground) for passage in judgement.passages))
        for judgement in check.judgements
    )
    return replace(check, judgements=judgements)


def _timed(passage: Passage, known: Mapping[Place, Times], ground: _Ground) -> Passage:
    """The passage with the times of its words; measured when those at its edges and most between them are firm."""
    places = list(_places(passage, ground))
    if not places or not all(place in known for place in places):
        return passage
    transcript = ground.documents[passage.recording_id].transcript
    sentences = [transcript.sentences[index] for index in passage.sentence_indexes]
    words = [word for sentence in sentences for word in transcript.words[sentence.start_word : sentence.end_word]]
    times = tuple(span for place in places for span in known[place])
    inside = [n for n, w in enumerate(words) if passage.start_ms <= w.start_ms and w.end_ms <= passage.end_ms]
    if len(times) != len(words) or not inside:
        return passage
    spans = times[inside[0] : inside[-1] + 1]
    first, last = spans[0], spans[-1]
    if first is None or last is None or first[0] >= last[1] or not is_measured([span is not None for span in spans]):
        return replace(passage, word_times=times)
    return replace(passage, start_ms=first[0], end_ms=last[1], timing=Timing.MEASURED, word_times=times)


def _moved(words: Sequence[Word], times: Times) -> list[Word]:
    return [
        word if span is None else replace(word, start_ms=span[0], end_ms=span[1])
        for word, span in zip(words, times, strict=True)
    ]
