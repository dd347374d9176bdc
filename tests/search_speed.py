"""Searching 100,000 sentences: ``python -m tests.search_speed [RECORDINGS]``.

Makes a case of so many recordings (10,000) with 100,000 sentences of invented words and of words from the samples, and
times a query that finds little, a query of the commonest word, a phrase, a beginning, and two words; each with the look
at every file by which the index notices changes. The median of several rounds, in milliseconds and as a share of the
time that reading the same text takes without an index.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import accumulate, chain, pairwise, starmap
from pathlib import Path

from pipeline.case import codec
from pipeline.case.search import search
from pipeline.case.store import Case, CaseInfo
from pipeline.records import Recording, Sentence, Transcript, TranslatedSentence, Translation, Word
from tests.word_starts import samples

SENTENCES = 100_000
LENGTH = 9  # words of a sentence
ROUNDS = 5
SYLLABLES = ("ба", "ве", "гу", "до", "жи", "за", "ко", "лу", "ме", "но", "по", "ра", "си", "ту", "ха", "че", "ши", "ща")
QUERIES = {
    "a rare word, inflected": "генерал",
    "the commonest word": "не",
    "a phrase": '"снарядов хватает только"',
    "a beginning": "артил*",
    "two words": "не командир",
    "an English word": "shells",
    "nothing": "бегемотик",
}


def make(folder: Path, recordings: int) -> Case:
    """A case of ``recordings`` recordings that hold ``SENTENCES`` sentences together."""
    chance = random.Random(6)
    said = [sample for sample in samples() if sample.recording["language"] == "ru"]
    known = [[word[0] for word in s.words[x.start_word : x.end_word]] for s in said for x in s.sentences]
    invented = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(20_000)]
    case = Case.open_or_create(folder, CaseInfo())
    listed = []
    for number in range(recordings):
        texts = [
            chance.choice(known) if chance.random() < 0.02 else ["не", *chance.choices(invented, k=LENGTH - 1)]
            for _ in range(SENTENCES // recordings)
        ]
        write(case, f"r{number}", texts)
        listed.append(Recording(f"r{number}", f"r{number}.ogg", "0" * 64, 60_000))
    case.write_recordings(listed)
    return case


def write(case: Case, identifier: str, texts: list[list[str]]) -> None:
    """A transcript and a translation of sentences given as words; not flushed to the disk, there are too many."""
    words = [Word(text, 400 * place, 400 * place + 390) for place, text in enumerate(chain.from_iterable(texts))]
    sentences = tuple(starmap(Sentence, pairwise(accumulate(map(len, texts), initial=0))))
    transcript = Transcript(identifier, "ru", 1.0, tuple(words), sentences)
    numbered = (f"shells number {place}" if not place % 7 else "words" for place in range(len(texts)))
    translation = Translation(identifier, "en", tuple(map(TranslatedSentence, numbered)))
    for folder, name, record in (
        ("transcript", identifier, transcript),
        ("translation", f"{identifier}.en", translation),
    ):
        path = case.folder / f"{folder}s" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(codec.encode(record, folder))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=int, nargs="?", default=10_000)
    recordings = parser.parse_args().recordings
    with tempfile.TemporaryDirectory() as folder:
        case = make(Path(folder) / "case", recordings)
        built = seconds(partial(search, case, "не"))
        print(f"{recordings} recordings, {SENTENCES} sentences; making the index took {built:.1f} s")
        read = seconds(lambda: [case.document(recording) for recording in case.recordings()])
        print(f"reading the same transcripts without an index takes {read:.2f} s")
        print(f"{'query':26} {'ms':>7} {'of reading':>11} {'found':>6}")
        for name, query in QUERIES.items():
            took = statistics.median(seconds(partial(search, case, query)) for _ in range(ROUNDS))
            print(f"{name:26} {took * 1000:7.0f} {took / read:11.4f} {len(search(case, query)):6}")
        write(case, "r0", [["новое", "слово"]])
        took = seconds(partial(search, case, "слово"))
        print(f"{'after one new transcript':26} {took * 1000:7.0f} {took / read:11.4f}")


if __name__ == "__main__":
    main()
