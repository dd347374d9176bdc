"""Transcripts that other programs made: Whisper, faster-whisper and whisperX JSON, SubRip, WebVTT.

In: a file of somebody else's. Out: a ``Transcript`` marked as imported, with one sentence a segment or cue (who wants
sentences of the language divides its words again). Words keep their own times where the file has them; the time between
them is shared out by length among words without, and the mark says so. Never trusts a number: times outside 0..48 h
or running backwards are an error or are put in order, never passed on.

Formats: Whisper's ``ResultWriter`` JSON (segments: start, end, text, words: word, start, end, probability); whisperX
the same with ``score`` and without times for words that it could not align; faster-whisper's records written as JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
_LANGUAGE = re.compile(r"[a-z][a-z -]{1,30}")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # JSON can spell what no text can hold
_BAD_CONTENT = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
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
    except FileNotFoundError as error:
        raise InputError(f"{path.name} does not exist", "check the name") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error
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
    if max(cue.end_ms for cue in cues) > _MOST_MS:
        raise InputError(f"{path.name} holds a time beyond {_MOST_MS // 3_600_000} hours", "correct the time")
    return [_Segment(_shared_out(cue), estimated=True) for cue in cues]


def _from_json(path: Path, text: str) -> tuple[str | None, list[_Segment]]:
    try:
        content = json.loads(text)
        segments = [_segment(each) for each in (content["segments"] if isinstance(content, Mapping) else content)]
    except _BAD_CONTENT as error:
        raise InputError(f"{path.name} is not a transcript as Whisper writes it", _HINT) from error
    language = content.get("language") if isinstance(content, Mapping) else None
    stated = language.strip().lower() if isinstance(language, str) else ""
    return _LANGUAGES.get(stated, stated) if _LANGUAGE.fullmatch(stated) else None, segments


def _segment(segment: Mapping[str, Any]) -> _Segment:
    if not isinstance(segment["text"], str):
        raise TypeError(segment["text"])
    text = _whole(segment["text"])
    cue = Cue(_milliseconds(segment["start"]), _milliseconds(segment["end"]), text)
    words = segment.get("words") or ()
    timed = tuple(_words(words, cue))
    if timed and " ".join(word.text for word in timed).split() == text.split():
        return _Segment(timed, estimated=not all(_is_timed(word) for word in words))
    return _Segment(_shared_out(cue), estimated=True)


def _words(words: Sequence[Mapping[str, Any]], cue: Cue) -> Iterator[Word]:
    """The words in order of time; those that whisperX could not align share the time up to the next that it could."""
    last_ms = cue.start_ms
    waiting: list[Word] = []
    for word, is_timed in _joined(words):
        if not is_timed:
            waiting.append(word)
            continue
        start_ms = max(word.start_ms, last_ms)
        yield from _between(waiting, last_ms, start_ms)
        waiting = []
        last_ms = max(word.end_ms, start_ms)
        yield replace(word, start_ms=start_ms, end_ms=last_ms)
    yield from _between(waiting, last_ms, max(cue.end_ms, last_ms))


def _joined(words: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Word, bool]]:
    """Words, and whether they have times of their own.

    A piece without a space before it (Whisper splits off hyphens and punctuation) belongs to the word before.
    """
    spaced = any(str(word["word"]).startswith(" ") for word in words)
    pending: tuple[Word, bool] | None = None
    for piece in words:
        text, is_timed = _whole(str(piece["word"])), _is_timed(piece)
        times = (_milliseconds(piece["start"]), _milliseconds(piece["end"])) if is_timed else (0, 0)
        new = Word(text.strip(), *times, _probability(piece))
        if pending is not None and spaced and not text.startswith(" "):
            before, was_timed = pending
            end_ms = new.end_ms if is_timed else before.end_ms
            probability = min(before.probability, new.probability)
            pending = replace(before, text=before.text + new.text, end_ms=end_ms, probability=probability), was_timed
            continue
        if pending is not None and pending[0].text:
            yield pending
        pending = new, is_timed
    if pending is not None and pending[0].text:
        yield pending


def _between(words: Sequence[Word], start_ms: int, end_ms: int) -> Iterator[Word]:
    timed = _share_out([word.text for word in words], start_ms, end_ms)
    yield from (replace(new, probability=word.probability) for word, new in zip(words, timed, strict=True))


def _is_timed(word: Mapping[str, Any]) -> bool:
    return word.get("start") is not None and word.get("end") is not None


def _probability(word: Mapping[str, Any]) -> float:
    value = word.get("probability", word.get("score", 1.0))
    number = float(value) if isinstance(value, int | float) else 1.0
    return min(max(number, 0.0), 1.0) if math.isfinite(number) else 0.0


def _shared_out(cue: Cue) -> tuple[Word, ...]:
    return tuple(_share_out(cue.text.split(), cue.start_ms, cue.end_ms))


def _share_out(texts: Sequence[str], start_ms: int, end_ms: int) -> Iterator[Word]:
    """Words with the time from ``start_ms`` to ``end_ms`` shared out by their length in characters."""
    length_ms = max(end_ms - start_ms, 0)
    total_char = sum(len(text) + 1 for text in texts)
    before_char = 0
    for text in texts:
        begin_ms = start_ms + length_ms * before_char // total_char
        before_char += len(text) + 1
        yield Word(text, begin_ms, start_ms + length_ms * before_char // total_char)


def _whole(text: str) -> str:
    return _HALF_CHARACTER.sub("\ufffd", text)


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
