"""The answers of a check, as a table, as JSON, and as an exit code.

In: outcomes of the batch. Out: results on stdout, a closing line on stderr.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pipeline.cli.terminal import clean, clock, counted, say
from pipeline.records import Check, Judgement, Passage, QuoteKind, Timing, Verdict

if TYPE_CHECKING:
    from rich.text import Text

    from pipeline.batch.job import Outcome

_SOME_FAILED, _NEGATIVE = 3, 4
_PIPE_WIDTH = 160
_REMARKS = {QuoteKind.TITLE: "  (a title)", QuoteKind.SCARE: "  (the writer's own marks)"}
_COLOURS = {
    Verdict.VERBATIM: "green",
    Verdict.SUPPORTED: "green",
    Verdict.EDITED: "yellow",
    Verdict.CHANGED: "red",
    Verdict.NOT_FOUND: "red",
    Verdict.UNCHECKABLE: "magenta",
}


def print_answers(checks: Sequence[Check], as_json: bool) -> None:
    """Every check as JSON (one object for one article, a list for several), or as tables."""
    if as_json:
        from pipeline.case.check_file import to_plain

        plain = [to_plain(check) for check in checks]
        click.echo(json.dumps(plain[0] if len(plain) == 1 else plain, ensure_ascii=False, indent=1))
        return
    for check in checks:
        _print_table(check)


def print_outcome(outcome: Outcome, as_json: bool = False) -> int:
    """The closing lines of a command, and its exit code; with ``as_json`` stdout is left to the JSON."""
    if outcome.failures:
        first, *others = outcome.failures
        rest = f" (and {len(others)} more, told above)" if others else ""
        say(f"{len(outcome.failures)} could not be done: {first.message}{rest}")
    if outcome.report:
        size_mb = outcome.report.stat().st_size / 1e6
        line = f"report: {outcome.report} ({size_mb:.1f} MB, one file, opens without a network)"
        say(line) if as_json else click.echo(line)
    if outcome.failures:
        return _SOME_FAILED
    return _NEGATIVE if outcome.negative else 0


def print_explanation(outcome: Outcome, quote_id: str) -> None:
    """How the verdict on one quote came about, in each article that has one of that name."""
    from pipeline.batch.checking import explanation

    asked = [
        (check.article, judgement)
        for check in outcome.checks
        for judgement in check.judgements
        if judgement.quote.id == quote_id
    ]
    for article, judgement in asked:
        if len(asked) > 1:
            click.echo(clean(article.title or article.path))
        click.echo(explanation(judgement, outcome.case))


def _print_table(check: Check) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    title = clean(check.article.title or check.article.path)
    if not check.judgements:
        console.print(Text(f"{title}: no quotes found in this article"))
        return
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False)
    for name in ("", "verdict", "heard at", "conf.", "quote", "listen for"):
        table.add_column(name, justify="right" if name == "conf." else "left", ratio=1 if name == "quote" else None)
    for judgement in check.judgements:
        table.add_row(*_row(judgement))
    console.print(table)
    counts = Counter(judgement.verdict for judgement in check.judgements)
    summary = " · ".join(f"{counts[verdict]} {verdict.replace('_', ' ')}" for verdict in Verdict if counts[verdict])
    covered = check.coverage
    where = counted(covered.recordings, "recording")
    share = f"{clock(covered.checked_ms)} of {clock(covered.speech_ms)} of speech in {where}"
    estimated = any(p.timing is Timing.ESTIMATED for one in check.judgements for p in one.passages[:3])
    remark = " ~ marks a time that is estimated." if estimated else ""
    closing = f"{len(check.judgements)} quotes: {summary}. Checked {share}.{remark} A person decides: listen.\n"
    console.print(Text(closing))


def _moment(passage: Passage) -> str:
    """When a passage begins; ``~`` where its times are estimated."""
    return ("~" if passage.timing is Timing.ESTIMATED else "") + clock(passage.start_ms)


def _row(judgement: Judgement) -> tuple[Text, ...]:
    from rich.text import Text

    heard_at = ", ".join(_moment(passage) for passage in judgement.passages[:3]) or "–"
    flags = ", ".join(dict.fromkeys(flag.kind.replace("_", " ") for flag in judgement.flags))
    return (
        Text(judgement.quote.id),
        Text(judgement.verdict.replace("_", " "), style=_COLOURS[judgement.verdict]),
        Text(heard_at),
        Text(f"{judgement.confidence:.2f}"),
        Text(clean(judgement.quote.text) + _REMARKS.get(judgement.quote.kind, "")),
        Text(flags),
    )
