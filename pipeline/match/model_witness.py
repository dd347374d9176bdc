"""The translation model as a witness: does it find the printed words more probable here than elsewhere?

In: findings with their rivals, and a scorer. Out: the lead of each passage over its best decoy, in nats a token.
Never asked where the other witnesses leave no doubt, which saves most of the time.

Forced decoding: mean log-probability of the printed words given the heard ones. Alone it says little, since some words
are improbable anywhere; against decoys (the nearest rivals, of this and other recordings) it does. A fragment is held
against the stretch of each passage that it lies on: the model does not expect a sentence to begin in its middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.match.find import Finding, Rival, lay
from pipeline.match.library import Library
from pipeline.match.options import Scorer
from pipeline.match.scope import scope_of

DECOYS = 2
LONGEST_WORDS = 60  # models have a last position; most of a longer passage says enough
PART = 0.75
WEIGHT = 1.2  # fitted on one half of quotebench/dev, docs/matching.md
MOST_LEAD = 1.0
DOUBTFUL = (0.03, 0.97)

Case = tuple[Finding, Sequence[Rival]]


def doubtful(sure: float) -> bool:
    """Whether the model is worth asking."""
    return DOUBTFUL[0] < sure < DOUBTFUL[1]


def leads(scorer: Scorer, library: Library, cases: Sequence[Case]) -> list[float | None]:
    """Lead of each passage over its best decoy, in one call of the scorer; None where there is no decoy."""
    pairs: list[tuple[str, str]] = []
    spans: list[tuple[int, int]] = []
    for finding, rivals in cases:
        own = {line.number for line in finding.lines}
        decoys = [library.lines[rival.line] for rival in rivals if rival.line not in own][:DECOYS]
        laid = [finding, *(lay(library, finding.wanted, [line]) for line in decoys)]
        part = _begins_inside(finding)
        heard = [_stretch(one) if part else " ".join(line.heard_text for line in one.lines) for one in laid]
        printed = _begin(" ".join(token.text for token in finding.quoted))
        first = len(pairs)
        pairs += [(_begin(text), printed) for text in heard] if decoys and printed else []
        spans.append((first, len(pairs)))
    scores = list(scorer.score(pairs)) if pairs else []
    return [_lead(scores[first:end]) for first, end in spans]


def _begins_inside(finding: Finding) -> bool:
    """Whether a quote lies on a part of its passage only."""
    scope = scope_of(finding)
    return scope.last - scope.first + 1 < PART * len(finding.row)


def _stretch(finding: Finding) -> str:
    """The heard words that a quote lies on, a few words wider at either end."""
    scope = scope_of(finding)
    return " ".join(slot.heard.text for slot in finding.row[scope.first : scope.last + 1])


def _lead(scores: Sequence[float]) -> float | None:
    """Of the first score over the best of the others; None where one is missing (the model could not say)."""
    if len(scores) < 2 or not all(map(math.isfinite, scores)):
        return None
    return scores[0] - max(scores[1:])


def moved(sure: float, lead: float | None) -> float:
    """The confidence after the model has spoken."""
    if lead is None or not doubtful(sure):
        return sure
    odds = math.log(sure / (1.0 - sure)) + WEIGHT * max(-MOST_LEAD, min(MOST_LEAD, lead))
    return 1.0 / (1.0 + math.exp(-odds))


def share(lead: float | None) -> float | None:
    """The lead as a share: 0.5 is no better than the best decoy."""
    return None if lead is None else round(1.0 / (1.0 + math.exp(-2.0 * max(-15.0, min(15.0, lead)))), 4)


def _begin(text: str) -> str:
    return " ".join(text.split()[:LONGEST_WORDS])
