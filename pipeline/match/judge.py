"""Quotes in, judgements out: the composition of everything in this folder.

In: quotes, a library, options and perhaps a scorer. Out: one ``Judgement`` a quote, in order. Never does I/O and never
raises on the content of a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.confidence import confidence, measures
from pipeline.match.context import context
from pipeline.match.coverage import coverage
from pipeline.match.details import details
from pipeline.match.difference import Difference
from pipeline.match.find import Finding, Rival, find
from pipeline.match.language import language_of
from pipeline.match.library import Library
from pipeline.match.options import MatchOptions, Scorer
from pipeline.match.passages import passages, rival_passages
from pipeline.match.stitch import with_distant
from pipeline.match.verdict import Evidence, decide
from pipeline.match.witnesses import witnesses
from pipeline.match.wording import cut_denial, rewordings, same_words
from pipeline.match.words import tokens
from pipeline.records import Judgement, Quote, QuoteFlag, QuoteFlagKind, Verdict

LONGEST_WORDS = 400
UNSURE = 0.8
BRIDGED = frozenset({"ru"})  # heard languages whose words the word lists render in English


@dataclass(frozen=True)
class Setting:
    """What is the same for all quotes of one call."""

    library: Library
    options: MatchOptions
    scorer: Scorer | None
    languages: frozenset[str]
    readable: frozenset[str]
    checked_share: float


def judge_quotes(
    quotes: Sequence[Quote],
    library: Library,
    options: MatchOptions = MatchOptions(),  # noqa: B008
    scorer: Scorer | None = None,
) -> tuple[Judgement, ...]:
    """Judge every quote against all recordings of a library."""
    documents = library.documents
    known = coverage(documents)
    heard = frozenset(document.transcript.language for document in documents)
    translated = frozenset(document.translation.language for document in documents if document.translation)
    setting = Setting(
        library,
        options,
        scorer,
        heard,
        heard | translated | ({"en"} if heard & BRIDGED else set()),
        known.checked_ms / known.speech_ms if known.speech_ms else 1.0,
    )
    return tuple(_judge(quote, setting) for quote in quotes)


def _judge(quote: Quote, setting: Setting) -> Judgement:
    quoted = [token for token in tokens(quote.text) if token.text[0].isalnum()][:LONGEST_WORDS]
    language = setting.options.quote_language or language_of(quote.text)
    known = language is None or language in setting.readable or not setting.languages
    findings, rivals = find(setting.library, quoted) if quoted and setting.library.lines and known else ([], [])
    if not findings:
        evidence = Evidence(
            0.0, (), False, False, len(quoted), known, bool(setting.library.lines), setting.checked_share
        )
        verdict, rule = decide(evidence, setting.options)
        return Judgement(quote, verdict, 0.0, rule=rule)
    finding, sure = surest(setting.library, findings, rivals)
    same = {setting.library.documents[line.recording].transcript.language for line in finding.lines} == {language}
    rows = _differences(quote, setting, finding, same)
    evidence = Evidence(
        sure,
        rows,
        same,
        same and same_words(finding, setting.options.style),
        len(quoted),
        known,
        True,
        setting.checked_share,
    )
    verdict, rule = decide(evidence, setting.options)
    if verdict not in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        rows = (*rows, *context(setting.library, quote, finding, rivals))
    return _judgement(quote, setting, (finding, rivals), (verdict, sure, rule), rows)


def _differences(quote: Quote, setting: Setting, finding: Finding, same: bool) -> tuple[Difference, ...]:
    style = setting.options.style
    if same and same_words(finding, style):
        return tuple(cut_denial(finding, style))
    rows = details(setting.library, finding, quote.text)
    if same:
        rows = [row for row in rows if row.kind is not QuoteFlagKind.OMISSION] + rewordings(finding, style)
    return tuple(rows)


def _judgement(
    quote: Quote,
    setting: Setting,
    found: tuple[Finding, Sequence[Rival]],
    decision: tuple[Verdict, float, str],
    rows: Sequence[Difference],
) -> Judgement:
    finding, rivals = found
    verdict, sure, rule = decision
    library, most = setting.library, setting.options.alternatives
    said = passages(library, finding, witnesses(finding, setting.scorer, library, rivals))
    near = rival_passages(library, finding, rivals, most)
    if verdict in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        return Judgement(quote, verdict, sure, alternatives=(*said, *near)[:most], rule=rule)
    flags = tuple(QuoteFlag(row.kind, row.quote, row.heard) for row in rows)
    if sure < UNSURE:
        flags += (QuoteFlag(QuoteFlagKind.LOW_CONFIDENCE, quote.text[:80], said[0].heard[:80]),)
    return Judgement(quote, verdict, sure, said, flags, near, rule)


def surest(library: Library, findings: Sequence[Finding], rivals: Sequence[Rival]) -> tuple[Finding, float]:
    """The finding that most probably holds the quote, with a distant part where one is needed, and that probability."""
    rated = [(confidence(measures(finding, rivals)), finding) for finding in findings]
    sure, best = max(rated, key=lambda row: row[0])
    joined = with_distant(library, best, rivals)
    return joined, max(sure, confidence(measures(joined, rivals))) if joined is not best else sure
