"""All recordings of a case, indexed once: sentences, their words in both languages, and an inverted index.

In: documents. Out: a ``Library`` that finds candidate sentences for the words of a quote and tells, for each sentence,
which translated word belongs to which heard word. Never judges a quote.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.match.bridge import CaseLexicon, dictionary, general_weight
from pipeline.match.names import sound
from pipeline.match.numbers import Number, numbers
from pipeline.match.words import Token, tokens
from pipeline.records import Document, Transcript

EXPANSIONS = 5
EXPANSION_WEIGHT = 0.8


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence of one recording with its words in both languages. ``number`` is its place in the library."""

    number: int
    recording: int
    index: int
    heard_text: str
    translated_text: str
    first_word: int
    given_links: tuple[tuple[int, int], ...] = ()

    @cached_property
    def heard(self) -> tuple[Token, ...]:
        """The words as heard."""
        return tokens(self.heard_text)

    @cached_property
    def translated(self) -> tuple[Token, ...]:
        """The words of the translation."""
        return tokens(self.translated_text)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers of the heard words and of the translation."""
        return (*numbers(self.heard), *numbers(self.translated))


@dataclass(frozen=True, eq=False)
class Library:
    """The indexed recordings of a case. Build it once with ``Library.build``."""

    documents: tuple[Document, ...]
    lines: tuple[Line, ...]
    lexicon: CaseLexicon
    postings: Mapping[str, tuple[NDArray[np.int32], NDArray[np.float32]]]
    frequencies: Mapping[str, int]
    caches: dict[str, dict[int, object]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def build(cls, documents: Sequence[Document]) -> Library:
        """Index every sentence of every recording."""
        lines = tuple(_lines(documents))
        lexicon = CaseLexicon.learn(([t.key for t in line.heard], [t.key for t in line.translated]) for line in lines)
        gathered: dict[str, dict[int, float]] = defaultdict(dict)
        frequencies: Counter[str] = Counter()
        for line in lines:
            keys = _line_keys(line, lexicon)
            frequencies.update(keys.keys())
            for key, weight in keys.items():
                gathered[key][line.number] = weight
        postings = {
            key: (np.fromiter(row.keys(), np.int32, len(row)), np.fromiter(row.values(), np.float32, len(row)))
            for key, row in gathered.items()
        }
        return cls(tuple(documents), lines, lexicon, postings, frequencies)

    def weight(self, key: str) -> float:
        """How telling a key is: inverse document frequency in this case, tempered by general text."""
        own = math.log((len(self.lines) + 1.0) / (self.frequencies.get(key, 0) + 0.5))
        share = len(self.lines) / (len(self.lines) + 200.0)
        return max(0.1, share * own + (1.0 - share) * min(own + 3.0, general_weight(key)))

    def search(self, words: Sequence[Token], most: int) -> list[tuple[int, float]]:
        """The ``most`` best sentences for these words: (line number, share of the words' weight that it holds)."""
        scores = np.zeros(len(self.lines), dtype=np.float32)
        total = 0.0
        for key, weight in self._query(words).items():
            total += weight
            if key in self.postings:
                places, weights = self.postings[key]
                scores[places] += weight * weights
        if not total or not len(scores):
            return []
        count = min(most, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        ranked = sorted(
            ((int(place), float(scores[place]) / total) for place in best), key=lambda row: (-row[1], row[0])
        )
        return [row for row in ranked if row[1] > 0]

    def _query(self, words: Sequence[Token]) -> dict[str, float]:
        query: dict[str, float] = {}
        for token in words:
            weight = self.weight(token.key) * (1.0 if token.content else 0.4)
            query[token.key] = max(query.get(token.key, 0.0), weight)
            if token.capital and token.content and len(token.text) > 2:
                query["~" + sound(token.text)[:4]] = 0.3 * weight
        return query


def sentence_bounds(transcript: Transcript, index: int) -> tuple[int, int]:
    """Start and end of a sentence in ms; a sentence without words has no length."""
    sentence = transcript.sentences[index]
    words = transcript.words[sentence.start_word : sentence.end_word]
    return (words[0].start_ms, words[-1].end_ms) if words else (0, 0)


def _lines(documents: Sequence[Document]) -> Iterable[Line]:
    number = 0
    for recording, document in enumerate(documents):
        transcript, translation = document.transcript, document.translation
        for index, sentence in enumerate(transcript.sentences):
            rendered = translation.sentences[index] if translation and index < len(translation.sentences) else None
            yield Line(
                number,
                recording,
                index,
                transcript.sentence_text(index),
                rendered.text if rendered else "",
                sentence.start_word,
                rendered.word_links if rendered else (),
            )
            number += 1


def _line_keys(line: Line, lexicon: CaseLexicon) -> dict[str, float]:
    """Index keys of a sentence: its words in both languages, likely renderings of the Russian, sounds of names."""
    keys: dict[str, float] = {}
    for token in line.heard:
        keys[token.key] = 1.0
        if token.content and not token.text.isdigit():
            keys["~" + sound(token.text)[:4]] = 1.0
            general = dictionary().get(token.key, {})
            best = sorted(general.items(), key=lambda row: (-row[1], row[0]))[:EXPANSIONS]
            own = sorted(lexicon.strengths.get(token.key, {}).items(), key=lambda row: (-row[1], row[0]))[:3]
            for key, strength in (*best, *own):
                keys[key] = max(keys.get(key, 0.0), EXPANSION_WEIGHT * strength)
    for token in line.translated:
        keys[token.key] = 1.0
    return keys
