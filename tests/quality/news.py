"""News in free translation: what a careful editor passes without a mark, and the same with one detail altered.

In: tests/quality/set/news_read.tsv and news_kept.tsv (Russian, what was printed, that with one detail altered, the kind
of the alteration), invented for this project: nobody named there did or said any of it; the starter translator. Out:
the share of right quotes that are called `changed`, and of altered ones that are caught, for both files. The first was
read while rules were made, the second only counted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch.checking import TranslatorWitness
from pipeline.batch.engines import translation_engine
from pipeline.batch.translating import load_translator
from pipeline.match import Library, MatchOptions, judge_quotes
from pipeline.records import Document, Judgement, Quote, Verdict
from pipeline.settings import Settings
from pipeline.translation.translate import Translator
from tests.quality.sets import HERE, document

NOTE_SENTENCES = 8
CAUGHT = frozenset({Verdict.CHANGED, Verdict.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class News:
    """One sentence, and two quotes of it."""

    russian: str
    printed: str
    altered: str
    kind: str


def read(path: Path) -> list[News]:
    """The rows of a file, in an order that mixes the subjects."""
    rows = [News(*line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted(rows, key=lambda row: hashlib.sha256(row.russian.encode()).hexdigest())


def documents(rows: Sequence[News], translator: Translator) -> list[Document]:
    """The sentences as voice notes."""
    rendered = [sentence.text for sentence in translator.translate([row.russian for row in rows])]
    pairs = [(row.russian, text) for row, text in zip(rows, rendered, strict=True)]
    firsts = range(0, len(pairs), NOTE_SENTENCES)
    return [document((f"news{first}", ""), pairs[first : first + NOTE_SENTENCES]) for first in firsts]


def figures() -> list[dict[str, float]]:
    """The figures of what was read, and of what was only counted."""
    translator = load_translator(translation_engine(Settings()))
    return [_figures(read(HERE / "set" / f"news_{name}.tsv"), translator) for name in ("read", "kept")]


def _figures(rows: Sequence[News], translator: Translator) -> dict[str, float]:
    texts = [*(row.printed for row in rows), *(row.altered for row in rows)]
    quotes = [Quote(f"q{number}", text, 0, len(text)) for number, text in enumerate(texts)]
    library = Library.build(documents(rows, translator))
    judged = judge_quotes(quotes, library, MatchOptions(), TranslatorWitness(translator))
    return _shares(list(zip(rows, judged[: len(rows)], judged[len(rows) :], strict=True)))


def _shares(pairs: Sequence[tuple[News, Judgement, Judgement]]) -> dict[str, float]:
    seen: dict[str, list[bool]] = defaultdict(list)
    for row, right, altered in pairs:
        seen["found"].append(right.verdict is not Verdict.NOT_FOUND)
        seen["false_alarm"].append(right.verdict is Verdict.CHANGED)
        seen[f"caught_{row.kind}"].append(altered.verdict in CAUGHT)
    return {name: sum(values) / len(values) for name, values in sorted(seen.items())}
