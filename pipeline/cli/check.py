"""``voxquote check``: the quotes of articles against a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import settings as settings_module
from pipeline.cli.answers import print_answers, print_explanation, print_outcome
from pipeline.cli.options import ASR, CASE, ENGINE_OPTIONS, FILE, JSON, QUIET, RETIME, STYLE, with_options
from pipeline.cli.progress import watching
from pipeline.cli.terminal import complain
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.records import Article

_SOME_FAILED = 3
_EPILOG = """\b
Examples:
  voxquote check story.html --case popov
  voxquote check --quotes quotes.txt --case popov --json
  voxquote check --case popov --explain q3

With no ARTICLE, the articles of the case are checked again.

Exit codes: 0 every quote was found as printed, 3 some files could not be read, 4 a quote is changed or not found."""


@click.command(epilog=_EPILOG)
@click.argument("articles", metavar="[ARTICLE...]", nargs=-1, type=FILE)
@click.option("--quotes", type=FILE, help="A file with one quote a line, answered in the same order.")
@click.option("--explain", metavar="QUOTE", help="Show how the verdict on one quote (q3, say) came about.")
@with_options(CASE, STYLE, RETIME, ASR, *ENGINE_OPTIONS, QUIET, JSON)
def check(
    articles: tuple[Path, ...],
    quotes: Path | None,
    explain: str | None,
    case_folder: Path,
    quiet: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Check the quotes of articles against the recordings of a case."""
    from pipeline.batch import job
    from pipeline.case.store import Case
    from pipeline.press.articles import read_quote_list

    asked, unread = _read(articles)
    if quotes is not None:
        asked.append(read_quote_list(quotes))
    if explain is not None:
        _require_quote(explain, asked or list(Case.open(case_folder).articles()))
    with watching(quiet) as listen:
        # A list of quotes is a question, not an article of the case; so is asking why.
        keep = quotes is None and (explain is None or bool(articles))
        outcome = job.check(asked, case_folder, settings_module.load(flags), listen, keep)
    if explain is not None:
        print_explanation(outcome, explain)
    else:
        print_answers(outcome.checks, as_json)
    code = print_outcome(outcome)
    return _SOME_FAILED if unread else code


def _require_quote(quote_id: str, articles: list[Article]) -> None:
    """Raise a usage error, before anything is judged, where no article has a quote of that name."""
    if not any(quote.id == quote_id for article in articles for quote in article.quotes):
        raise click.BadParameter(f"there is no quote {quote_id!r} in what is checked", param_hint="--explain")


def _read(paths: tuple[Path, ...]) -> tuple[list[Article], int]:
    """The articles, and how many could not be read; each of these is told of.

    Raises the InputError of the last one when none can be read.
    """
    from pipeline.press.articles import read_article

    asked: list[Article] = []
    errors: list[InputError] = []
    for path in paths:
        try:
            asked.append(read_article(path))
        except InputError as error:
            errors.append(error)
    last = errors.pop() if errors and not asked else None
    for unread in errors:
        complain(unread.message, unread.hint)
    if last:
        raise last
    return asked, len(errors)
