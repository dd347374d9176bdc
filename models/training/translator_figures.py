"""Measure the shipped translator: every figure of its model card.

In: the package folder and the held-back tables. Out: figures on standard output as one JSON object, and a table of 50
sentences to read. Never trains. chrF and BLEU are sacrebleu's, with its default settings.

Run: python -m models.training.translator_figures [--most 2000]
"""

import argparse
import json
import random
import re
from pathlib import Path

import ctranslate2
import sacrebleu
import sentencepiece as spm

from models.training import places
from models.training.links import words_of
from models.training.pairs import read_table

NEGATION = re.compile(
    r"\b(not|no|no one|nobody|nothing|nowhere|none|never|neither|nor|cannot|without|fail(s|ed)? to"
    r"|un(able|finished|known|likely|happy))\b|n't\b",
    re.I,
)  # fmt: skip
DECOYS = 20


class Package:
    """An Argos package, driven as the program drives it: pieces in, pieces out, beam of 4."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.pieces = spm.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
        self.translator = ctranslate2.Translator(str(folder / "model"), compute_type="int8", intra_threads=threads)

    def cut(self, text: str) -> list[str]:
        """The pieces of a text."""
        return list(self.pieces.encode(text, out_type=str))

    def translate(self, texts: list[str]) -> list[str]:
        """One translation a text."""
        results = self.translator.translate_batch(
            [self.cut(text) for text in texts], beam_size=4, max_batch_size=1024, batch_type="tokens",
            max_decoding_length=100, repetition_penalty=1.1,
        )  # fmt: skip
        return [str(self.pieces.decode(result.hypotheses[0])) for result in results]

    def log_prob_per_token(self, russian: list[str], english: list[str]) -> list[float]:
        """Mean log probability of each given English rendering."""
        scores = self.translator.score_batch([self.cut(text) for text in russian], [self.cut(text) for text in english])
        return [sum(score.log_probs) / max(1, len(score.log_probs)) for score in scores]

    def links(self, russian: str, english: str) -> set[tuple[int, int]]:
        """(Russian word, English word) links: for each English word, where the guided layer looks."""
        source, target = self.cut(russian), self.cut(english)
        result = self.translator.translate_batch(
            [source], target_prefix=[target], beam_size=1, return_attention=True, max_decoding_length=len(target) + 1
        )[0]
        rows = result.attention[0][: len(target)] if result.attention else []
        left, right = word_of_piece(source, russian), word_of_piece(target, english)
        weight: dict[tuple[int, int], float] = {}
        for row, word in zip(rows, right, strict=False):
            for value, other in zip(row, left, strict=False):
                if word is not None and other is not None:
                    weight[other, word] = weight.get((other, word), 0.0) + value
        best: dict[int, tuple[float, int]] = {}
        for (other, word), value in weight.items():
            best[word] = max(best.get(word, (0.0, -1)), (value, other))
        return {(other, word) for word, (value, other) in best.items() if value > 0.25}


def word_of_piece(pieces: list[str], text: str) -> list[int | None]:
    """For each piece the index of the word it belongs to, None for marks."""
    found: list[int | None] = []
    place, spans = 0, words_of(text)
    for piece in pieces:
        letters = piece.replace("▁", " ")
        start = place - 1 + (len(letters) - len(letters.lstrip()))
        end = place - 1 + len(letters)
        place += len(letters)
        middle = (start + end) / 2
        found.append(next((n for n, (a, b) in enumerate(spans) if a <= middle <= b), None) if letters.strip() else None)
    return found


def quality(package: Package, rows: list[tuple[str, str]]) -> dict[str, float]:
    """chrF and BLEU over a table."""
    said = package.translate([russian for russian, _ in rows])
    wanted = [[english for _, english in rows]]
    return {
        "pairs": len(rows),
        "chrF": round(sacrebleu.corpus_chrf(said, wanted).score, 1),
        "BLEU": round(sacrebleu.corpus_bleu(said, wanted).score, 1),
    }


def survives(kind: str, wanted: str, said: str) -> bool:
    """Whether the name, number or negation of a sentence stands in its translation."""
    if kind == "negation":
        return bool(NEGATION.search(said.replace("’", "'")))
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", said, re.I) for form in wanted.split("|"))


def survival(package: Package) -> dict[str, float]:
    """Share of sentences whose name, number or negation survives, by kind."""
    lines = (places.OWN_TEXT / "survival.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.count("\t") == 3]
    said = package.translate([row[0] for row in rows])
    kept: dict[str, list[bool]] = {}
    for (_, _, kind, wanted), text in zip(rows, said, strict=True):
        kept.setdefault(kind, []).append(survives(kind, wanted, text))
    shares = {kind: round(sum(values) / len(values), 3) for kind, values in kept.items()}
    return {"sentences": len(rows), **shares, "all": round(sum(map(sum, kept.values())) / len(rows), 3)}


def ranking(package: Package, rows: list[tuple[str, str]]) -> float:
    """How often forced decoding gives the right English a better score than each of 20 others of like length."""
    by_length = sorted(rows, key=lambda row: len(row[1]))
    first = 0
    for place, (russian, english) in enumerate(by_length):
        low = max(0, min(place - DECOYS // 2, len(by_length) - DECOYS - 1))
        others = [row[1] for n, row in enumerate(by_length[low : low + DECOYS + 1], low) if n != place][:DECOYS]
        scores = package.log_prob_per_token([russian] * (len(others) + 1), [english, *others])
        first += scores[0] > max(scores[1:])
    return round(first / len(rows), 3)


def link_figures(package: Package, path: Path) -> dict[str, float]:
    """Precision, recall and F1 of word links against pairs linked by hand (Russian, English, "0-0 1-2 …")."""
    right = given = wanted = pairs = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        russian, english, listed = line.split("\t")
        gold = {(int(a), int(b)) for a, b in (link.split("-") for link in listed.split())}
        found = package.links(russian, english)
        right, given, wanted, pairs = right + len(gold & found), given + len(found), wanted + len(gold), pairs + 1
    precision, recall = right / max(1, given), right / max(1, wanted)
    figures = {"precision": precision, "recall": recall, "F1": 2 * precision * recall / max(1e-9, precision + recall)}
    return {"pairs": pairs, **{name: round(value, 3) for name, value in figures.items()}}


def measure(folder: Path, most: int) -> dict[str, object]:
    """Every figure."""
    package = Package(folder)
    tatoeba = list(read_table(places.WORK / "tatoeba_heldout.tsv"))[:most]
    own = list(read_table(places.OWN_TEXT / "domain_heldout.tsv"))[:most]
    news = list(read_table(places.OWN_TEXT / "news_heldout.tsv"))[:most]
    tables = {"tatoeba": tatoeba, "domain": own, "news": news}
    figures: dict[str, object] = {name: quality(package, rows) for name, rows in tables.items()}
    figures["survival"] = survival(package)
    figures["right_above_20_decoys"] = {name: ranking(package, rows[:200]) for name, rows in tables.items()}
    linked = places.OWN_TEXT / "linked.tsv"
    if linked.exists():
        figures["links"] = link_figures(package, linked)
    return figures


def sentences_to_read(folder: Path, count: int = 50) -> str:
    """A Markdown table: Russian, what the model says, what a person wrote."""
    rows = list(read_table(places.OWN_TEXT / "domain_heldout.tsv"))
    rows = random.Random(1).sample(rows, min(count, len(rows)))
    said = Package(folder).translate([russian for russian, _ in rows])
    lines = [f"| {russian} | {text} | {english} |" for (russian, english), text in zip(rows, said, strict=True)]
    return "\n".join(["| Russian | the model | a person |", "| --- | --- | --- |", *lines])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=places.TRANSLATOR_FOLDER)
    parser.add_argument("--most", type=int, default=2000, help="most pairs of a table")
    parser.add_argument("--table", action="store_true", help="print the 50 sentences as well")
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.most), indent=1))
    if given.table:
        print(sentences_to_read(given.folder))
