"""Fit the curves of confidence.toml on one half of quotebench/dev and of the everyday set. By hand:

    python -m tests.quality.fit    writes it into pipeline/match/witnesses, prints the reliability of the other half

Right answers: quotes of the fitting half laid on their own sentences, altered ones too. Wrong answers: quotes that were
never said, quotes laid on another sentence, and each quote again with its own recording left out, so that the curve
learns what a report of the same event by somebody else looks like. Ridge-penalised logistic regression by Newton's
method; the validation half is only looked at.
"""

from __future__ import annotations

import dataclasses
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.batch.checking import translation_witness
from pipeline.batch.events import silent
from pipeline.match.align.find import find
from pipeline.match.index.library import Library, Wanted
from pipeline.match.witnesses.confidence import coefficients, measures
from pipeline.match.witnesses.model import doubtful, evidence, testify
from pipeline.match.witnesses.rating import rate, surest
from pipeline.match.words.tokens import tokens
from pipeline.settings import Settings
from tests.quality import everyday
from tests.quality.sets import DEV, HERE, bench_documents, bench_gold, half

MAIN = {"full", "fragment", "absent", "absent_fragment", "ellipsis", "omission"}
EXTRA_WEIGHT = 0.3
EVERYDAY_WEIGHT = 0.5
PENALTY = 2.0
TARGET = HERE.parents[1] / "pipeline" / "match" / "witnesses" / "confidence.toml"

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


def gather(folder: Path, share: float) -> list[Row]:
    """Answers to the quotes of both halves of a benchmark; extra ones of the fitting half. ``share``: their weight."""
    documents = bench_documents(folder)
    library = Library.build(documents)
    fields = {field.name: getattr(library, field.name) for field in dataclasses.fields(library)}
    without = Without(**fields)
    number = {document.recording.id: place for place, document in enumerate(documents)}
    rows: list[Row] = []
    for gold in bench_gold(folder):
        if gold["kind"] == "stitch":
            continue
        quoted = [token for token in tokens(str(gold["text"])) if token.text[0].isalnum()]
        wanted = {(number.get(str(gold["recording_id"]), -1), int(i)) for i in gold["sentence_indexes"]}
        findings, rivals = find(library, quoted)
        if not findings:
            continue
        right = [any((line.recording, line.index) in wanted for line in finding.lines) for finding in findings]
        if gold["kind"] in MAIN:
            best = surest(library, findings, rivals).finding
            said = any((line.recording, line.index) in wanted for line in best.lines)
            rows.append(Row(half(gold), measures(best, rivals), said, share))
        if half(gold) == 0 and gold["recording_id"]:
            extra = share * EXTRA_WEIGHT
            rows += [Row(0, measures(f, rivals), ok, extra) for f, ok in zip(findings, right, strict=True)]
            object.__setattr__(without, "skipped", number[str(gold["recording_id"])])
            others, other_rivals = find(without, quoted)
            rows += [Row(0, measures(finding, other_rivals), False, extra) for finding in others[:2]]
    return rows


def spoken_by_model(folder: Path, share: float) -> list[Row]:
    """What the translation model says of the doubtful main quotes of both halves, and the odds before it spoke."""
    library = Library.build(bench_documents(folder))
    number = {document.recording.id: place for place, document in enumerate(library.documents)}
    scorer = translation_witness(Settings(), silent)
    assert scorer is not None
    kept, cases = [], []
    for gold in bench_gold(folder):
        quoted = [token for token in tokens(str(gold["text"])) if token.text[0].isalnum()]
        findings, rivals = find(library, quoted)
        accounts = rate(findings, rivals)
        if gold["kind"] in MAIN and accounts and doubtful(accounts[0].sure):
            kept.append(gold)
            cases.append((accounts, rivals))
    rows = []
    for gold, (accounts, _), said in zip(kept, cases, testify(scorer, library, cases), strict=True):
        if said is not None:
            wanted = {(number.get(str(gold["recording_id"]), -1), int(i)) for i in gold["sentence_indexes"]}
            chosen = accounts[said.account]
            right = any((line.recording, line.index) in wanted for line in chosen.finding.lines)
            odds = math.log(chosen.sure / (1.0 - chosen.sure))
            rows.append(Row(half(gold), {"odds": odds, **evidence(said)}, right, share))
    return rows


