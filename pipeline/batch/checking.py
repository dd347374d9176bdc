"""Articles become checks.

In: a case with transcripts, and articles. Out: an answer for every quote, kept in the case. Never prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.batch.documents import usable
from pipeline.batch.events import ItemDone, Listener, StageStarted
from pipeline.batch.guard import attempt
from pipeline.case.store import Case
from pipeline.match import Library, MatchOptions, Scorer, coverage, explain, judge_quotes
from pipeline.press.articles import read_article
from pipeline.records import Article, Check, Document, Failure, Judgement

STAGE = "check"


def read_articles(paths: Sequence[Path], case: Case) -> tuple[tuple[Article, ...], tuple[Failure, ...]]:
    """The articles in the files; one that cannot be read costs the others nothing."""
    articles: list[Article] = []
    failures: list[Failure] = []
    for path in paths:
        name = case.portable(path)
        result = attempt(partial(read_article, path), name, "article")
        failures.append(result) if isinstance(result, Failure) else articles.append(replace(result, path=name))
    return tuple(articles), tuple(failures)


def check(
    articles: Sequence[Article],
    documents: Sequence[Document],
    options: MatchOptions,
    listen: Listener,
    scorer: Scorer | None = None,
) -> tuple[Check, ...]:
    """Judge every quote of every article against all documents."""
    listen(StageStarted(STAGE, len(articles)))
    library = Library.build(documents)
    covered = coverage(documents)
    checks = []
    for article in articles:
        checks.append(Check(article, covered, judge_quotes(article.quotes, library, options, scorer)))
        listen(ItemDone(STAGE, Path(article.path).name))
    return tuple(checks)


def explanation(judgement: Judgement, case: Case) -> str:
    """How the verdict on one quote came about, in plain text."""
    return explain(judgement, Library.build(usable(case)))
