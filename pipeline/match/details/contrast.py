"""A printed detail against its opposite: which of the two wordings does the translation model find more probable?

In: findings with the opposite wordings that deserve a question. Out: the differences that the model confirms. Never
asked where the words themselves settle the matter, never the only ground: a question is raised by a mismatch of the
words first.

Contrastive scoring of minimal pairs (Sennrich: How grammatical is character-level neural machine translation?, 2017):
a model prefers the right polarity, quantity or modality of a sentence long before it translates the sentence well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.match.align.find import Finding
from pipeline.match.details.difference import Difference
from pipeline.match.lexicon import groups
from pipeline.match.options import Scorer
from pipeline.match.words.tokens import english_key

MOST_WORDINGS = 12
LONGEST_WORDS = 60
DENIED = re.compile(
    r"\b(?:do|does|did)(?: not|n['’]t) |\b(?:not|never|no) | not\b|n['’]t\b|(?<=\bcan)not\b", re.IGNORECASE
)
TURNED = 2  # slots from a denial to the verb that it turns
HELPERS = ("do", "does", "did")
ENDINGS = ("ing", "ed", "est", "er", "s")


@dataclass(frozen=True, slots=True)
class Question:
    """A difference that the model is asked to confirm, and the wordings that would have been right if it is one."""

    difference: Difference
    wordings: tuple[str, ...]
    least_nats: float


def denied(finding: Finding, text: str, places: Sequence[int]) -> tuple[str, ...]:
    """The quote with a *not* put in: after each auxiliary verb, and before the words that stand on some slots."""
    words = groups("negation.txt")["printed auxiliary"]
    ends = [token.end_char for token in finding.quoted if token.text.lower() in words]
    turned = [
        token
        for token, column in zip(finding.quoted, finding.path, strict=True)
        if token.content and any(0 <= column - place <= TURNED for place in places)
    ]
    helped = (f"{text[: t.start_char]}{verb} not {text[t.start_char :]}" for t in turned for verb in HELPERS)
    inner = (_before_to(text, t.start_char) for t in turned)
    return (*filter(None, inner), *(f"{text[:end]} not{text[end:]}" for end in ends), *helped)[:MOST_WORDINGS]


def _before_to(text: str, start: int) -> str:
    """The text with *not* before the *to* of an infinitive that starts there; nothing where there is none."""
    head = text[:start]
    return f"{head[:-3]}not to {text[start:]}" if head.lower().endswith(" to ") else ""


def affirmed(finding: Finding, text: str, place: int) -> tuple[str, ...]:
    """The quote without the denial at a printed word."""
    token = finding.quoted[place]
    for found in DENIED.finditer(text):
        if found.start() < token.end_char and token.start_char < found.end():
            return (text[: found.start()] + text[found.end() :],)
    return ()


def reworded(finding: Finding, text: str, place: int, words: Sequence[str]) -> tuple[str, ...]:
    """The quote with one printed word replaced by each of the given ones, in the same inflected form."""
    token = finding.quoted[place]
    forms = dict.fromkeys(form for word in words for form in inflected(word, token.text.lower()))
    shown = (form.capitalize() if token.capital else form for form in forms)
    return tuple(text[: token.start_char] + form + text[token.end_char :] for form in shown)[:MOST_WORDINGS]


def inflected(word: str, model: str) -> Iterator[str]:
    """A word with the ending that a model word has, if its own stem differs from it by that ending."""
    ending = next((e for e in ENDINGS if model.endswith(e) and english_key(model) != model), "")
    if not ending:
        yield word
        return
    yield word + ending[1:] if word.endswith("e") and ending[0] == "e" else word.removesuffix("e") + ending


def confirmed(scorer: Scorer, heard: Sequence[str], asked: Sequence[tuple[str, Question]]) -> list[bool]:
    """Whether one of a question's wordings is more probable than the printed text by enough, for each question.

    ``heard`` and ``asked`` go together: the heard passage, and the printed text with its question.
    """
    pairs: list[tuple[str, str]] = []
    spans: list[tuple[int, int]] = []
    for passage, (text, question) in zip(heard, asked, strict=True):
        first = len(pairs)
        short = len(passage.split()) <= LONGEST_WORDS and len(text.split()) <= LONGEST_WORDS
        pairs += [(passage, wording) for wording in (text, *question.wordings)] if short else []
        spans.append((first, len(pairs)))
    scores = list(scorer.score(pairs)) if pairs else []
    return [
        end > first and _gain(scores[first:end], text) >= question.least_nats
        for (first, end), (text, question) in zip(spans, asked, strict=True)
    ]


def _gain(scores: Sequence[float], text: str) -> float:
    """How much more probable the best other wording is than the first, in nats for the whole quote."""
    if not all(map(math.isfinite, scores)):
        return -math.inf
    return (max(scores[1:]) - scores[0]) * (len(text.split()) + 1)
