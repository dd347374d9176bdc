"""`make quality`: judge the benchmark quotes, print the table, fail when a figure falls below its floor.

python -m tests.quality.run    our own sets; quotebench/dev and an everyday set where the shared data lie beside us
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.batch.checking import translation_witness
from pipeline.batch.events import silent
from pipeline.match import Library, MatchOptions, judge_quotes
from pipeline.records import Judgement, Quote
from pipeline.settings import Settings
from tests.quality import everyday, news
from tests.quality.sets import DEV, HERE, Expected, bench_documents, bench_gold, half, own_documents, own_quotes

NOWHERE = {"not_found", "uncheckable"}


def own_figures() -> tuple[dict[str, float], list[str]]:
    """Shares of right verdicts, places and flags on our own set, and a line for each quote that went wrong."""
    rows = own_quotes()
    judgements = judge_quotes([quote for quote, _ in rows], Library.build(own_documents()))
    verdicts, places, flags, wrong = [], [], [], []
    for (quote, expected), judgement in zip(rows, judgements, strict=True):
        verdicts.append(judgement.verdict.value in expected.verdicts)
        if expected.recording_id and judgement.verdict.value not in NOWHERE:
            places.append(_in_place(expected, judgement))
        raised = {flag.kind.value for flag in judgement.flags}
        flags += [kind in raised for kind in expected.flags]
        if not verdicts[-1] or any(kind not in raised for kind in expected.flags):
            wrong.append(f"  {judgement.verdict.value:12} {judgement.confidence:.2f} {sorted(raised)} {quote.text}")
    return {"right_verdict": _share(verdicts), "right_place": _share(places), "right_flag": _share(flags)}, wrong


def _in_place(expected: Expected, judgement: Judgement) -> bool:
    return any(
        passage.recording_id == expected.recording_id
        and not set(passage.sentence_indexes).isdisjoint(expected.sentences)
        for passage in judgement.passages
    )


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def bench_figures(folder: Path) -> list[dict[str, float]]:
    """quotebench's figures on both halves of a folder, for fitting first, and the processor seconds of all."""
    begun = time.process_time()
    library, gold = Library.build(bench_documents(folder)), bench_gold(folder)
    texts = [str(row["text"]) for row in gold]
    quotes = [Quote(f"q{i}", text, 0, len(text)) for i, text in enumerate(texts)]
    judgements = judge_quotes(quotes, library, MatchOptions(), translation_witness(Settings(), silent))
    seconds = time.process_time() - begun
    halves = []
    for part in (0, 1):
        pairs = [(row, judgement) for row, judgement in zip(gold, judgements, strict=True) if half(row) == part]
        halves.append({**_scored(pairs), "seconds": seconds})
    return halves


def _scored(pairs: Sequence[tuple[dict[str, Any], Judgement]]) -> dict[str, float]:
    answer = {
        "quotes": [
            {
                "verdict": judgement.verdict.value,
                "confidence": judgement.confidence,
                "passages": [
                    {"recording_id": p.recording_id, "start_ms": p.start_ms, "end_ms": p.end_ms}
                    for p in judgement.passages
                ],
                "flags": [{"kind": flag.kind.value} for flag in judgement.flags],
            }
            for _, judgement in pairs
        ]
    }
    with tempfile.TemporaryDirectory() as folder:
        gold_path, answer_path = Path(folder) / "gold.jsonl", Path(folder) / "answer.json"
        gold_path.write_text("".join(json.dumps(row) + "\n" for row, _ in pairs), encoding="utf-8")
        answer_path.write_text(json.dumps(answer), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(DEV.parent / "score.py"), str(gold_path), str(answer_path), "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
    return {str(name): float(value) for name, value in json.loads(done.stdout).items()}


def below(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    """The names of figures under their floor, or over their ceiling."""
    return [
        name
        for name, bound in floors.items()
        if (figures[name[:-5]] > bound if name.endswith("_most") else figures[name] < bound)
    ]


def _compared(name: str, halves: Sequence[dict[str, float]], floors: dict[str, float]) -> list[str]:
    """Print the figures of both halves; return the names of those below their floors."""
    fitting, validation = halves
    print(f"{name}{'fitting':>{40 - len(name)}}{'validation':>12}")
    for figure, value in validation.items():
        print(f"  {figure:30}{fitting[figure]:8.3f}{value:12.3f}")
    return [f"{name} {figure}" for figure in below(validation, floors)]


def _folders() -> Iterator[tuple[str, Path]]:
    """The benchmarks that can be run here, by name."""
    if not (DEV / "gold.jsonl").exists():
        print("quotebench is not beside this repository: only our own sets were run")
        return
    yield "dev", DEV
    if everyday.available():
        with tempfile.TemporaryDirectory() as folder:
            yield "everyday", everyday.build(Path(folder))


def main() -> int:
    """Print the tables; 1 when a floor is broken."""
    floors = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
    own, wrong = own_figures()
    print("own set" + "".join(f"\n  {name:30}{value:8.3f}" for name, value in own.items()))
    print("\n".join(wrong))
    failed = below(own, floors["set"])
    failed += _compared("news", news.figures(), floors["news"])
    for name, folder in _folders():
        failed += _compared(name, bench_figures(folder), floors[name])
    print("below the floor: " + ", ".join(failed) if failed else "all figures hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
