"""Independent pieces of evidence for a passage, shown apart.

In: a ``Finding``, and perhaps a scorer. Out: named shares in 0..1, None where a witness could not speak. Never adds
them up: the confidence has measures of its own.

``wording``: share of the quote's weight that the translation's words account for. ``heard``: the same for the heard
words alone (word lists, names and numbers read in the heard language). ``details``: share of names and numbers that
were heard. ``model``: how probable the translation model finds the printed words, given the passage, against the
best of some decoy passages (0.5: no better than a decoy); only asked, with a scorer, where there is doubt.
"""

from __future__ import annotations

from pipeline.match.align.find import Finding

HELD = 0.45


def witnesses(finding: Finding, model: float | None) -> dict[str, float | None]:
    """What each witness says of the passage; ``model`` is what the translation model said, if it was asked."""
    wording = {token.key for slot in finding.row for token in slot.translated}
    wording |= {key for slot in finding.row for key in slot.keys if key.startswith("#")}
    heard = {slot.heard.key for slot in finding.row} | {key for key in wording if key.startswith("#")}
    return {
        "wording": _share(finding, wording) if any(slot.translated for slot in finding.row) else None,
        "heard": _share(finding, heard),
        "details": _details(finding),
        "model": model,
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
