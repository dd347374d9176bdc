"""Transcripts that other programs made: Whisper, faster-whisper and whisperX JSON, SubRip, WebVTT.

In: a file of somebody else's. Out: a ``Transcript`` marked as imported, with one sentence a segment or cue (who wants
sentences of the language divides its words again). Words keep their own times where the file has them; otherwise the
time of their segment is shared out by their length, and the mark says so. Never trusts a number: times outside 0..48 h
or running backwards are an error or are put in order, never passed on.

Formats: Whisper's ``ResultWriter`` JSON (segments: start, end, text, words: word, start, end, probability); whisperX
the same with ``score`` and without times for words that it could not align; faster-whisper's records written as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.records import AudioFlag, AudioFlagKind, Sentence, Transcript, Word
from pipeline.sources.cues import Cue, read_cues

ENDINGS = (".json", ".srt", ".vtt")
UNKNOWN_LANGUAGE = "und"  # ISO 639-3: undetermined
_MOST_BYTES = 64 << 20
_MOST_MS = 48 * 3_600_000
_LANGUAGES = {"russian": "ru", "ukrainian": "uk", "english": "en", "belarusian": "be"}  # Whisper writes both forms
_HINT = "accepted are Whisper, faster-whisper and whisperX JSON, SubRip (.srt) and WebVTT (.vtt)"


@dataclass(frozen=True, slots=True)
class _Segment:
    words: tuple[Word, ...]
    estimated: bool  # the words have no times of their own


def read_transcript(path: Path, recording_id: str = "", language: str | None = None) -> Transcript:
    """The transcript in a file, for the recording ``recording_id``.

    ``language`` overrides what the file says; where nobody says it, it is ``und`` with probability 0.
    Raises ``InputError`` for a file that is none of the formats, is damaged, too large or holds no words.
    """
    text = _read_text(path)
    stated, segments = _from_json(path, text) if path.suffix.lower() == ".json" else (None, _from_cues(path, text))
    segments = [segment for segment in segments if segment.words]
    if not segments:
        raise InputError(f"{path.name} holds no words", "check that it is the transcript of the recording; " + _HINT)
    words = tuple(word for segment in segments for word in segment.words)
    chosen = language or stated
    end_ms = max(word.end_ms for word in words)
    detail = "times of words are estimated" if any(segment.estimated for segment in segments) else None
    return Transcript(
        recording_id=recording_id,
        language=chosen or UNKNOWN_LANGUAGE,
        language_probability=1.0 if chosen else 0.0,
        words=words,
        sentences=tuple(_sentences(segments)),
        flags=(AudioFlag(AudioFlagKind.IMPORTED, words[0].start_ms, end_ms, detail),),
        options={"imported_from": path.suffix.lower().lstrip(".")},
    )


def _read_text(path: Path) -> str:
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path.name} is not a transcript that can be read", _HINT)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "check the name and the rights") from error
    if len(content) > _MOST_BYTES:
        raise InputError(f"{path.name} is larger than {_MOST_BYTES >> 20} MiB", "this is hardly a transcript")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")  # what old Russian subtitle files are written in


def _from_cues(path: Path, text: str) -> list[_Segment]:
    cues = read_cues(text)
    if not cues:
        raise InputError(f"{path.name} holds no subtitle cues", _HINT)
    return [_Segment(_shared_out(cue), estimated=True) for cue in cues if cue.start_ms <= _MOST_MS]


def _from_json(path: Path, text: str) -> tuple[str | None, list[_Segment]]:
    try:
        content = json.loads(text)
        segments = [_segment(each) for each in (content["segments"] if isinstance(content, Mapping) else content)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(f"{path.name} is not a transcript as Whisper writes it", _HINT) from error
    language = content.get("language") if isinstance(content, Mapping) else None
    stated = language.strip().lower() if isinstance(language, str) else ""
    return _LANGUAGES.get(stated, stated) or None, segments


def _segment(segment: Mapping[str, Any]) -> _Segment:
    text = segment["text"]
    if not isinstance(text, str):
        raise TypeError(text)
    cue = Cue(_milliseconds(segment["start"]), _milliseconds(segment["end"]), text)
    words = segment.get("words") or ()
    timed = tuple(_words(words, cue))
    if timed and " ".join(word.text for word in timed).split() == text.split():
        return _Segment(timed, estimated=not all(_is_timed(word) for word in words))
    return _Segment(_shared_out(cue), estimated=True)


def _words(words: Sequence[Mapping[str, Any]], cue: Cue) -> Iterator[Word]:
    """Words with times; one that whisperX could not align begins where the last ended and ends where it begins.

    A piece without a space before it (Whisper splits off hyphens and punctuation) belongs to the word before.
    """
    last_ms = cue.start_ms
    pending: Word | None = None
    spaced = any(str(word["word"]).startswith(" ") for word in words)
    for word in words:
        text = str(word["word"])
        start_ms = max(_stated(word, "start", last_ms), last_ms)
        end_ms = max(_stated(word, "end", start_ms), start_ms)
        last_ms = end_ms
        new = Word(text.strip(), start_ms, end_ms, _probability(word))
        if pending is not None and spaced and not text.startswith(" "):
            pending = Word(pending.text + new.text, pending.start_ms, end_ms, min(pending.probability, new.probability))
            continue
        if pending is not None and pending.text:
            yield pending
        pending = new
    if pending is not None and pending.text:
        yield pending


def _stated(word: Mapping[str, Any], name: str, otherwise_ms: int) -> int:
    return otherwise_ms if word.get(name) is None else _milliseconds(word[name])


def _is_timed(word: Mapping[str, Any]) -> bool:
    return word.get("start") is not None and word.get("end") is not None


def _probability(word: Mapping[str, Any]) -> float:
    value = word.get("probability", word.get("score", 1.0))
    number = float(value) if isinstance(value, int | float) else 1.0
    return min(max(number, 0.0), 1.0) if math.isfinite(number) else 0.0


def _shared_out(cue: Cue) -> tuple[Word, ...]:
    """The words of a cue with its time shared out by their length in characters."""
    texts = cue.text.split()
    length_ms = max(cue.end_ms - cue.start_ms, 0)
    total_char = sum(len(text) + 1 for text in texts)
    words, before_char = [], 0
    for text in texts:
        start_ms = cue.start_ms + length_ms * before_char // total_char
        before_char += len(text) + 1
        words.append(Word(text, start_ms, cue.start_ms + length_ms * before_char // total_char))
    return tuple(words)


def _milliseconds(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        raise TypeError(seconds)
    time_ms = round(seconds * 1000)
    if not 0 <= time_ms <= _MOST_MS:
        raise ValueError(seconds)
    return time_ms


def _sentences(segments: Sequence[_Segment]) -> Iterator[Sentence]:
    start = 0
    for segment in segments:
        yield Sentence(start, start + len(segment.words))
        start += len(segment.words)
