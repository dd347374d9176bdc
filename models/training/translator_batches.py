"""Batches for the translator: pairs cut into pieces, a little differently every time, with their word links.

In: pairs and links. Out: endless batches of a few fixed shapes. Never trains.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sentencepiece as spm
import torch
from torch import Tensor

from models.training.links import words_of
from models.training.pairs import Pair

BEGIN, END = 1, 2
BUCKETS = (14, 22, 36, 130)  # each is compiled for itself
JOINED_SHARE, LONG_SHARE = 0.08, 0.015  # examples of two or three sentences, and of many
Links = list[list[tuple[int, int]]]


@dataclass(frozen=True)
class Batch:
    """Pieces (batch, time), what to predict (-100: nothing) and the guide (batch, target time, source time)."""

    source: Tensor
    given: Tensor
    wanted: Tensor
    guide: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return Batch(*(part.to(device) for part in (self.source, self.given, self.wanted, self.guide)))


class Encoder:
    """Cuts sentences into pieces; in training with a little chance, so that unseen forms are met prepared."""

    def __init__(self, path: Path, seed: int) -> None:
        self.processor = spm.SentencePieceProcessor(model_file=str(path))
        self.random = random.Random(seed)

    def pieces(self, text: str, sampled: bool) -> tuple[list[int], list[int]]:
        """Piece numbers and, for each piece, the code-point position of its middle in `text`."""
        options = {"enable_sampling": True, "alpha": 0.2, "nbest_size": -1} if sampled else {}
        proto = self.processor.encode(text, return_type="proto", **options)
        char_of_byte = [n for n, letter in enumerate(text) for _ in letter.encode()] + [len(text)]
        middles = [char_of_byte[(piece.begin + piece.end) // 2] for piece in proto.pieces]
        return [piece.id for piece in proto.pieces], middles

    def example(self, pair: Pair, links: list[tuple[int, int]]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
        """Source pieces, target pieces, linked (target, source) places; now and then as a recogniser would write."""
        russian = pair.russian
        if self.random.random() < 0.12:
            russian = russian.lower().replace("ё", "е")
        if self.random.random() < 0.12:
            russian = "".join(" " if letter in ',;:"' else letter for letter in russian).rstrip(".!")
        sampled = self.random.random() < 0.4
        source, source_places = self.pieces(russian, sampled)
        target, target_places = self.pieces(pair.english, sampled and self.random.random() < 0.3)
        if len(russian) != len(pair.russian) and not pair.russian.startswith(russian):
            return source, target, []
        left = pieces_of_words(words_of(pair.russian), source_places)
        right = pieces_of_words(words_of(pair.english), target_places)
        return source, target, [(t, s) for i, j in links for t in right[j] for s in left[i]]


def pieces_of_words(words: list[tuple[int, int]], middles: list[int]) -> list[list[int]]:
    return [[number for number, middle in enumerate(middles) if start <= middle <= end] for start, end in words]


def collate(examples: list[tuple[list[int], list[int], list[tuple[int, int]]]], bucket: int) -> Batch:
    """One batch of fixed shape."""
    shape = len(examples), bucket
    source, given = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    wanted, guide = torch.full(shape, -100), torch.zeros(*shape, bucket)
    for row, (left, right, links) in enumerate(examples):
        source[row, : len(left)] = torch.tensor(left)
        given[row, : len(right) + 1] = torch.tensor([BEGIN, *right])
        wanted[row, : len(right) + 1] = torch.tensor([*right, END])
        for target_place, source_place in links:
            guide[row, target_place, source_place] = 1
    return Batch(source, given, wanted, guide)


def batches(pairs: list[Pair], links: Links, encoder: Encoder, tokens: int) -> Iterator[Batch]:
    """Endless batches of similar length; each pair comes as often as its weight says."""
    chance = encoder.random
    waiting: dict[int, list[tuple[list[int], list[int], list[tuple[int, int]]]]] = {size: [] for size in BUCKETS}
    while True:
        order = [n for n, pair in enumerate(pairs) for _ in range(int(pair.weight + chance.random()))]
        chance.shuffle(order)
        for number in order:
            draw = chance.random()
            more = chance.randint(1, 2) if draw < JOINED_SHARE else chance.randint(5, 9) if draw > 1 - LONG_SHARE else 0
            numbers = [number, *(chance.choice(order) for _ in range(more))]
            example = encoder.example(*join([pairs[n] for n in numbers], [links[n] for n in numbers], chance))
            longest = max(len(example[0]), len(example[1]) + 1)
            bucket = next((size for size in BUCKETS if longest <= size), None)
            if bucket is None or not example[0] or not example[1]:
                continue
            waiting[bucket].append(example)
            if len(waiting[bucket]) == tokens // bucket:
                yield collate(waiting[bucket], bucket)
                waiting[bucket] = []


def join(pairs: list[Pair], links: Links, chance: random.Random) -> tuple[Pair, list[tuple[int, int]]]:
    """Several pairs as one, as sentences or as clauses: a recogniser does not always hear where a sentence ends."""
    if len(pairs) == 1:
        return pairs[0], links[0]
    clauses = chance.random() < 0.5
    sides: list[str] = []
    for texts in ([pair.russian for pair in pairs], [pair.english for pair in pairs]):
        parts = [text.rstrip(" .!") for text in texts[:-1]] if clauses else texts[:-1]
        sides.append((", " if clauses else " ").join([*parts, texts[-1]]))
    joined, left, right = [], 0, 0
    for pair, found in zip(pairs, links, strict=True):
        joined += [(i + left, j + right) for i, j in found]
        left, right = left + len(words_of(pair.russian)), right + len(words_of(pair.english))
    return Pair(1.0, "joined", sides[0], sides[1]), joined
