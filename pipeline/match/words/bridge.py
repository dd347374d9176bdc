"""The bridge between the languages: how strongly a Russian word suggests an English one.

In: a Russian lemma and an English key. Out: a strength in 0..1. Never guesses from position; what a case itself teaches
(its own transcript and translation are parallel text) is added by ``CaseLexicon``.

Three sources, the strongest wins: lists written for this project (lexicon/written.txt, frequent.txt, places.txt,
institutions.txt), word statistics learned from free sentence pairs (lexicon/learned.tsv), and the case's own sentence
pairs by IBM model 1 in both directions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.match.lexicon import lines
from pipeline.match.words.tokens import english_key, key_of

WORD_LISTS = ("written.txt", "frequent.txt")
NAME_LISTS = ("places.txt", "institutions.txt")
LONGEST_SHORT = 4
LEAST_PART = 3  # letters of a part of a name with a hyphen
WRITTEN_STRENGTH = 0.8
UNDENIED = 0.7  # how well *known* renders неизвестный: the denial is looked for apart
MOST_PAIRS = 6_000
ROUNDS = 5
LEAST_STRENGTH = 0.08

Sentence = tuple[Sequence[str], Sequence[str]]


@cache
def dictionary() -> Mapping[str, Mapping[str, float]]:
    """Russian lemma → English key → strength, from the written and the learned list."""
    found: dict[str, dict[str, float]] = {}
    for line in lines("learned.tsv"):
        lemma, _, entries = line.partition("\t")
        row = found.setdefault(lemma, {})
        for entry in entries.split():
            key, _, strength = entry.rpartition("=")
            row[key] = 0.2 + 0.8 * min(1.0, int(strength) / 6)
    names = [(line, True) for name in NAME_LISTS for line in lines(name)]
    for line, named in (*((line, False) for name in WORD_LISTS for line in lines(name)), *names):
        heads, _, tail = line.partition(":")
        keys = [english_key(word) for word in tail.replace(",", " ").split()]
        for lemma in _name_lemmas(heads) if named else heads.replace(",", " ").split():
            row = found.setdefault(lemma.replace("ё", "е"), {})
            for key in keys:
                row[key] = max(row.get(key, 0.0), WRITTEN_STRENGTH)
    for lemma, row in found.items():
        if lemma.startswith("не"):
            for key, affirmed in found.get(lemma[2:], {}).items():
                row.setdefault(key, UNDENIED * affirmed)
    return found


def _name_lemmas(heads: str) -> frozenset[str]:
    """Names as they stand, and what the tokenizer and the analyser make of them (Нью-Йорк, Чхве)."""
    parts = [part for head in heads.split() for part in head.split("-") if len(part) >= LEAST_PART or part == head]
    return frozenset((*parts, *(key_of(part) for part in parts)))


@cache
def renderable() -> frozenset[str]:
    """English keys that some Russian word of the lists renders: their absence means something."""
    return frozenset(key for row in dictionary().values() for key, strength in row.items() if strength >= 0.3)


@cache
def english_counts() -> tuple[Mapping[str, int], int]:
    """In how many of how many general sentences an English key stands."""
    rows = [line.split("\t") for line in lines("english_counts.tsv")]
    return {key: int(count) for key, count in rows}, 132_863


@cache
def common_words() -> frozenset[str]:
    """English keys that general text has, and not only in capitals: no people, place or given name that it lacks."""
    general = set(english_counts()[0])
    named = {key for line in lines("name_words.txt") for key in line.split()}
    return ((renderable() - (place_names() - general)) | general) - named


@cache
def place_names() -> frozenset[str]:
    """English keys of peoples, places, faiths and given names."""
    return frozenset(english_key(word) for line in lines("places.txt") for word in line.partition(":")[2].split())


@cache
def short_names() -> frozenset[str]:
    """English keys of up to four letters that the lists of names have, as abbreviations are."""
    tails = (line.partition(":")[2] for name in NAME_LISTS for line in lines(name))
    return frozenset(key for tail in tails for word in tail.split() if len(key := english_key(word)) <= LONGEST_SHORT)


def _model_1(left: NDArray[np.int64], right: NDArray[np.int64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """p(right | left) of every (left, right) occurrence; ``owner`` numbers the right words (Brown et al. 1993)."""
    width = int(right.max()) + 1
    cells, inverse = np.unique(left * width + right, return_inverse=True)
    heads = cells // width
    table = np.ones(len(cells))
    for _ in range(ROUNDS):
        weight = table[inverse]
        weight = weight / np.bincount(owner, weight)[owner]
        counts = np.bincount(inverse, weight, len(cells))
        table = counts / np.bincount(heads, counts)[heads]
    return np.asarray(table[inverse], dtype=np.float64)


@dataclass(frozen=True)
class CaseLexicon:
    """Word links learned from the sentence pairs of one case."""

    strengths: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def learn(cls, pairs: Iterable[Sentence]) -> CaseLexicon:
        """From (Russian lemmas, English keys) of each sentence; the first few thousand sentences suffice."""
        kept = [(list(dict.fromkeys(a)), list(dict.fromkeys(b))) for a, b in pairs if a and b][:MOST_PAIRS]
        if not kept:
            return cls()
        lefts, rights = Counter(w for a, _ in kept for w in a), Counter(w for _, b in kept for w in b)
        left_ids, right_ids = ({word: i for i, word in enumerate(count)} for count in (lefts, rights))
        grids = [np.meshgrid([left_ids[w] for w in a], [right_ids[w] for w in b]) for a, b in kept]
        left = np.concatenate([grid[0].ravel() for grid in grids]).astype(np.int64)
        right = np.concatenate([grid[1].ravel() for grid in grids]).astype(np.int64)
        made, given, base_made, base_given = [], [], 0, 0
        for a, b in kept:
            rows, columns = np.indices((len(b), len(a)))
            made.append((rows + base_made).ravel())
            given.append((columns + base_given).ravel())
            base_made, base_given = base_made + len(b), base_given + len(a)
        forward = _model_1(left, right, np.concatenate(made))
        backward = _model_1(right, left, np.concatenate(given))
        left_names, right_names = list(left_ids), list(right_ids)
        found: dict[str, dict[str, float]] = {}
        for i, j, strength in zip(left, right, np.sqrt(forward * backward), strict=True):
            seen = min(lefts[left_names[i]], rights[right_names[j]])
            value = float(strength) * seen / (seen + 1.0)
            if value >= LEAST_STRENGTH:
                found.setdefault(left_names[i], {})[right_names[j]] = min(1.0, 0.2 + value)
        return cls(found)

    def strength(self, lemma: str, key: str) -> float:
        """How strongly the lemma suggests the key, 0..1, by any of the three lists."""
        learned = self.strengths.get(lemma)
        general = dictionary().get(lemma)
        return max(learned.get(key, 0.0) if learned else 0.0, general.get(key, 0.0) if general else 0.0)


def general_weight(key: str) -> float:
    """Inverse document frequency of an English key in general text, in nats; unknown words count as rare."""
    counts, total = english_counts()
    return math.log(total / (counts.get(key, 3) + 1.0))
