"""Learn which English words are names: those that stand in capitals in the middle of sentences too.

In: gzipped ``Russian<TAB>English`` files (licences in their README). Out: a text file of comparison keys. Word
statistics only; no sentence is kept. Run by hand:

    python -m tests.quality.lexicon.capitals ../shared/parallel pipeline/match/lexicon/name_words.txt
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from models.training.pairs import own_tables
from pipeline.match.words.bridge import english_counts, renderable
from pipeline.match.words.tokens import WORD, english_key
from tests.quality.lexicon.learn import SOURCES

LEAST_COUNT = 2
LEAST_SHARE = 0.8
HEADLINE_SHARE = 0.5
SENTENCE_ENDS = (".", "!", "?", ":", ";", "…")
WIDTH = 116


def sentences(folder: Path) -> Iterator[str]:
    """The English side of every source, our own text last."""
    for name, most in SOURCES.items():
        with gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                if number >= most:
                    break
                yield line.rstrip("\n").split("\t")[1]
    for path in own_tables():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield line.partition("\t")[2]


def inner_words(text: str) -> Iterator[str]:
    """The words whose capital no sentence start, quotation mark or headline explains."""
    words = [found for found in WORD.finditer(text) if found.group()[0].isalpha()]
    if sum(found.group()[0].isupper() for found in words) > HEADLINE_SHARE * len(words):
        return
    for found in words[1:]:
        before = text[: found.start()]
        quoted = before.endswith(("'", '"', "“", "‘", "«"))
        if not quoted and not before.rstrip(" \"'“‘«(-—–").endswith(SENTENCE_ENDS):
            yield found.group()


def main() -> None:
    """Count and write."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in sentences(Path(sys.argv[1])):
        for word in inner_words(text):
            if not word.isupper():
                (capital if word[0].isupper() else small)[english_key(word)] += 1
    known = renderable() | set(english_counts()[0])
    named = sorted(
        key
        for key, count in capital.items()
        if key in known and "'" not in key and count >= max(LEAST_COUNT, LEAST_SHARE * (count + small[key]))
    )
    with Path(sys.argv[2]).open("w", encoding="utf-8") as file:
        file.write("# English keys that nearly always stand in capitals, by tests/quality/lexicon/capitals.py.\n")
        line = ""
        for key in named:
            if len(line) + len(key) > WIDTH:
                file.write(line.strip() + "\n")
                line = ""
            line += " " + key
        file.write(line.strip() + "\n")


if __name__ == "__main__":
    main()
