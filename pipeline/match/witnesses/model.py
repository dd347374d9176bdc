"""The translation model as a witness: does it find the printed words more probable here than elsewhere?

In: the accounts of quotes with their rivals, and a scorer. Out: for each quote, which account the model prefers, and
how much more probable the printed words are there than elsewhere. Never asked where the other witnesses leave no
doubt, which saves most of the time.

Forced decoding: mean log-probability of the printed words given the heard ones. Alone it says little, since some words
are improbable anywhere. Held against the nearest rivals it tells the right passage from those that are like it; held
against passages that have nothing to do with the quote it tells what was said from what was not. A fragment is held
against the stretch of each passage that it lies on: the model does not expect a sentence to begin in its middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.align.find import Finding, Rival, lay
from pipeline.match.details.scope import scope_of
from pipeline.match.index.library import Library
from pipeline.match.options import Scorer
from pipeline.match.witnesses.confidence import coefficients
from pipeline.match.witnesses.rating import Rated

ACCOUNTS, DECOYS, STRANGERS = 4, 2, 4
LONGEST_WORDS = 60  # models have a last position; most of a longer passage says enough
PART = 0.75
CHOICE = 2.0  # what a nat a token weighs against the odds of an account
LEAD, GAIN = (-1.0, 1.0), (-1.0, 4.0)  # nats a token; beyond these they say no more
DOUBTFUL = (0.02, 0.98)

Case = tuple[Sequence[Rated], Sequence[Rival]]


@dataclass(frozen=True, slots=True)
class Testimony:
    """Which account the model prefers, and by how many nats a token the printed words are more probable there.

    ``lead``: than at the better of two decoys; ``gain``: than at the best of some unrelated passages.
    """

    account: int
    lead: float
    gain: float


def doubtful(sure: float) -> bool:
    """Whether the model is worth asking."""
    return DOUBTFUL[0] < sure < DOUBTFUL[1]


def testify(scorer: Scorer, library: Library, cases: Sequence[Case]) -> list[Testimony | None]:
    """What the model says of each case, in one call of the scorer; None where it cannot say or has no decoy."""
    pairs: list[tuple[str, str]] = []
    spans: list[tuple[int, int, int]] = []
    for accounts, rivals in cases:
        near, far = _passages(library, accounts[:ACCOUNTS], rivals)
        printed = _begin(" ".join(token.text for token in accounts[0].finding.quoted))
        first = len(pairs)
        pairs += [(_begin(text), printed) for text in (*near, *far)] if printed else []
        spans.append((first, min(len(pairs), first + len(near)), len(pairs)))
    scores = list(scorer.score(pairs)) if pairs else []
    return [
        _testimony([row.sure for row in accounts[:ACCOUNTS]], scores[first:middle], scores[middle:end])
        for (accounts, _), (first, middle, end) in zip(cases, spans, strict=True)
    ]


def _passages(library: Library, accounts: Sequence[Rated], rivals: Sequence[Rival]) -> tuple[list[str], list[str]]:
    """What was heard: at the accounts and the nearest rivals besides; at some unrelated places."""
    own = {line.number for row in accounts for line in row.finding.lines}
    decoys = [library.lines[rival.line] for rival in rivals if rival.line not in own][:DECOYS]
    wanted = accounts[0].finding.wanted
    laid = [*(row.finding for row in accounts), *(lay(library, wanted, [line]) for line in decoys)]
    part = _begins_inside(accounts[0].finding)
    heard = [_stretch(one) if part else " ".join(line.heard_text for line in one.lines) for one in laid]
    return heard, _strangers(library, own | {rival.line for rival in rivals})


def _strangers(library: Library, near: set[int]) -> list[str]:
    """Sentences from all over the library that nobody took for the quote; fewer where there are no more."""
    count = len(library.lines)
    spread = dict.fromkeys(place * count // (3 * STRANGERS) for place in range(3 * STRANGERS))
    return [library.lines[number].heard_text for number in spread if number not in near][:STRANGERS]


def _begins_inside(finding: Finding) -> bool:
    """Whether a quote lies on a part of its passage only."""
    scope = scope_of(finding)
    return scope.last - scope.first + 1 < PART * len(finding.row)


def _stretch(finding: Finding) -> str:
    """The heard words that a quote lies on, a few words wider at either end."""
    scope = scope_of(finding)
    return " ".join(slot.heard.text for slot in finding.row[scope.first : scope.last + 1])


def _testimony(sure: Sequence[float], near: Sequence[float], far: Sequence[float]) -> Testimony | None:
    """From the probabilities of the accounts and the scores of all passages; None where a near one has none."""
    if len(near) < 2 or not all(map(math.isfinite, near)):
        return None
    far = [score for score in far if math.isfinite(score)]
    chosen = max(range(len(sure)), key=lambda place: _log_odds(sure[place]) + CHOICE * near[place])
    decoys = [score for place, score in enumerate(near) if place != chosen]
    return Testimony(chosen, near[chosen] - max(decoys[:DECOYS]), near[chosen] - max(far or decoys))


def moved(sure: float, said: Testimony) -> float:
    """The confidence after the model has spoken."""
    weight = coefficients("model")
    odds = _log_odds(sure) + sum(weight[name] * value for name, value in evidence(said).items())
    return 1.0 / (1.0 + math.exp(-odds))


def evidence(said: Testimony) -> dict[str, float]:
    """What counts of a testimony, by the names of its coefficients."""
    return {"constant": 1.0, "lead": _within(said.lead, LEAD), "gain": _within(said.gain, GAIN)}


def _within(value: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0], min(bounds[1], value))


def _log_odds(sure: float) -> float:
    bounded = max(1e-3, min(1 - 1e-3, sure))
    return math.log(bounded / (1.0 - bounded))


def share(lead: float | None) -> float | None:
    """The lead as a share: 0.5 is no better than the best decoy."""
    return None if lead is None else round(1.0 / (1.0 + math.exp(-2.0 * max(-15.0, min(15.0, lead)))), 4)


def _begin(text: str) -> str:
    return " ".join(text.split()[:LONGEST_WORDS])
