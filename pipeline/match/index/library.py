"""All recordings of a case, indexed once: sentences, their words in both languages, and an inverted index.

In: documents. Out: a ``Library`` that finds candidate sentences for the words of a quote. Never judges a quote.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.match.index.vocabulary import Vocabulary, number_key
from pipeline.match.words.bridge import CaseLexicon, general_weight
from pipeline.match.words.numbers import Number, numbers
from pipeline.match.words.numerals import is_share
from pipeline.match.words.tokens import Token, tokens
from pipeline.records import Document, Transcript

FUNCTION_SHARE = 0.3
TEMPER_SENTENCES = 200.0


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
    def heard_numbers(self) -> tuple[Number, ...]:
        """Numbers of the heard words; their places are those of ``heard``."""
        return tuple(numbers(self.heard))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers of the heard words and of the translation."""
        return (*self.heard_numbers, *numbers(self.translated))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Index keys: words of both languages and values of numbers."""
        words = {token.key for token in (*self.heard, *self.translated)}
        return frozenset(words | {number_key(value) for number in self.numbers for value in number.values})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A printed word as it is looked for: its token, its weight in nats, and the keys that may account for it."""

    token: Token
    weight: float
    equivalents: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Library:
    """The indexed recordings of a case. Build it once with ``Library.build``."""

    documents: tuple[Document, ...]
    lines: tuple[Line, ...]
    lexicon: CaseLexicon
    vocabulary: Vocabulary
    postings: Mapping[str, NDArray[np.int32]]
    caches: dict[str, dict[int, object]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def build(cls, documents: Sequence[Document]) -> Library:
        """Index every sentence of every recording."""
        lines = tuple(_lines(documents))
        lexicon = CaseLexicon.learn(([t.key for t in line.heard], [t.key for t in line.translated]) for line in lines)
        gathered: dict[str, list[int]] = defaultdict(list)
        named: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            for key in line.keys:
                gathered[key].append(line.number)
            for token in (*line.heard[1:], *line.translated[1:]):
                if token.capital and token.content:
                    named[token.key].add(token.text)
        postings = {key: np.array(places, dtype=np.int32) for key, places in gathered.items()}
        return cls(tuple(documents), lines, lexicon, Vocabulary.build(postings, named, lexicon), postings)

    def want(self, words: Sequence[Token]) -> list[Wanted]:
        """The words of a quote with their weights and equivalents."""
        values = {place: n.values for n in numbers(words) for place in range(n.first, n.end)}
        wanted = []
        for place, token in enumerate(words):
            equivalents = self.vocabulary.equivalents(token)
            if values.get(place):
                own = equivalents if is_share(token.text) else {}  # half is also a word
                equivalents = {
                    **own,
                    **{key: 1.0 for key in map(number_key, sorted(values[place])) if key in self.postings},
                }
            weight = self._weight(token, equivalents) * (1.0 if token.content else FUNCTION_SHARE)
            wanted.append(Wanted(token, weight, equivalents))
        return wanted

    def _weight(self, token: Token, equivalents: Mapping[str, float]) -> float:
        """How telling a word is: inverse document frequency in this case, tempered by general text."""
        seen = max((len(self.postings[key]) for key, value in equivalents.items() if value >= 0.7), default=0)
        own = math.log((len(self.lines) + 1.0) / (seen + 0.5))
        share = len(self.lines) / (len(self.lines) + TEMPER_SENTENCES)
        return max(0.1, share * own + (1.0 - share) * min(own + 3.0, general_weight(token.key)))

    def search(self, wanted: Sequence[Wanted], most: int) -> list[tuple[int, float]]:
        """The ``most`` best sentences: (line number, share of the words' weight that it may account for)."""
        scores = np.zeros(len(self.lines), dtype=np.float32)
        for word in wanted:
            if len(word.equivalents) == 1:
                ((key, value),) = word.equivalents.items()
                scores[self.postings[key]] += word.weight * value
            elif word.equivalents:
                best = np.zeros(len(self.lines), dtype=np.float32)
                for key, value in sorted(word.equivalents.items(), key=lambda row: row[1]):
                    best[self.postings[key]] = value
                scores += word.weight * best
        total = sum(word.weight for word in wanted)
        if not total or not len(scores):
            return []
        count = min(most, len(scores))
        best_places = np.argpartition(-scores, count - 1)[:count]
        ranked = sorted(((int(place), float(scores[place]) / total) for place in best_places), key=_by_score)
        return [row for row in ranked if row[1] > 0]


def _by_score(row: tuple[int, float]) -> tuple[float, int]:
    return -row[1], row[0]


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
