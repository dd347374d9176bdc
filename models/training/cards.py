"""Measure both starter models and write what was measured: FIGURES.md, figures.json and the model cards.

In: `models/starter/` and the held-back material. Out: `models/training/figures.json`, `models/training/FIGURES.md`, the
figures and file hashes in each `MODEL_CARD.md` (between its two marks; the words around them are written by hand).
Never trains, never rounds in a model's favour.

Run: python -m models.training.cards [--most 1000] [--only translator]
"""

import argparse
import hashlib
import json
from pathlib import Path

from models.training import places, recogniser_figures, translator_figures

BEGIN, END = "<!-- figures: written by models/training/cards.py -->", "<!-- end of figures -->"
GOALS = {
    "translator": {
        "tatoeba chrF": "≥ 45", "domain chrF": "≥ 50", "survival all": "≥ 0.95",
        "right_above_20_decoys domain": "≥ 0.9",
    },
    "recogniser": {
        "russian_clean all": "≤ 0.10",
        "russian_opus_16k_noise_15db all": "≤ 0.20", "russian_clean language_right": "≥ 0.99",
        "english_clean language_right": "≥ 0.99", "ukrainian_clean language_right": "≥ 0.99",
        "notes_of_a_minute times_real_time_one_core": "≥ 30", "russian_clean loops": "0",
        "times_real_time_one_core": "≥ 30", "word_starts median_ms": "≤ 60",
        "words_where_nobody_speaks silence": "0", "words_where_nobody_speaks noise": "0",
    },
}  # fmt: skip


def flat(figures: dict[str, object], before: str = "") -> dict[str, object]:
    """Nested figures as "outer inner": value."""
    rows: dict[str, object] = {}
    for name, value in figures.items():
        whole = f"{before} {name}".strip()
        rows.update(flat(value, whole) if isinstance(value, dict) else {whole: value})
    return rows


def table(model: str, figures: dict[str, object]) -> str:
    """A Markdown table of figures and the goals that they were measured against."""
    goals = GOALS[model]
    lines = [f"| {name.replace('_', ' ')} | {value} | {goals.get(name, '')} |" for name, value in flat(figures).items()]
    return "\n".join(["| figure | measured | goal |", "| --- | --- | --- |", *lines])


def file_hashes(folder: Path) -> str:
    """A Markdown list of the model's files with their SHA-256."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "MODEL_CARD.md"]
    rows = [f"- `{path.relative_to(folder)}` {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return "\n".join(rows)


def fill(card: Path, text: str) -> None:
    """Put `text` between the marks of a model card."""
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    card.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1000, help="Russian clips to hear, Tatoeba pairs to translate")
    parser.add_argument("--only", choices=("translator", "recogniser"))
    options = parser.parse_args()
    here = Path(__file__).parent
    path = here / "figures.json"
    figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if options.only != "recogniser":
        figures["translator"] = translator_figures.measure(places.TRANSLATOR_FOLDER, 2 * options.most)
        figures["sentences"] = translator_figures.sentences_to_read(places.TRANSLATOR_FOLDER)
    if options.only != "translator":
        figures["recogniser"] = recogniser_figures.measure(places.RECOGNISER_FOLDER, options.most)
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    parts = [
        "# What the starter models reach",
        "",
        "Written by `python -m models.training.cards`; goals are the project's own.",
        "",
    ]
    for model, folder in (("recogniser", places.RECOGNISER_FOLDER), ("translator", places.TRANSLATOR_FOLDER)):
        if model in figures:
            parts += [f"## {model}", "", table(model, figures[model]), ""]
            fill(
                folder / "MODEL_CARD.md",
                table(model, figures[model]) + "\n\nFiles (SHA-256):\n\n" + file_hashes(folder),
            )
    parts += ["## 50 held-back sentences to read", "", figures.get("sentences", ""), ""]
    (here / "FIGURES.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
