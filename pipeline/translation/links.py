"""Subword attention becomes links between words. Pure: no model, no I/O.

In: source tokens, target tokens, one row of attention a target token. Out: (heard word, translated word) pairs, both
counted over whitespace-separated words. Never guesses: where tokens and words do not add up there are no links.

The rule was measured on 408 Tatoeba pairs (945 links of unambiguous words, the starter model made to say the
reference): mutual best match after each source word's attention is brought to the same sum: precision 0.66, recall
0.67. The best source word of each target word alone: 0.48 and 0.67; both directions together: 0.45 and 0.79.
"""

from __future__ import annotations

from collections.abc import Sequence

WORD_MARK = "▁"  # sentencepiece writes it where a word begins


def word_links(
    source: Sequence[str], target: Sequence[str], attention: Sequence[Sequence[float]]
) -> tuple[tuple[int, int], ...]:
    """Pairs of a source word and a target word that are each other's strongest partner.

    ``attention`` has one row a target token with one weight a source token; further columns (an end mark) are left
    out. Sorted by source word.
    """
    source_words, target_words = word_numbers(source), word_numbers(target)
    if not source_words or not target_words or len(attention) < len(target_words):
        return ()
    weights = _word_weights(source_words, target_words, attention)
    totals = [sum(row) or 1.0 for row in weights]
    shares = [[weight / total for weight in row] for row, total in zip(weights, totals, strict=True)]
    best_target = [max(range(len(row)), key=row.__getitem__) for row in shares]
    best_source = [max(range(len(shares)), key=lambda i: shares[i][j]) for j in range(len(shares[0]))]
    return tuple((i, j) for i, j in enumerate(best_target) if best_source[j] == i and weights[i][j] > 0)


def word_numbers(tokens: Sequence[str]) -> list[int]:
    """The number of the word that each token belongs to; a lone mark counts with the token after it."""
    numbers = []
    number = -1
    opened = False  # a lone mark has begun the word already
    for token in tokens:
        begins = token.startswith(WORD_MARK)
        if begins or number < 0:
            number += 0 if opened and begins else 1
        opened = token == WORD_MARK
        numbers.append(number)
    return numbers


def count_words(tokens: Sequence[str]) -> int:
    """How many words the tokens make up."""
    numbers = word_numbers(tokens)
    return numbers[-1] + 1 if numbers else 0


def _word_weights(
    source_words: Sequence[int], target_words: Sequence[int], attention: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Attention summed over the tokens of a source word and averaged over the tokens of a target word."""
    weights = [[0.0] * (target_words[-1] + 1) for _ in range(source_words[-1] + 1)]
    tokens_of = [target_words.count(j) for j in range(target_words[-1] + 1)]
    for j, row in zip(target_words, attention, strict=False):
        for i, weight in zip(source_words, row, strict=False):
            weights[i][j] += weight / tokens_of[j]
    return weights
