"""Transcripts become translations.

In: a case with transcripts. Out: a translation file for every transcript in the translator's language, a failure for
every other one. Sentences of many recordings go to the engine together. Never touches audio, never prints, never
replaces a translation that somebody else made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline.batch.events import ItemDone, ItemFailed, Listener, StageStarted
from pipeline.batch.guard import attempt
from pipeline.case.store import Case
from pipeline.records import Document, Failure, ModelInfo, Translation
from pipeline.translation.problems import untranslated_flags
from pipeline.translation.translate import Translator

STAGE = "translate"
_TOGETHER = 64  # recordings whose sentences share batches; a few thousand sentences at most


@dataclass(frozen=True, slots=True)
class TranslationEngine:
    """Which translator to use and how."""

    folder: Path
    model: ModelInfo
    source_language: str
    device: str = "auto"
    compute_type: str = "default"
    threads: int = 0


def translate(
    documents: Sequence[Document], engine: TranslationEngine, case: Case, listen: Listener
) -> tuple[Failure, ...]:
    """Translate what is not finished yet; each translation is on disk before its ItemDone is told."""
    target = case.info.target_language
    foreign = [
        document for document in documents if document.transcript.language not in (engine.source_language, target)
    ]
    failures = [_other_language(document, engine.source_language) for document in foreign if document.transcript.words]
    readable = [document for document in documents if document.transcript.language == engine.source_language]
    pending = [document for document in readable if not _finished(document, engine)]
    listen(StageStarted(STAGE, len(pending), len(readable) - len(pending)))
    for failure in failures:
        listen(ItemFailed(failure))
    if not pending:
        return tuple(failures)
    translator = load_translator(engine)
    for group in _groups(pending):
        result = attempt(partial(_translate_group, group, translator, engine, target), group[0].recording.path, STAGE)
        translations = _one_by_one(group, translator, engine, target) if isinstance(result, Failure) else result
        for document, outcome in zip(group, translations, strict=True):
            if isinstance(outcome, Failure):
                failures.append(outcome)
                listen(ItemFailed(outcome))
            else:
                case.write_translation(outcome)
                listen(ItemDone(STAGE, Path(document.recording.path).name, document.transcript.duration_ms or 0))
    return tuple(failures)


def load_translator(engine: TranslationEngine) -> Translator:
    """The engine's model, loaded."""
    return Translator(engine.folder, device=engine.device, compute_type=engine.compute_type, threads=engine.threads)


def source_hash(sentences: Iterable[str]) -> str:
    """Identifies the text that a translation was made from."""
    return hashlib.sha256("\n".join(sentences).encode("utf-8")).hexdigest()


def _finished(document: Document, engine: TranslationEngine) -> bool:
    kept = document.translation
    if kept is None:
        return False
    if kept.model is None:
        return True
    return kept.model == engine.model and kept.source_sha256 == source_hash(_texts(document))


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


def _groups(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), _TOGETHER):
        yield documents[start : start + _TOGETHER]
