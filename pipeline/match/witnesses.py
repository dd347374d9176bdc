"""Independent pieces of evidence for a passage, shown apart.

In: a ``Finding``, and perhaps a scorer. Out: named shares in 0..1, None where a witness could not speak. Never adds
them up: the confidence has measures of its own.

``wording``: share of the quote's weight that the translation's words account for. ``heard``: the same for the heard
words alone (word lists, names and numbers read in the heard language). ``details``: share of names and numbers that
were heard. ``model``: how probable the translation model finds the printed words, given the passage, against the
best of some decoy passages (0.5: no better than a decoy); only with a scorer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.match.find import Finding, Rival
from pipeline.match.library import Library
from pipeline.match.options import Scorer

DECOYS = 4
LONGEST_WORDS = 60  # models have a last position; most of a longer passage says enough
HELD = 0.45


def witnesses(
    finding: Finding, scorer: Scorer | None, library: Library, rivals: Sequence[Rival]
) -> dict[str, float | None]:
    """What each witness says of the passage."""
    wording = {token.key for slot in finding.row for token in slot.translated}
    wording |= {key for slot in finding.row for key in slot.keys if key.startswith("#")}
    heard = {slot.heard.key for slot in finding.row} | {key for key in wording if key.startswith("#")}
    return {
        "wording": _share(finding, wording) if any(slot.translated for slot in finding.row) else None,
        "heard": _share(finding, heard),
        "details": _details(finding),
        "model": _model(finding, scorer, library, rivals) if scorer else None,
    }


def _share(finding: Finding, keys: set[str]) -> float:
    held = [
        max((v for k, v in word.equivalents.items() if k in keys), default=0.0) * word.weight for word in finding.wanted
    ]
    total = float(finding.weights.sum())
    return round(min(1.0, sum(held) / total), 4) if total else 0.0


def _details(finding: Finding) -> float | None:
    places = [
        place
        for place, token in enumerate(finding.quoted)
        if token.text[0].isdigit() or (token.capital and token.content and place > 0)
    ]
    return round(sum(bool(finding.support[p] >= HELD) for p in places) / len(places), 4) if places else None


def _model(finding: Finding, scorer: Scorer, library: Library, rivals: Sequence[Rival]) -> float | None:
    """A logistic share of the passage's mean log probability against the best decoy's."""
    own = {line.number for line in finding.lines}
    decoys = [library.lines[rival.line].heard_text for rival in rivals if rival.line not in own][:DECOYS]
    heard = " ".join(line.heard_text for line in finding.lines)
    printed = " ".join(token.text for token in finding.quoted)
    if not decoys or not printed:
        return None
    scores = scorer.score([(_begin(text), _begin(printed)) for text in (heard, *decoys)])
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, 2.0 * (scores[0] - max(scores[1:])))))), 4)


def _begin(text: str) -> str:
    return " ".join(text.split()[:LONGEST_WORDS])
