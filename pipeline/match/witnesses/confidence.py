"""How sure it is that a passage holds a quote: a few measures and a logistic curve over them.

In: a ``Finding`` with its rivals. Out: named measures and a probability in 0..1. Never looks at details or verdicts.

The coefficients stand in ``confidence.toml`` (made by tests/quality/fit.py); they were fitted on one half of
the recordings of a benchmark and checked on the other (docs/matching.md).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding, Rival
from pipeline.match.words.tokens import Token

HELD = 0.5
FEW_WORDS = 2
ONE_WORD_MOST = 0.4  # one content word of two in common: never a find


@cache
def coefficients(table: str = "coefficients") -> Mapping[str, float]:
    """One table of confidence.toml."""
    tables = tomllib.loads((files(__package__) / "confidence.toml").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in tables[table].items()}


def measures(finding: Finding, rivals: Sequence[Rival]) -> dict[str, float]:
    """What speaks for and against a finding; weights are in nats, shares in 0..1."""
    weights, support = finding.weights, finding.support
    content = np.array([token.content for token in finding.quoted])
    held = float(weights @ support)
    missing = float(weights @ (1 - support))
    own = {line.number for line in finding.lines}
    first = max((r.coverage for r in rivals if r.line in own), default=0.0)
    other = max((r.coverage for r in rivals if r.line not in own), default=0.0)
    telling = np.array(
        [t.content and ((t.capital and i > 0) or t.text[0].isdigit()) for i, t in enumerate(finding.quoted)]
    )
    reverse = _reverse(finding)
    steps = [abs(b - a - 1) for a, b in _neighbours(finding)]
    return {
        "coverage": finding.coverage,
        "bag": first,
        "margin": max(-0.5, first - other),
        "held": math.log1p(held),
        "missing": math.log1p(missing),
        "telling_missing": float(weights[telling] @ (1 - support[telling])) / 10 if telling.any() else 0.0,
        "content_held": float(np.mean(support[content] >= HELD)) if content.any() else 0.0,
        "spread": math.log1p(float(np.mean(steps))) if steps else 0.0,
        "density": _density(finding),
        "lines": float(len(finding.lines) - 1),
        "path": finding.score / max(1, len(finding.quoted)),
        "words": math.log1p(int(content.sum())),
        "reverse": reverse,
        "both_ways": _both_ways(finding),
        "numbers_missing": math.log1p(sum(t.text[0].isdigit() and s < HELD for t, s in _rows(finding))),
    }


def _neighbours(finding: Finding) -> list[tuple[int, int]]:
    placed = [column for column in finding.path if column != NONE]
    return list(pairwise(placed))


def _rows(finding: Finding) -> list[tuple[Token, float]]:
    return list(zip(finding.quoted, map(float, finding.support), strict=True))


def _both_ways(finding: Finding) -> float:
    """Heard content words accounted for, against what a quote of this length could account for: 0 to about 1."""
    heard = sum(slot.heard.content for slot in finding.row)
    printed = sum(token.content for token in finding.quoted)
    return min(1.5, _reverse(finding) * heard / max(1, min(heard, printed)))


def _reverse(finding: Finding) -> float:
    """Share of the heard content words that some printed word accounts for."""
    content = [slot for slot in finding.row if slot.heard.content]
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    held = sum(any(row.get(key, 0.0) >= HELD for row in wanted for key in slot.keys) for slot in content)
    return held / len(content) if content else 0.0


def _density(finding: Finding) -> float:
    """Share of the heard content words between the first and the last one used that the quote uses."""
    placed = sorted({c for c, s in zip(finding.path, finding.support, strict=True) if c != NONE and s >= HELD})
    if not placed:
        return 0.0
    between = [c for c in range(placed[0], placed[-1] + 1) if finding.row[c].heard.content]
    return len([c for c in between if c in set(placed)]) / len(between) if between else 0.5


def confidence(values: Mapping[str, float]) -> float:
    """The probability that the recordings hold the quote."""
    table = coefficients()
    total = table["constant"] + sum(table[name] * value for name, value in values.items() if name in table)
    chance = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
    printed_words = round(math.expm1(values["words"]))
    lone = printed_words <= FEW_WORDS and values["content_held"] * printed_words < 1.5 and values["content_held"] < 1.0
    return min(chance, ONE_WORD_MOST) if lone else chance
