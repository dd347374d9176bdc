"""Quotes in, judgements out: the composition of everything in this folder.

In: quotes, a library, options and perhaps a scorer. Out: one ``Judgement`` a quote, in order. Never does I/O and never
raises on the content of a quote.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.confidence import confidence, measures
from pipeline.match.details import details
from pipeline.match.difference import Difference
from pipeline.match.find import Finding, Rival, find
from pipeline.match.library import Library
from pipeline.match.options import MatchOptions, Scorer
from pipeline.match.passages import passages, rival_passages
from pipeline.match.stitch import with_distant
from pipeline.match.verdict import Evidence, decide
from pipeline.match.words import Token, is_cyrillic, tokens
from pipeline.records import Judgement, Quote, QuoteFlag, QuoteFlagKind, Verdict

LONGEST_WORDS = 400


def judge_quotes(
    quotes: Sequence[Quote],
    library: Library,
    options: MatchOptions = MatchOptions(),  # noqa: B008
    scorer: Scorer | None = None,
) -> tuple[Judgement, ...]:
    """Judge every quote against all recordings of a library."""
    return tuple(_judge(quote, library, options) for quote in quotes)


def _judge(quote: Quote, library: Library, options: MatchOptions) -> Judgement:
    quoted = [token for token in tokens(quote.text) if token.text[0].isalnum()][:LONGEST_WORDS]
    findings, rivals = find(library, quoted) if quoted and library.lines else ([], [])
    if not findings:
        verdict, rule = decide(_evidence(quote, library, options, quoted, None, 0.0, ()), options)
        return Judgement(quote, verdict, 0.0, rule=rule)
    finding, sure = surest(library, findings, rivals)
    rows = tuple(details(library, finding, quote.text))
    evidence = _evidence(quote, library, options, quoted, finding, sure, rows)
    verdict, rule = decide(evidence, options)
    witnesses: dict[str, float | None] = {"wording": round(finding.coverage, 4)}
    flags = tuple(QuoteFlag(row.kind, row.quote, row.heard) for row in rows)
    if verdict in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        near = passages(library, finding, witnesses) + rival_passages(library, finding, rivals, options.alternatives)
        return Judgement(quote, verdict, sure, alternatives=near[: options.alternatives], rule=rule)
    if sure < 0.8:
        flags += (QuoteFlag(QuoteFlagKind.LOW_CONFIDENCE, quote.text[:80], ""),)
    return Judgement(
        quote,
        verdict,
        sure,
        passages(library, finding, witnesses),
        flags,
        rival_passages(library, finding, rivals, options.alternatives),
        rule,
    )


def surest(library: Library, findings: Sequence[Finding], rivals: Sequence[Rival]) -> tuple[Finding, float]:
    """The finding that most probably holds the quote, with a distant part where one is needed, and that probability."""
    rated = [(confidence(measures(finding, rivals)), finding) for finding in findings]
    sure, best = max(rated, key=lambda row: row[0])
    joined = with_distant(library, best, rivals)
    return joined, max(sure, confidence(measures(joined, rivals))) if joined is not best else sure


def _evidence(
    quote: Quote,
    library: Library,
    options: MatchOptions,
    quoted: Sequence[Token],
    finding: Finding | None,
    sure: float,
    rows: tuple[Difference, ...],
) -> Evidence:
    russian = options.quote_language == "ru" if options.quote_language else is_cyrillic(quote.text)
    heard = {document.transcript.language for document in library.documents}
    same = ("ru" in heard or "uk" in heard) if russian else "en" in heard and len(heard) == 1
    words = [token.key for token in quoted]
    said = [token.key for line in finding.lines for token in line.heard if token.text[0].isalnum()] if finding else []
    return Evidence(
        confidence=sure,
        details=rows,
        same_language=same,
        same_words=_runs_in(words, said),
        words=len(quoted),
        language_known=True,
        speech=bool(library.lines),
        checked_share=1.0,
    )


def _runs_in(words: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words stand in a row in what was said."""
    count = len(words)
    return any(list(said[start : start + count]) == list(words) for start in range(len(said) - count + 1))
