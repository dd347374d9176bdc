"""The verdict on a quote: ordered, named rules over what was found.

In: a quote's ``Evidence``. Out: a verdict and the name of the rule that decided. Never measures anything itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.match.details.difference import Difference
from pipeline.match.options import MatchOptions
from pipeline.records import Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules may look at."""

    confidence: float
    details: tuple[Difference, ...]
    same_language: bool
    same_words: bool
    words: int
    language_known: bool
    speech: bool
    checked_share: float


Rule = Callable[[Evidence, MatchOptions], Verdict | None]


def nothing_quoted(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """A quote without a word cannot be looked for."""
    return None if evidence.words else Verdict.UNCHECKABLE


def nothing_heard(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """There is no speech to look in."""
    return None if evidence.speech else Verdict.UNCHECKABLE


def third_language(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """The quote is in neither language of the case."""
    return None if evidence.language_known else Verdict.UNCHECKABLE


def mostly_unchecked(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """Not found, but most of the audio could not be checked."""
    missing = evidence.confidence < options.found_from and evidence.checked_share < 0.5
    return Verdict.UNCHECKABLE if missing else None


def unsupported(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """No passage accounts for enough of the quote."""
    return Verdict.NOT_FOUND if evidence.confidence < options.found_from else None


def detail_differs(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """A number, a name, a negation or the like is not what was heard."""
    return Verdict.CHANGED if any(detail.changes for detail in evidence.details) else None


def cut_or_joined(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """Words were left out, moved, joined or put in without a mark."""
    return Verdict.EDITED if any(detail.edits for detail in evidence.details) else None


def same_words(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """The same words in the same language."""
    return Verdict.VERBATIM if evidence.same_language and evidence.same_words else None


def same_language_other_words(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """The same language, but not word for word."""
    return Verdict.EDITED if evidence.same_language else None


def fair_rendering(evidence: Evidence, options: MatchOptions) -> Verdict | None:
    """Everything that could be compared agrees."""
    return Verdict.SUPPORTED


RULES: tuple[Rule, ...] = (
    nothing_quoted,
    nothing_heard,
    third_language,
    mostly_unchecked,
    unsupported,
    detail_differs,
    cut_or_joined,
    same_words,
    same_language_other_words,
    fair_rendering,
)


def decide(evidence: Evidence, options: MatchOptions) -> tuple[Verdict, str]:
    """The verdict of the first rule that speaks, and that rule's name."""
    for rule in RULES:
        verdict = rule(evidence, options)
        if verdict is not None:
            return verdict, rule.__name__
    raise AssertionError("the last rule always speaks")
