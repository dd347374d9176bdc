"""What stands around a passage: who spoke, what came just before and after, and where else it was said.

In: a quote, its ``Finding`` and the library. Out: differences that only ask for listening. Never changes a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding, Rival
from pipeline.match.details.difference import Difference
from pipeline.match.index.library import Library, sentence_bounds
from pipeline.match.lexicon import groups, lines
from pipeline.match.words.names import name_likeness
from pipeline.match.words.tokens import tokens
from pipeline.records import Quote, QuoteFlagKind

USED = 0.5
EDGE_WORDS = 6
LATER_SENTENCES = 5
SAME_NAME = 0.75
AGAIN_COVERAGE = 0.85
AGAIN_SHARE = 0.95


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of one group of lexicon/context.txt."""
    found: list[str] = []
    for line in lines("context.txt"):
        head, _, tail = line.partition(":")
        if head.strip() == name:
            found += [part.strip() for part in tail.split("|") if part.strip()]
    return tuple(found)


def context(library: Library, quote: Quote, finding: Finding, rivals: Sequence[Rival]) -> list[Difference]:
    """Edges, another speaker, later retraction, repetition."""
    return [
        *_edges(finding),
        *_speaker(library, quote, finding),
        *_retraction(library, finding),
        *_repetition(library, finding, rivals),
    ]


def _plain(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.lower().replace("ё", "е"))) + " "


def _holds(text: str, name: str) -> str | None:
    """The first phrase of a group that a text holds as whole words."""
    plain = _plain(text)
    return next((phrase for phrase in phrases(name) if _plain(phrase) in plain), None)


def _edges(finding: Finding) -> list[Difference]:
    """A condition, an attribution or a hedge just before the quoted words, a doubt just after them."""
    used = [c for c, s in zip(finding.path, finding.support, strict=True) if c != NONE and s >= USED]
    if not used or finding.seam:
        return []
    before = " ".join(slot.heard.text for slot in finding.row[max(0, min(used) - EDGE_WORDS) : min(used)])
    after = " ".join(slot.heard.text for slot in finding.row[max(used) + 1 : max(used) + 1 + EDGE_WORDS])
    printed = {token.text.lower() for token in finding.quoted} | {token.key for token in finding.quoted}
    marked = any(
        _holds(before, name) and printed.isdisjoint(groups("context.txt")["printed " + name])
        for name in ("condition", "attribution", "hedge")
    )
    if marked:
        return [Difference(QuoteFlagKind.EDGE, finding.quoted[0].text, before, False)]
    if _holds(after, "doubt"):
        return [Difference(QuoteFlagKind.EDGE, finding.quoted[-1].text, after, False)]
    return []


def _speaker(library: Library, quote: Quote, finding: Finding) -> list[Difference]:
    """Another sender than the speaker that the article names; silent where one is unknown or only a role."""
    if (quote.speaker or "")[:1].islower():  # "commander of the 3rd Mountain Regiment" may well be the sender
        return []
    sender = library.documents[finding.lines[0].recording].recording.sender
    named = [t.text for t in tokens(quote.speaker or "") if t.text[0].isalpha() and len(t.text) > 2]
    sending = [t.text for t in tokens(sender or "") if t.text[0].isalpha() and len(t.text) > 2]
    if not named or not sending or any(name_likeness(a, b) >= SAME_NAME for a in named for b in sending):
        return []
    return [Difference(QuoteFlagKind.OTHER_SPEAKER, quote.speaker or "", sender or "", False)]


def _retraction(library: Library, finding: Finding) -> list[Difference]:
    """Words soon after the passage that take something back."""
    last = finding.lines[-1]
    for line in library.lines[last.number + 1 : last.number + 1 + LATER_SENTENCES]:
        if line.recording == last.recording and _holds(line.heard_text, "retraction"):
            return [Difference(QuoteFlagKind.RETRACTED, "", line.heard_text, False)]
    return []


def _repetition(library: Library, finding: Finding, rivals: Sequence[Rival]) -> list[Difference]:
    """Other sentences that account for the quote as well as the one found."""
    own = {line.number for line in finding.lines}
    first = max((rival.coverage for rival in rivals if rival.line in own), default=0.0)
    if finding.coverage < AGAIN_COVERAGE or finding.seam:
        return []
    again = [r for r in rivals if r.line not in own and r.coverage >= max(AGAIN_COVERAGE, AGAIN_SHARE * first)]
    found = []
    for rival in again:
        line = library.lines[rival.line]
        document = library.documents[line.recording]
        start_ms, _ = sentence_bounds(document.transcript, line.index)
        where = f"{document.recording.id} {start_ms // 60000:02d}:{start_ms // 1000 % 60:02d} {line.heard_text}"
        found.append(Difference(QuoteFlagKind.REPEATED, "", where, False))
    return found
