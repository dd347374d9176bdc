"""How well a printed word is accounted for by a heard word and what was made of it in translation.

In: a printed token and a ``Slot``. Out: a likeness in 0..1. Never looks at neighbours or order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from pipeline.match.bridge import CaseLexicon
from pipeline.match.names import name_likeness
from pipeline.match.slots import Slot, word_link
from pipeline.match.words import Token

DERIVED = 0.75
GARBLED = 0.6


@lru_cache(maxsize=500_000)
def english_likeness(left: str, right: str) -> float:
    """Likeness of two English keys: equal, of one root (vaccin, vaccinat), or spelled nearly alike."""
    if left == right:
        return 1.0
    shorter, longer = sorted((len(left), len(right)))
    if shorter < 4:
        return 0.0
    prefix = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    if prefix >= 4 and prefix >= 0.6 * longer:
        return DERIVED
    if shorter >= 6 and Indel.normalized_similarity(left, right) >= 0.82:
        return GARBLED
    return 0.0


def likeness(token: Token, slot: Slot, lexicon: CaseLexicon) -> float:
    """The best account of a printed token that a slot gives, 0..1."""
    best = 0.0
    for rendered in slot.translated:
        if rendered.key == token.key:
            return 1.0
        if token.content and rendered.content:
            best = max(best, english_likeness(token.key, rendered.key))
            if token.capital and rendered.capital:
                alike = name_likeness(token.text, rendered.text)
                best = max(best, alike if alike >= 0.75 else 0.0)
    return max(best, word_link(slot.heard, token, lexicon))


def likeness_table(quoted: Sequence[Token], row: Sequence[Slot], lexicon: CaseLexicon) -> NDArray[np.float64]:
    """Likeness of every printed token to every slot: shape (tokens, slots), 0..1."""
    table = np.zeros((len(quoted), len(row)))
    for i, token in enumerate(quoted):
        for j, slot in enumerate(row):
            table[i, j] = likeness(token, slot, lexicon)
    return table
