"""Articles become checks.

In: a case with transcripts, and articles. Out: an answer for every quote, kept in the case. Never prints.

The translation model that made the translations is asked about doubtful quotes, as one more witness. A check never
needs it: without a model the other witnesses speak alone, and a note says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.batch.documents import usable
from pipeline.batch.engines import translation_engine
from pipeline.batch.events import ItemDone, Listener, Note, StageStarted
from pipeline.batch.guard import attempt
from pipeline.batch.translating import load_translator
from pipeline.case.store import Case
from pipeline.match import Library, MatchOptions, Scorer, coverage, explain, judge_quotes
from pipeline.press.articles import read_article
from pipeline.records import Article, Check, Document, Failure, Judgement
from pipeline.settings import Settings
from pipeline.translation.translate import Translator

STAGE = "check"


@dataclass(frozen=True)
class TranslatorWitness:
    """A translator that says how probable printed words are; see ``pipeline.match.Scorer``."""

    translator: Translator

    @property
    def languages(self) -> tuple[str, str]:
        """What it translates from and to."""
        return self.translator.package.source_language, self.translator.package.target_language

    def score(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """As ``Translator.score``; a pair that the model cannot read costs only itself and scores NaN."""
        scores = attempt(partial(self.translator.score, pairs), self.translator.package.name, STAGE)
        if not isinstance(scores, Failure):
            return scores
        return [math.nan] if len(pairs) == 1 else [score for pair in pairs for score in self.score([pair])]


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
    articles: Sequence[Article], documents: Sequence[Document], settings: Settings, listen: Listener
) -> tuple[Check, ...]:
    """Judge every quote of every article against all documents."""
    listen(StageStarted(STAGE, len(articles)))
    library = Library.build(documents)
    options = MatchOptions(style=settings.style)
    scorer = translation_witness(settings, listen) if any(article.quotes for article in articles) else None
    covered = coverage(documents)
    checks = []
    for article in articles:
        checks.append(Check(article, covered, judge_quotes(article.quotes, library, options, scorer)))
        listen(ItemDone(STAGE, Path(article.path).name))
    return tuple(checks)


def translation_witness(settings: Settings, listen: Listener) -> Scorer | None:
    """The translator of the settings as a witness, or None and a note where it cannot be loaded."""
    loaded = attempt(lambda: load_translator(translation_engine(settings)), settings.mt, STAGE)
    if isinstance(loaded, Failure):
        listen(Note(f"checked without the translation model as a witness: {loaded.message}"))
        return None
    return TranslatorWitness(loaded)


def explanation(judgement: Judgement, case: Case) -> str:
    """How the verdict on one quote came about, in plain text."""
    return explain(judgement, Library.build(usable(case)))
