"""Russian–English sentence pairs: what trains the translator, what is held back.

In: the gzipped tables of VOXQUOTE_TRAINING_DATA/parallel and our own text in `text/`. Out, in the work folder:
`pairs.tsv` (weight, source, Russian, English) and `tatoeba_heldout.tsv`. A pair whose Russian or English side is held
back or protected is dropped from every source. Never uses a source that is not named in SOURCES.

Run: python -m models.training.pairs
"""

import gzip
import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from models.training import patterns, places, swapped
from models.training.sentences import normal_form, protected_sentences

HELD_BACK_PAIRS = 2000
_RUSSIAN, _ENGLISH = re.compile("[а-яё]", re.I), re.compile("[a-z]", re.I)


@dataclass(frozen=True)
class Source:
    """One table: file stem, licence, how often an epoch shows it, longest side taken, most pairs taken."""

    name: str
    licence: str
    weight: float
    longest_chars: int
    most_pairs: int = 1_000_000


SOURCES = (
    Source("tatoeba_ccby2fr", "CC BY 2.0 FR", 3.0, 120),
    Source("ruslit_classics_pd", "public domain", 0.15, 80),
    Source("mlqe_pe_cc0", "CC0", 1.0, 200),
    Source("xquad_ccbysa4", "CC BY-SA 4.0", 1.0, 260),
    Source("morevna_subtitles_ccby4", "CC BY 4.0", 2.0, 160),
    Source("lingo_wiktionary_phrases_ccbysa3", "CC BY-SA 3.0", 1.0, 100),
    Source("gnome_user_docs_ccbysa3", "CC BY-SA 3.0", 0.1, 60, 2000),
)
OWN_WEIGHT, PATTERN_WEIGHT, SWAPPED_WEIGHT = 5.0, 0.8, 1.0
VARIANTS = 4  # of each sentence with one name or number that is plainly known
MEASURED = ("domain_heldout", "news_heldout", "survival", "linked")  # of our own tables, those that only measure


@dataclass(frozen=True)
class Pair:
    """One Russian sentence and its English rendering, with the weight of its source."""

    weight: float
    source: str
    russian: str
    english: str


def read_table(path: Path) -> Iterator[tuple[str, str]]:
    """Rows of a (gzipped) two-column table, white space tidied; rows of another shape are skipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as table:
        for line in table:
            columns = [" ".join(column.split()) for column in line.rstrip("\n").split("\t")]
            if len(columns) >= 2 and _RUSSIAN.search(columns[0]) and _ENGLISH.search(columns[1]):
                yield tidy_marks(columns[0]), tidy_marks(columns[1])


def tidy_marks(text: str) -> str:
    """One form for dashes, quotes and dots, so that a small model need not learn five."""
    text = re.sub(r"[«»„“”″]", '"', text.replace("’", "'").replace("…", "...").replace("\u00ad", ""))
    text = re.sub(r"\s*[—–]\s*|\s+-+\s+|--+", " - ", text).strip(" -")
    return re.sub(r"(\s*\.){3,}", "...", re.sub(r"\s+", " ", text))


def held_back(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows with the smallest hashes, one a Russian sentence: a choice that no order of the file changes."""
    by_hash = {hashlib.sha256(normal_form(row[0]).encode()).digest(): row for row in rows}
    return [by_hash[key] for key in sorted(by_hash)[:HELD_BACK_PAIRS]]


def fits(russian: str, english: str, longest_chars: int) -> bool:
    """Neither side too long, and lengths that may belong together."""
    shorter, longer = sorted((len(russian), len(english)))
    return shorter >= 2 and longer <= longest_chars and longer <= 2 * shorter + 12


def own_tables() -> list[Path]:
    """Our own pairs, without those held back."""
    return [path for path in sorted(places.OWN_TEXT.glob("*.tsv")) if path.stem not in MEASURED]


def source_pairs() -> Iterator[Pair]:
    """Every pair of every source that fits, as it stands there."""
    for source in SOURCES:
        rows = read_table(places.PARALLEL / f"{source.name}.tsv.gz")
        fitting = (row for row in rows if fits(*row, source.longest_chars))
        for row in islice(fitting, source.most_pairs):
            yield Pair(source.weight, source.name, *row)
    for path in own_tables():
        for row in read_table(path):
            yield Pair(OWN_WEIGHT, path.stem, *row)
    for row in patterns.pairs(patterns.PAIRS):
        yield Pair(PATTERN_WEIGHT, "patterns", *row)


def variants(pairs: list[Pair]) -> Iterator[Pair]:
    """Natural sentences again, with other names and numbers in them."""
    chance = random.Random(5)
    for pair in pairs:
        if pair.source != "patterns":
            sides = pair.russian, pair.english, VARIANTS, chance
            for row in (*swapped.with_names(*sides), *swapped.with_numbers(*sides)):
                yield Pair(SWAPPED_WEIGHT, "swapped", *row)


def all_pairs(forbidden: set[str]) -> Iterator[Pair]:
    """Every different pair that has neither side in `forbidden`, and then the variants of these."""
    seen: set[tuple[str, str]] = set()
    kept: list[Pair] = []
    for pair in chain(source_pairs(), variants(kept)):  # the variants begin when `kept` is whole
        key = normal_form(pair.russian), normal_form(pair.english)
        if key not in seen and not forbidden.intersection(key):
            seen.add(key)
            if pair.source != "swapped":
                kept.append(pair)
            yield pair


def forbidden_sentences(heldout: list[tuple[str, str]]) -> set[str]:
    """Normal forms that training must not read: held-back pairs (ours too), samples, tests."""
    own = [places.OWN_TEXT / f"{name}.tsv" for name in MEASURED]
    rows = heldout + [row for path in own if path.exists() for row in read_table(path)]
    return {normal_form(side) for row in rows for side in row} | protected_sentences(places.REPOSITORY)


def build() -> Counter[str]:
    """Write both tables; return the number of pairs a source."""
    places.WORK.mkdir(parents=True, exist_ok=True)
    heldout = held_back(list(read_table(places.PARALLEL / "tatoeba_ccby2fr.tsv.gz")))
    with open(places.WORK / "tatoeba_heldout.tsv", "w", encoding="utf-8") as table:
        table.writelines(f"{russian}\t{english}\n" for russian, english in heldout)
    counts: Counter[str] = Counter()
    with open(places.WORK / "pairs.tsv", "w", encoding="utf-8") as table:
        for pair in all_pairs(forbidden_sentences(heldout)):
            counts[pair.source] += 1
            table.write(f"{pair.weight}\t{pair.source}\t{pair.russian}\t{pair.english}\n")
    return counts


def read_pairs() -> list[Pair]:
    """The pairs written by `build`."""
    with open(places.WORK / "pairs.tsv", encoding="utf-8") as table:
        rows = (line.rstrip("\n").split("\t") for line in table)
        return [Pair(float(weight), source, russian, english) for weight, source, russian, english in rows]


if __name__ == "__main__":
    for name, count in build().items():
        print(f"{count:8d}  {name}")
