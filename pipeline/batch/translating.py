"""Transcripts become translations.

In: a case with transcripts. Out: a translation file for every transcript in the translator's language, a failure for
every other one. Sentences of many recordings go to the engine together. Never touches audio, never prints, never
replaces a translation that somebody else made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline.batch.documents import distinct
from pipeline.batch.events import ItemDone, ItemFailed, Listener, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.memory import keep_memory
from pipeline.case.files import write_atomic
from pipeline.case.store import Case
from pipeline.records import Document, Failure, ModelInfo, Recording, Translation
from pipeline.translation.problems import untranslated_flags
from pipeline.translation.translate import Translator

STAGE = "translate"
_TOGETHER = 64  # recordings whose sentences share batches; a few thousand sentences at most
_JOURNAL = ".voxquote.translating"  # a working file: the recordings of the group that is being written


@dataclass(frozen=True, slots=True)
class TranslationEngine:
    """Which translator to use and how."""

    folder: Path
    model: ModelInfo
    source_language: str
    device: str = "auto"
    compute_type: str = "default"
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """Groups of recordings that are translated together, how many are done, and what cannot be translated."""

    groups: tuple[tuple[Recording, ...], ...]
    kept: int
    failures: tuple[Failure, ...]


def translate(engine: TranslationEngine, case: Case, listen: Listener) -> tuple[Failure, ...]:
    """Translate what is not finished yet; each translation is on disk before its ItemDone is told.

    Only one group of documents is in memory at a time.
    """
    work = open_work(engine, case)
    listen(StageStarted(STAGE, sum(map(len, work.groups)), work.kept))
    failures = list(work.failures)
    for failure in failures:
        listen(ItemFailed(failure))
    if work.groups:
        translator = load_translator(engine)
        for group in work.groups:
            failures += _translate_and_keep(group, translator, engine, case, listen)
    return tuple(failures)


def open_work(engine: TranslationEngine, case: Case) -> Work:
    """What an earlier run left to do. Reads every document once and keeps none.

    A sentence's probability depends, in its last digits, on the sentences that share its batch. So a group begins at
    the same recordings in every run, and a group that was interrupted while it was written is done again as a whole.
    """
    target = case.info.target_language
    interrupted = _interrupted(case)
    readable: list[tuple[Recording, bool]] = []
    failures: list[Failure] = []
    for recording in distinct(case):
        item = attempt(partial(_read, recording, case), recording.path, "case")
        if item is None:
            continue
        if isinstance(item, Failure):
            failures.append(item)
        elif item.transcript.language == engine.source_language:
            again = recording.id in interrupted and not _foreign(item)
            readable.append((recording, again or not _finished(item, engine)))
        elif item.transcript.language != target and item.transcript.words:
            failures.append(_other_language(item, engine.source_language))
    chunks = (readable[start : start + _TOGETHER] for start in range(0, len(readable), _TOGETHER))
    pending = (tuple(recording for recording, todo in chunk if todo) for chunk in chunks)
    groups = tuple(group for group in pending if group)
    return Work(groups, len(readable) - sum(map(len, groups)), tuple(failures))


def load_translator(engine: TranslationEngine) -> Translator:
    """The engine's model, loaded."""
    keep_memory()
    return Translator(engine.folder, device=engine.device, compute_type=engine.compute_type, threads=engine.threads)


def source_hash(sentences: Iterable[str]) -> str:
    """Identifies the text that a translation was made from."""
    return hashlib.sha256("\n".join(sentences).encode("utf-8")).hexdigest()


def _translate_and_keep(
    recordings: Sequence[Recording], translator: Translator, engine: TranslationEngine, case: Case, listen: Listener
) -> Iterator[Failure]:
    """One group: translated together, then written one by one; yields what failed."""
    group = [Document(recording, heard) for recording in recordings if (heard := case.transcript(recording.id))]
    target = case.info.target_language
    result = attempt(partial(_translate_group, group, translator, engine, target), recordings[0].path, STAGE)
    translations = _one_by_one(group, translator, engine, target) if isinstance(result, Failure) else result
    journal = case.folder / _JOURNAL
    write_atomic(journal, "\n".join(document.recording.id for document in group).encode("utf-8"))
    for document, outcome in zip(group, translations, strict=True):
        if isinstance(outcome, Failure):
            listen(ItemFailed(outcome))
            yield outcome
        else:
            case.write_translation(outcome)
            listen(ItemDone(STAGE, Path(document.recording.path).name, document.transcript.duration_ms or 0))
    with suppress(OSError):  # one that stays costs the next run a group
        journal.unlink()


def _finished(document: Document, engine: TranslationEngine) -> bool:
    kept = document.translation
    if kept is None:
        return False
    if kept.model is None:
        return True
    texts = _texts(document)
    return kept.model == engine.model and kept.source_sha256 == source_hash(texts) and len(kept.sentences) == len(texts)


def _texts(document: Document) -> list[str]:
    return [document.transcript.sentence_text(index) for index in range(len(document.transcript.sentences))]


def _translate_group(
    group: Sequence[Document], translator: Translator, engine: TranslationEngine, target: str
) -> list[Translation]:
    texts = [_texts(document) for document in group]
    translated = iter(translator.translate([text for part in texts for text in part]))
    made = []
    for document, sources in zip(group, texts, strict=True):
        sentences = tuple(islice(translated, len(sources)))
        translation = Translation(document.recording.id, target, sentences, engine.model, source_hash(sources))
        made.append(replace(translation, flags=untranslated_flags(document.transcript, translation)))
    return made


def _one_by_one(
    group: Sequence[Document], translator: Translator, engine: TranslationEngine, target: str
) -> Iterator[Translation | Failure]:
    """A group that failed as a whole, each recording on its own, so that one bad one costs only itself."""
    for document in group:
        work = partial(_translate_group, [document], translator, engine, target)
        result = attempt(work, document.recording.path, STAGE)
        yield result if isinstance(result, Failure) else result[0]


def _other_language(document: Document, expected: str) -> Failure:
    name = Path(document.recording.path).name
    return Failure(
        document.recording.path,
        STAGE,
        f"{name} was heard as {document.transcript.language}; the translator reads {expected}",
        "translate it with a package for that language (--mt), or set what is spoken with --language",
        document.recording.sha256,
    )


def _read(recording: Recording, case: Case) -> Document | None:
    """What the recording became; a translation of ours may be one of an earlier transcript: it is made again."""
    transcript = case.transcript(recording.id)
    translation = case.translation(recording.id)
    if transcript is None or (translation is not None and translation.model is None):
        return case.document(recording)
    return Document(recording, transcript, translation)


def _foreign(document: Document) -> bool:
    """Whether somebody else made the translation: it is never replaced."""
    return document.translation is not None and document.translation.model is None


def _interrupted(case: Case) -> frozenset[str]:
    """The recordings of the group that a killed run was writing."""
    path = case.folder / _JOURNAL
    return frozenset(path.read_text(encoding="utf-8").split()) if path.is_file() else frozenset()