def logistic(table: Array, right: Array, weight: Array, given: Array | float = 0.0) -> Array:
    """Coefficients, the constant first, of a ridge-penalised logistic regression; ``given`` log odds are kept."""
    full = np.c_[np.ones(len(table)), table]
    ridge = np.eye(full.shape[1]) * PENALTY
    ridge[0, 0] = 0.0
    found = np.zeros(full.shape[1])
    for _ in range(60):
        chance = 1.0 / (1.0 + np.exp(-full @ found - given))
        gradient = full.T @ (weight * (right - chance)) - ridge @ found
        curvature = (full.T * (weight * chance * (1 - chance))) @ full + ridge
        found = found + np.linalg.solve(curvature, gradient)
    return np.asarray(found, dtype=np.float64)


def columns(rows: Sequence[Row], names: Sequence[str]) -> tuple[Array, Array, Array, Array]:
    """Measures, right or wrong, weight and half of each row."""
    table = np.array([[row.values[name] for name in names] for row in rows])
    right, weight = np.array([float(row.right) for row in rows]), np.array([row.weight for row in rows])
    return table, right, weight, np.array([float(row.part) for row in rows])


def curve(rows: Sequence[Row]) -> dict[str, float]:
    """Coefficients of the measures, fitted on half 0; prints how reliable they are on half 1."""
    names = list(rows[0].values)
    table, right, weight, part = columns(rows, names)
    centre, spread = table.mean(0), table.std(0) + 1e-9
    fitted = logistic(((table - centre) / spread)[part == 0], right[part == 0], weight[part == 0])
    slopes = fitted[1:] / spread
    constant = float(fitted[0] - slopes @ centre)
    reliability(constant + table @ slopes, right, part)
    return {"constant": constant, **dict(zip(names, map(float, slopes), strict=True))}


def model_curve(rows: Sequence[Row]) -> dict[str, float]:
    """Coefficients of the model's testimony, which moves given odds."""
    names = ("odds", "lead", "gain")
    table, right, weight, part = columns(rows, names)
    here = part == 0
    fitted = logistic(table[here, 1:], right[here], weight[here], table[here, 0])
    reliability(table[:, 0] + fitted[0] + table[:, 1:] @ fitted[1:], right, part)
    return dict(zip(("constant", "lead", "gain"), map(float, fitted), strict=True))


def reliability(odds: Array, right: Array, part: Array) -> None:
    """How often the answers of half 1 are right, by what was said."""
    chance = 1.0 / (1.0 + np.exp(-odds))
    for low in np.arange(0.0, 1.0, 0.1):
        here = (part == 1) & (chance >= low) & (chance < low + 0.1)
        if here.any():
            print(f"{low:.1f}  {int(here.sum()):5d}  said {chance[here].mean():.2f}  true {right[here].mean():.2f}")


def write(tables: dict[str, dict[str, float]]) -> None:
    """The tables as confidence.toml."""
    lines = ["# Coefficients of the logistic curves in this folder, by tests/quality/fit.py."]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {value:.4f}" for key, value in table.items()), ""]
    TARGET.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    coefficients.cache_clear()


def main() -> int:
    """Fit on the halves 0, write the file, print the reliability tables of the halves 1."""
    with tempfile.TemporaryDirectory() as scratch:
        spoken = everyday.build(Path(scratch))
        tables = {"coefficients": curve(gather(DEV, 1.0) + gather(spoken, EVERYDAY_WEIGHT))}
        write(tables)
        rows = spoken_by_model(DEV, 1.0) + spoken_by_model(spoken, EVERYDAY_WEIGHT)
    write({**tables, "model": model_curve(rows)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
