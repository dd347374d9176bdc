"""Whisper-compatible JSON.

In: a ``Document``. Out: UTF-8 JSON with ``text``, ``segments`` (``id start end text words``) and ``language`` as
Whisper writes them (seconds; a word and a segment begin with a space), and beside them, under names that Whisper does
not use, the translation, the flags and the model. Never invents the decoder's figures (``tokens``, ``avg_logprob``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipeline.exports.lines import Line, lines, one_line
from pipeline.records import Document, Judgement


def write(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """The transcript as Whisper's JSON."""
    transcript, translation = document.transcript, document.translation
    found = lines(document, judgements)
    content: dict[str, Any] = {
        "text": "".join(f" {line.heard}" for line in found),
        "segments": [_segment(number, line) for number, line in enumerate(found)],
        "language": transcript.language,
        "language_probability": transcript.language_probability,
        "recording_id": transcript.recording_id,
        "flags": [
            {"kind": flag.kind.value, "start": flag.start_ms / 1000, "end": flag.end_ms / 1000, "detail": flag.detail}
            for flag in (*transcript.flags, *(translation.flags if translation else ()))
        ],
        "model": transcript.model.name if transcript.model else None,
    }
    if translation is not None:
        content["translation_language"] = translation.language
        content["translation_model"] = translation.model.name if translation.model else None
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _segment(number: int, line: Line) -> dict[str, Any]:
    segment: dict[str, Any] = {
        "id": number,
        "start": line.start_ms / 1000,
        "end": line.end_ms / 1000,
        "text": f" {line.heard}",
        "words": [
            {
                "word": f" {one_line(word.text)}",
                "start": word.start_ms / 1000,
                "end": word.end_ms / 1000,
                "probability": word.probability,
            }
            for word in line.words
        ],
    }
    if line.translation:
        segment["translation"] = line.translation
    return segment
