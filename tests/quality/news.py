"""News in free translation: what a careful editor passes without a mark, and the same with one detail altered.

In: tests/quality/set/news.tsv (Russian, a literal machine-like translation, what was printed, that with one detail
altered, the kind of the alteration), written for this project. Out: the share of right quotes that are called
`changed`, and of altered ones that are caught, on both halves. Half 0 may be read while rules are made, half 1 only
counted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match import Library, MatchOptions, Scorer, judge_quotes
from pipeline.records import Document, Judgement, Quote, Verdict
from tests.quality.sets import HERE, document

NOTE_SENTENCES = 8
CAUGHT = frozenset({Verdict.CHANGED, Verdict.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class News:
    """One sentence, and two quotes of it."""

    russian: str
    translation: str
    printed: str
    altered: str
    kind: str

    @property
    def half(self) -> int:
        """0 for reading, 1 for counting."""
        return int(hashlib.sha256(self.printed.encode()).hexdigest(), 16) % 2


def read() -> list[News]:
    """All rows, in an order that mixes the subjects."""
    lines = (HERE / "set" / "news.tsv").read_text(encoding="utf-8").splitlines()
    rows = [News(*line.split("\t")) for line in lines]
    return sorted(rows, key=lambda row: hashlib.sha256(row.russian.encode()).hexdigest())


def documents(rows: Sequence[News]) -> list[Document]:
    """The sentences as voice notes."""
    firsts = range(0, len(rows), NOTE_SENTENCES)
    return [
        document((f"news{first}", ""), [(row.russian, row.translation) for row in rows[first : first + NOTE_SENTENCES]])
        for first in firsts
    ]


def figures(scorer: Scorer | None) -> list[dict[str, float]]:
    """The figures of both halves, for reading first."""
    rows = read()
    texts = [*(row.printed for row in rows), *(row.altered for row in rows)]
    quotes = [Quote(f"q{number}", text, 0, len(text)) for number, text in enumerate(texts)]
    judged = judge_quotes(quotes, Library.build(documents(rows)), MatchOptions(), scorer)
    pairs = list(zip(rows, judged[: len(rows)], judged[len(rows) :], strict=True))
    return [_shares([pair for pair in pairs if pair[0].half == part]) for part in (0, 1)]


def _shares(pairs: Sequence[tuple[News, Judgement, Judgement]]) -> dict[str, float]:
    seen: dict[str, list[bool]] = defaultdict(list)
    for row, right, altered in pairs:
        seen["found"].append(right.verdict is not Verdict.NOT_FOUND)
        seen["false_alarm"].append(right.verdict is Verdict.CHANGED)
        seen[f"caught_{row.kind}"].append(altered.verdict in CAUGHT)
    return {name: sum(values) / len(values) for name, values in sorted(seen.items())}
