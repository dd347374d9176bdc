"""Word links between the two sides of sentence pairs, learned from the pairs alone.

In: tokenised pairs. Out: links (Russian word, English word) as index pairs. The method is IBM model 1 with a
preference for the diagonal (Dyer, Chahuneau and Smith, 2013), both directions, intersected; words are cut to
their first letters first, because Russian endings would scatter the counts. Never sees a held-back pair.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEM_CHARS = {"ru": 5, "en": 6}
ROUNDS = 6
DIAGONAL = 4.0
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def words_of(text: str) -> list[tuple[int, int]]:
    """Half-open code-point ranges of the words of a text."""
    return [match.span() for match in _TOKEN.finditer(text)]


def stems_of(text: str, language: str) -> list[str]:
    """The lower-case beginnings of the words of a text."""
    cut = STEM_CHARS[language]
    return [text[start:end].lower().replace("ё", "е")[:cut] for start, end in words_of(text)]


@dataclass(frozen=True)
class _Cells:
    """Every (pair, left word, right word) of the corpus, end to end."""

    pair: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    prior: npt.NDArray[np.float64]


def _cells(lefts: list[list[int]], rights: list[list[int]], right_size: int) -> _Cells:
    parts: list[list[npt.NDArray[np.int64]]] = [[], [], [], []]
    priors = []
    for number, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        grid_left, grid_right = np.divmod(np.arange(len(left) * len(right)), max(1, len(right)))
        codes = np.asarray(left, np.int64)[grid_left] * right_size + np.asarray(right, np.int64)[grid_right]
        for part, values in zip(parts, (np.full(len(codes), number), grid_left, grid_right, codes), strict=True):
            part.append(values.astype(np.int64))
        away = (grid_left + 0.5) / max(1, len(left)) - (grid_right + 0.5) / max(1, len(right))
        priors.append(np.exp(-DIAGONAL * np.abs(away)))
    pair, left_word, right_word, codes = (np.concatenate(part) for part in parts)
    return _Cells(pair, left_word, right_word, np.unique(codes, return_inverse=True)[1], np.concatenate(priors))


def _best(cells: _Cells, group: npt.NDArray[np.int64], given: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """The most probable cell of each group, where `given` is the word that produces the other."""
    table = np.ones(int(cells.entry.max()) + 1)
    for _ in range(ROUNDS):
        share = table[cells.entry] * cells.prior
        share /= np.bincount(group, share)[group] + 1e-12
        table = np.bincount(cells.entry, share)
        total = np.bincount(given, share)
        first = np.zeros(len(table), np.int64)
        first[cells.entry] = given
        table = (table + 0.01) / (total[first] + 1.0)
    share = table[cells.entry] * cells.prior
    order = np.lexsort((-share, group))
    chosen = np.zeros(len(share), bool)
    chosen[order[np.r_[True, np.diff(group[order]) != 0]]] = True
    return chosen


def link(russian: list[str], english: list[str]) -> list[list[tuple[int, int]]]:
    """Links of each pair of sentences as (Russian word, English word) indexes."""
    numbers: dict[str, int] = {}
    lefts = [[numbers.setdefault("ru " + stem, len(numbers)) for stem in stems_of(text, "ru")] for text in russian]
    rights = [[numbers.setdefault("en " + stem, len(numbers)) for stem in stems_of(text, "en")] for text in english]
    cells = _cells(lefts, rights, len(numbers))
    left_word = np.concatenate([np.asarray(left, np.int64) for left in lefts])
    right_word = np.concatenate([np.asarray(right, np.int64) for right in rights])
    left_place = np.r_[0, np.cumsum([len(left) for left in lefts])][cells.pair] + cells.left
    right_place = np.r_[0, np.cumsum([len(right) for right in rights])][cells.pair] + cells.right
    both = _best(cells, right_place, left_word[left_place]) & _best(cells, left_place, right_word[right_place])
    found: list[list[tuple[int, int]]] = [[] for _ in russian]
    for pair, left, right in zip(*(a[both].tolist() for a in (cells.pair, cells.left, cells.right)), strict=True):
        found[pair].append((left, right))
    return found
