"""Fit the curve of pipeline/match/confidence.py on one half of quotebench/dev. Run by hand:

    python -m tests.quality.fit    writes pipeline/match/confidence.toml and prints the reliability of the other half

Right answers: quotes of the fitting half laid on their own sentences, altered ones too. Wrong answers: quotes that were
never said, quotes laid on another sentence, and each quote again with its own recording left out, so that the curve
learns what a report of the same event by somebody else looks like. Ridge-penalised logistic regression by Newton's
method; the validation half is only looked at.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.match.confidence import measures
from pipeline.match.find import find
from pipeline.match.judge import surest
from pipeline.match.library import Library, Wanted
from pipeline.match.words import tokens
from tests.quality.sets import HERE, dev_documents, dev_gold, half

MAIN = {"full", "fragment", "absent", "absent_fragment", "ellipsis", "omission"}
EXTRA_WEIGHT = 0.3
PENALTY = 2.0
TARGET = HERE.parents[1] / "pipeline" / "match" / "confidence.toml"

Array = NDArray[np.float64]


class Without(Library):
    """A library in which one recording is not found."""

    skipped = -1

    def search(self, wanted: Sequence[Wanted], most: int) -> list[tuple[int, float]]:
        """As the library, less the sentences of the skipped recording."""
        rows = super().search(wanted, most + 60)
        return [row for row in rows if self.lines[row[0]].recording != self.skipped][:most]


@dataclass(frozen=True, slots=True)
class Row:
    """Measures of one answer, whether it is right, and how much it counts."""

    part: int
    values: dict[str, float]
    right: bool
    weight: float


def gather() -> list[Row]:
    """Answers to the quotes of both halves; extra ones of the fitting half."""
    documents = dev_documents()
    library = Library.build(documents)
    fields = {field.name: getattr(library, field.name) for field in dataclasses.fields(library)}
    without = Without(**fields)
    number = {document.recording.id: place for place, document in enumerate(documents)}
    rows: list[Row] = []
    for gold in dev_gold():
        if gold["kind"] == "stitch":
            continue
        quoted = [token for token in tokens(str(gold["text"])) if token.text[0].isalnum()]
        wanted = {(number.get(str(gold["recording_id"]), -1), int(i)) for i in gold["sentence_indexes"]}
        findings, rivals = find(library, quoted)
        if not findings:
            continue
        right = [any((line.recording, line.index) in wanted for line in finding.lines) for finding in findings]
        if gold["kind"] in MAIN:
            best, _ = surest(library, findings, rivals)
            said = any((line.recording, line.index) in wanted for line in best.lines)
            rows.append(Row(half(gold), measures(best, rivals), said, 1.0))
        if half(gold) == 0 and gold["recording_id"]:
            rows += [Row(0, measures(f, rivals), ok, EXTRA_WEIGHT) for f, ok in zip(findings, right, strict=True)]
            object.__setattr__(without, "skipped", number[str(gold["recording_id"])])
            others, other_rivals = find(without, quoted)
            rows += [Row(0, measures(finding, other_rivals), False, EXTRA_WEIGHT) for finding in others[:2]]
    return rows


def logistic(table: Array, right: Array, weight: Array) -> Array:
    """Coefficients, the constant first, of a ridge-penalised logistic regression."""
    full = np.c_[np.ones(len(table)), table]
    ridge = np.eye(full.shape[1]) * PENALTY
    ridge[0, 0] = 0.0
    found = np.zeros(full.shape[1])
    for _ in range(60):
        chance = 1.0 / (1.0 + np.exp(-full @ found))
        gradient = full.T @ (weight * (right - chance)) - ridge @ found
        curvature = (full.T * (weight * chance * (1 - chance))) @ full + ridge
        found = found + np.linalg.solve(curvature, gradient)
    return np.asarray(found, dtype=np.float64)


def main() -> int:
    """Fit on half 0, write the file, print the reliability table of half 1."""
    rows = gather()
    names = list(rows[0].values)
    table = np.array([[row.values[name] for name in names] for row in rows])
    right, weight = np.array([float(row.right) for row in rows]), np.array([row.weight for row in rows])
    part = np.array([row.part for row in rows])
    centre, spread = table.mean(0), table.std(0) + 1e-9
    scaled = (table - centre) / spread
    fitted = logistic(scaled[part == 0], right[part == 0], weight[part == 0])
    slopes = fitted[1:] / spread
    constant = float(fitted[0] - slopes @ centre)
    lines = [
        "# Coefficients of the logistic curve in confidence.py, fitted by tests/quality/fit.py.",
        "[coefficients]",
        f"constant = {constant:.4f}",
        *(f"{n} = {v:.4f}" for n, v in zip(names, slopes, strict=True)),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chance = 1.0 / (1.0 + np.exp(-(constant + table @ slopes)))
    for low in np.arange(0.0, 1.0, 0.1):
        here = (part == 1) & (chance >= low) & (chance < low + 0.1)
        if here.any():
            print(f"{low:.1f}  {int(here.sum()):5d}  said {chance[here].mean():.2f}  true {right[here].mean():.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
