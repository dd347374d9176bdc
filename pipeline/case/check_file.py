"""The answer to an article as ``check --json`` prints it, and back.

In: a Check. Out: the documented object (docs/formats.md). Never opens a file. The printed object keeps each quote flat
beside its verdict, which is easier to read for other programs than our nested records.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from pipeline.errors import EvidenceError
from pipeline.records import Article, Check, Coverage, Judgement, Passage, Quote, QuoteFlag, QuoteKind, Verdict

SCHEMA = "voxquote.check/1"


def to_plain(check: Check) -> dict[str, Any]:
    """The documented object as dicts and lists."""
    article = check.article
    return {
        "schema": SCHEMA,
        "article": {
            "id": article.id,
            "path": article.path,
            "sha256": article.sha256,
            "title": article.title,
            "language": article.language,
        },
        "coverage": msgspec.to_builtins(check.coverage),
        "quotes": [_flat(judgement) for judgement in check.judgements],
    }


def encode(check: Check) -> bytes:
    """The documented object as indented UTF-8 JSON."""
    return (json.dumps(to_plain(check), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def decode(data: bytes, article: Article, name: str) -> Check:
    """The Check in a file; raises EvidenceError when it is damaged."""
    try:
        stored = msgspec.json.decode(data, type=_StoredCheck)
    except msgspec.DecodeError as error:
        raise EvidenceError(f"{name} cannot be read: {error}", "run: voxquote check --case DIR") from error
    return Check(article, stored.coverage, tuple(_nested(quote) for quote in stored.quotes))


@dataclass(frozen=True, slots=True)
class _StoredQuote:
    """One entry of ``quotes``: the fields of Quote and of Judgement side by side."""

    id: str
    text: str
    start_char: int
    end_char: int
    kind: QuoteKind
    verdict: Verdict
    confidence: float
    speaker: str | None = None
    parts: tuple[tuple[int, int], ...] = ()
    passages: tuple[Passage, ...] = ()
    flags: tuple[QuoteFlag, ...] = ()
    alternatives: tuple[Passage, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class _StoredCheck:
    coverage: Coverage
    quotes: tuple[_StoredQuote, ...]


def _flat(judgement: Judgement) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(judgement)
    quote = plain.pop("quote")
    return {**quote, **plain}


def _nested(stored: _StoredQuote) -> Judgement:
    quote = Quote(stored.id, stored.text, stored.start_char, stored.end_char, stored.speaker, stored.kind, stored.parts)
    return Judgement(
        quote, stored.verdict, stored.confidence, stored.passages, stored.flags, stored.alternatives, stored.rule
    )
