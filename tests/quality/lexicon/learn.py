"""Learn word translations from sentence pairs: IBM model 1 in both directions.

In: gzipped ``Russian<TAB>English`` files (licences in their README). Out: one text file with, for each Russian lemma,
English keys and a strength of 1-9. Word statistics only; no sentence is kept. Run by hand:

    python -m tests.quality.lexicon.learn ../shared/parallel pipeline/match/lexicon/learned.tsv

Brown, Della Pietra, Della Pietra, Mercer: The mathematics of statistical machine translation (1993).
"""

from __future__ import annotations

import gzip
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from models.training.pairs import own_tables
from pipeline.match.words.tokens import tokens

SOURCES = {
    "ruslit_classics_pd": 90_000,
    "tatoeba_ccby2fr": 20_000,
    "mlqe_pe_cc0": 10_000,
    "morevna_subtitles_ccby4": 1_000,
    "php_docs_ccby3": 15_000,
    "bible_synodal_kjv_pd": 8_000,
}
SCRIPT = "tests/quality/lexicon/learn.py"
ROUNDS = 6
LONGEST = 40
LEAST_COUNT = 2


def keys(text: str) -> list[str]:
    """The distinct comparison forms of the words of a sentence, in order."""
    return list(dict.fromkeys(t.key for t in tokens.__wrapped__(text) if t.text[0].isalpha()))


def read_pairs(folder: Path) -> list[tuple[list[str], list[str]]]:
    """Up to the stated number of pairs of each source, the overlong left out."""
    pairs = []
    for name, most in SOURCES.items():
        with gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                if number >= most:
                    break
                russian, english = line.rstrip("\n").split("\t")[:2]
                pair = keys(russian), keys(english)
                if 0 < len(pair[0]) <= LONGEST and 0 < len(pair[1]) <= LONGEST:
                    pairs.append(pair)
    for path in own_tables():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.count("\t") == 1:
                russian, english = line.split("\t")
                pairs.append((keys(russian), keys(english)))
    return pairs


def model_1(pairs: list[tuple[list[int], list[int]]], given: int, made: int) -> dict[tuple[int, int], float]:
    """p(made word | given word) after some rounds; word 0 of the given side is the empty word."""
    lefts, rights, owners, owner = [], [], [], 0
    for left, right in pairs:
        full = [0, *left]
        lefts.append(np.tile(np.array(full, dtype=np.int32), len(right)))
        rights.append(np.repeat(np.array(right, dtype=np.int32), len(full)))
        owners.append(np.repeat(np.arange(owner, owner + len(right), dtype=np.int32), len(full)))
        owner += len(right)
    owns = np.concatenate(owners)
    cells, inverse = np.unique(
        np.concatenate(lefts).astype(np.int64) * made + np.concatenate(rights), return_inverse=True
    )
    heads = (cells // made).astype(np.int32)
    table = np.ones(len(cells))
    for _ in range(ROUNDS):
        weight = table[inverse]
        weight /= np.bincount(owns, weight, owner)[owns]
        counts = np.bincount(inverse, weight, len(cells))
        table = counts / np.bincount(heads, counts, given)[heads]
    return {(int(h), int(c % made)): float(p) for h, c, p in zip(heads, cells, table, strict=True) if p > 0.005}


def main() -> None:
    """Read, learn, write."""
    pairs = read_pairs(Path(sys.argv[1]))
    print(len(pairs), "pairs", flush=True)
    russian_counts = Counter(word for left, _ in pairs for word in left)
    english_counts = Counter(word for _, right in pairs for word in right)
    russian = ["", *sorted(w for w, n in russian_counts.items() if n >= LEAST_COUNT)]
    english = ["", *sorted(w for w, n in english_counts.items() if n >= LEAST_COUNT)]
    left_ids, right_ids = ({w: i for i, w in enumerate(words)} for words in (russian, english))
    coded = [([left_ids[w] for w in a if w in left_ids], [right_ids[w] for w in b if w in right_ids]) for a, b in pairs]
    coded = [(a, b) for a, b in coded if a and b]
    forward = model_1(coded, len(russian), len(english))
    backward = model_1([(b, a) for a, b in coded], len(english), len(russian))
    rows: dict[str, list[tuple[float, str]]] = {}
    for (left, right), chance in forward.items():
        other = backward.get((right, left), 0.0)
        if left and right and other:
            joint = min(russian_counts[russian[left]], english_counts[english[right]])
            strength = math.sqrt(chance * other) * joint / (joint + 1.5)
            if strength >= 0.03:
                rows.setdefault(russian[left], []).append((strength, english[right]))
    with Path(sys.argv[2]).open("w", encoding="utf-8") as file:
        file.write(f"# Word translations learned from sentence pairs by {SCRIPT} (IBM model 1, both ways).\n")
        file.write("# Russian lemma, then English key=strength; strength is 9 times sqrt(p(e|r) p(r|e)), rounded up.\n")
        for word in sorted(rows):
            best = sorted(rows[word], reverse=True)[:10]
            file.write(word + "\t" + " ".join(f"{e}={min(9, math.ceil(9 * s))}" for s, e in best) + "\n")
    with Path(sys.argv[2]).with_name("english_counts.tsv").open("w", encoding="utf-8") as file:
        file.write(f"# In how many of {len(pairs)} sentences an English key stands, by {SCRIPT}.\n")
        for word, count in english_counts.most_common(12_000):
            file.write(f"{word}\t{count}\n")


if __name__ == "__main__":
    main()
