"""The sentences of a document as lines with times, translation, flags and quotes: what most writers begin with. Pure.

In: a ``Document``. Out: ``Line`` records, one a sentence, in order; times as text in the notations of the formats.
Never joins or drops a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Document, Judgement, Word

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # not allowed in XML 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. ``quotes`` names the printed quotes that were found in it."""

    index: int
    start_ms: int
    end_ms: int
    heard: str
    translation: str
    words: tuple[Word, ...]
    word_links: tuple[tuple[int, int], ...] = ()
    flags: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


def lines(document: Document, judgements: Sequence[Judgement] = ()) -> tuple[Line, ...]:
    """One line for every sentence of the transcript that has words."""
    transcript, translation = document.transcript, document.translation
    flags = (*transcript.flags, *(translation.flags if translation else ()))
    found = []
    for index, sentence in enumerate(transcript.sentences):
        words = transcript.words[sentence.start_word : sentence.end_word]
        if not words:
            continue
        has = translation is not None and index < len(translation.sentences)
        translated = translation.sentences[index] if translation is not None and has else None
        start_ms, end_ms = words[0].start_ms, max(word.end_ms for word in words)
        found.append(
            Line(
                index,
                start_ms,
                end_ms,
                one_line(" ".join(word.text for word in words)),
                one_line(translated.text) if translated else "",
                words,
                translated.word_links if translated else (),
                tuple(f.kind.value for f in flags if f.start_ms < end_ms and f.end_ms > start_ms),
                _quotes(document.recording.id, index, judgements),
            )
        )
    return tuple(found)


def one_line(text: str) -> str:
    """Text without line breaks, tabs, control characters and doubled spaces."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())


def clock(time_ms: int, mark: str = ".") -> str:
    """``HH:MM:SS.mmm``; ``mark`` stands before the milliseconds."""
    seconds, milliseconds = divmod(max(time_ms, 0), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{milliseconds:03d}"


def _quotes(recording_id: str, index: int, judgements: Sequence[Judgement]) -> tuple[str, ...]:
    return tuple(
        f"{judgement.quote.id} ({judgement.verdict.value}): {one_line(judgement.quote.text)}"
        for judgement in judgements
        if any(p.recording_id == recording_id and index in p.sentence_indexes for p in judgement.passages)
    )
