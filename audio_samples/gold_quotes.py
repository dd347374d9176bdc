"""Gold answers in milliseconds, and the text of SAMPLES.toml.

In: recordings with true word times; quotes whose gold names sentences by id ("o08", or "o06 честный доклад" for some
words of it). Out: the spans in which each quote was said, and SAMPLES.toml as text. Pure: reads and writes no file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from speech_parts import SampleError, Word

HEADER = """\
# Made by make_samples.py from texts/*.toml: do not edit by hand.
# SYNTHETIC SPEECH: computer voices read invented texts; every person, unit and place is invented.
# Times are milliseconds of the decoded file. words: [text, start_ms, end_ms], one sentence a line.
# heard: the sentences (or words of them) that a quote goes back to; spans_ms: their times; none if nobody said it.
# verdict: the gold verdicts, the best first; any of them is right. Gold holds for all recordings checked together.
schema = "voxquote.samples/1"
synthetic_speech = true
"""


@dataclass(frozen=True)
class Sentence:
    """A spoken sentence and its words, timed in the recording."""

    id: str
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Recording:
    """A finished note. `note` is its entry in notes.toml; `untrusted` the sentences that noise covers."""

    note: dict[str, Any]
    sha256: str
    duration_ms: int
    licence: str
    sentences: tuple[Sentence, ...]
    untrusted: tuple[Sentence, ...]


def find_words(reference: str, recordings: Iterable[Recording]) -> tuple[str, int, int]:
    """Recording id and the half-open range over its words that a reference like "o06 честный доклад" means."""
    name, _, part = reference.partition(" ")
    for recording in recordings:
        offset = 0
        for sentence in recording.sentences:
            if sentence.id == name:
                texts = [word.text for word in sentence.words]
                wanted = part.split() or texts
                begin = _position(wanted, texts, reference)
                return recording.note["id"], offset + begin, offset + begin + len(wanted)
            offset += len(sentence.words)
    raise SampleError(f"no recording has the words {reference}")


def _position(wanted: Sequence[str], texts: Sequence[str], reference: str) -> int:
    bare = [text.strip(".,!?") for text in texts]
    for begin in range(len(texts) - len(wanted) + 1):
        if bare[begin : begin + len(wanted)] == [text.strip(".,!?") for text in wanted]:
            return begin
    raise SampleError(f"the sentence does not hold the words {reference}")


def heard_spans(heard: Sequence[str], recordings: Sequence[Recording]) -> tuple[str, list[list[int]]]:
    """The recording that holds all references, and their times; runs that follow each other become one span."""
    found = [find_words(reference, recordings) for reference in heard]
    names = {name for name, _, _ in found}
    if len(names) > 1:
        raise SampleError("a quote's words must come from one recording")
    ranges: list[list[int]] = []
    for _, begin, end in found:
        if ranges and ranges[-1][1] == begin:
            ranges[-1][1] = end
        else:
            ranges.append([begin, end])
    words = [w for r in recordings if r.note["id"] in names for s in r.sentences for w in s.words]
    return names.pop(), [[int(words[begin].start_ms), int(words[end - 1].end_ms)] for begin, end in ranges]


def samples_toml(recordings: Sequence[Recording], articles: Sequence[dict[str, Any]]) -> str:
    """The whole of SAMPLES.toml."""
    blocks = [HEADER]
    blocks += ["\n".join(_recording_lines(recording)) for recording in recordings]
    for article in articles:
        facts = {key: value for key, value in article.items() if key != "quote"}
        blocks.append("\n".join(["[[article]]", *_pairs(facts)]))
        blocks += ["\n".join(_quote_lines(quote, recordings)) for quote in article["quote"]]
    return "\n\n".join(block.strip() for block in blocks) + "\n"


def _recording_lines(recording: Recording) -> Iterator[str]:
    note = recording.note
    yield "[[recording]]"
    yield from _pairs({key: note[key] for key in ("id", "file", "copies")})
    yield from _pairs({"sha256": recording.sha256, "duration_ms": recording.duration_ms})
    yield from _pairs({key: note[key] for key in ("language", "speaker", "synthesiser", "voice")})
    yield from _pairs({"licence": recording.licence})
    yield f"untrusted_ms = {json.dumps([_span(sentence) for sentence in recording.untrusted])}"
    yield from _pairs({"text": " ".join(sentence.text for sentence in recording.sentences)})
    yield "sentences = ["
    begin = 0
    for sentence in recording.sentences:
        end = begin + len(sentence.words)
        start_ms, end_ms = _span(sentence)
        place = f"start_word = {begin}, end_word = {end}, start_ms = {start_ms}, end_ms = {end_ms}"
        yield f'  {{id = "{sentence.id}", {place}}},'
        begin = end
    yield "]"
    yield "words = ["
    for sentence in recording.sentences:
        words = [[word.text, int(word.start_ms), int(word.end_ms)] for word in sentence.words]
        yield "  " + ", ".join(_value(word) for word in words) + ","
    yield "]"


def _quote_lines(quote: dict[str, Any], recordings: Sequence[Recording]) -> Iterator[str]:
    yield "[[article.quote]]"
    yield from _pairs(quote)
    if quote["heard"]:
        name, spans = heard_spans(quote["heard"], recordings)
        yield from _pairs({"recording": name, "spans_ms": spans})
    else:
        yield "spans_ms = []"


def _span(sentence: Sentence) -> list[int]:
    return [int(sentence.words[0].start_ms), int(sentence.words[-1].end_ms)]


def _pairs(facts: dict[str, Any]) -> Iterator[str]:
    for key, value in facts.items():
        yield f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    """A string, number, boolean or list of them in TOML, whose basic strings escape as JSON's do."""
    return json.dumps(value, ensure_ascii=False)
