"""Quotes in the language of the recording: the printed words against the heard ones, word by word.

In: a quote's words and a ``Finding``. Out: whether they are the same words, and what was put in or left out.
Never compares across languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.difference import Difference
from pipeline.match.lexicon import groups
from pipeline.match.options import Style
from pipeline.match.words.tokens import Token
from pipeline.records import QuoteFlagKind

USED = 0.5
DENYING = frozenset({"не", "ни", "нет", "not", "never"})


@cache
def _fillers() -> frozenset[str]:
    return frozenset(groups("context.txt")["filler"])


def plain(token: Token) -> str:
    """A word without case, ё and the shape of the apostrophe."""
    return token.text.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")


def same_words(finding: Finding, style: str) -> bool:
    """Whether the printed words stand in a row in what was heard; ``tidy`` overlooks fillers and repetitions."""
    return _start(finding, style) is not None


def cut_denial(finding: Finding, style: str) -> list[Difference]:
    """A quote that begins just after не: its words were said, but denied."""
    start = _start(finding, style)
    heard = _words(finding, style)[1]
    if not start or heard[start - 1] not in DENYING:
        return []
    first = finding.quoted[0].text
    return [Difference(QuoteFlagKind.NEGATION, first, f"{heard[start - 1]} {heard[start]}", True)]


def _words(finding: Finding, style: str) -> tuple[list[str], list[str]]:
    printed, heard = [plain(t) for t in finding.quoted], [plain(s.heard) for s in finding.row]
    return (printed, heard) if style == Style.STRICT else (_tidied(printed), _tidied(heard))


def _start(finding: Finding, style: str) -> int | None:
    printed, heard = _words(finding, style)
    count = len(printed)
    if not count:
        return None
    return next((start for start in range(len(heard) - count + 1) if heard[start : start + count] == printed), None)


def _tidied(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        if word not in _fillers() and (not kept or kept[-1] != word):
            kept.append(word)
    return kept


def rewordings(finding: Finding, style: str) -> list[Difference]:
    """Words put in, and words left out of the middle, as differences that make an edited quote."""
    used = [c for c, s in zip(finding.path, finding.support, strict=True) if c != NONE and s >= USED]
    if not used or finding.seam:
        return []
    span = finding.row[min(used) : max(used) + 1]
    printed, heard = [plain(token) for token in finding.quoted], [plain(slot.heard) for slot in span]
    found = []
    for step in Levenshtein.opcodes(printed, heard):
        new = " ".join(token.text for token in finding.quoted[step.src_start : step.src_end])
        old = " ".join(slot.heard.text for slot in span[step.dest_start : step.dest_end])
        idle = style != Style.STRICT and all(word in _fillers() for word in heard[step.dest_start : step.dest_end])
        if step.tag == "insert" and not idle:
            found.append(Difference(QuoteFlagKind.OMISSION, "", old, False, True))
        elif step.tag in ("delete", "replace"):
            found.append(Difference(QuoteFlagKind.INSERTION, new, old, False, True))
    return found
