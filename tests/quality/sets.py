"""Benchmarks as documents and quotes: our own small set, and folders in the form of quotebench.

In: folders. Out: documents, quotes and what is known of each. Never judges.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.records import (
    Document,
    Quote,
    Recording,
    Sentence,
    Transcript,
    TranslatedSentence,
    Translation,
    Word,
)

HERE = Path(__file__).resolve().parent
DEV = HERE.parents[2] / "shared" / "quotebench" / "dev"
MS_PER_CHAR, WORD_GAP_MS, SENTENCE_GAP_MS = 60, 50, 400


@dataclass(frozen=True, slots=True)
class Expected:
    """What our own set says of a quote: right verdicts, flags that must be there, and where it was said."""

    verdicts: tuple[str, ...]
    flags: tuple[str, ...]
    recording_id: str | None
    sentences: tuple[int, ...]


def own_documents() -> list[Document]:
    """tests/quality/set/notes.txt with word times of an even pace."""
    documents: list[Document] = []
    block: list[tuple[str, str]] = []
    head = ("", "")
    for line in [*(HERE / "set" / "notes.txt").read_text(encoding="utf-8").splitlines(), "= end"]:
        if line.startswith("="):
            if block:
                documents.append(document(head, block))
            name, _, sender = line[1:].strip().partition(" ")
            head, block = (name, sender), []
        elif "|" in line and not line.startswith("#"):
            heard, _, translated = line.partition("|")
            block.append((heard.strip(), translated.strip()))
    return documents


def document(head: tuple[str, str], block: Sequence[tuple[str, str]]) -> Document:
    """A recording (id, sender) of sentences (heard, translated), with word times of an even pace."""
    words: list[Word] = []
    sentences: list[Sentence] = []
    clock_ms = 300
    for heard, _ in block:
        first = len(words)
        for text in heard.split():
            length_ms = MS_PER_CHAR * max(2, len(text))
            words.append(Word(text, clock_ms, clock_ms + length_ms))
            clock_ms += length_ms + WORD_GAP_MS
        sentences.append(Sentence(first, len(words)))
        clock_ms += SENTENCE_GAP_MS
    return Document(
        Recording(head[0], f"{head[0]}.ogg", "0" * 64, clock_ms, sender=head[1]),
        Transcript(head[0], "ru", 1.0, tuple(words), tuple(sentences)),
        Translation(head[0], "en", tuple(TranslatedSentence(translated) for _, translated in block)),
    )


def own_quotes() -> list[tuple[Quote, Expected]]:
    """tests/quality/set/quotes.txt."""
    rows: list[tuple[Quote, Expected]] = []
    for line in (HERE / "set" / "quotes.txt").read_text(encoding="utf-8").splitlines():
        if line.count("|") < 3 or line.startswith("#"):
            continue
        verdicts, flags, where, text = (field.strip() for field in line.split("|", 3))
        recording, _, sentences = where.partition(":")
        numbers = tuple(int(number) for number in sentences.split(",") if number)
        expected = Expected(tuple(verdicts.split()), tuple(flags.split()), recording if numbers else None, numbers)
        rows.append((Quote(f"q{len(rows) + 1}", text.strip('"'), 0, len(text.strip('"'))), expected))
    return rows


def bench_documents(folder: Path = DEV) -> list[Document]:
    """The case of a folder that quotebench's build.py wrote, in the documented format."""
    case = folder / "case"
    documents = []
    for line in (case / "recordings.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        heard = json.loads((case / "transcripts" / f"{row['id']}.json").read_text(encoding="utf-8"))
        translated = json.loads((case / "translations" / f"{row['id']}.en.json").read_text(encoding="utf-8"))
        documents.append(
            Document(
                Recording(row["id"], row["path"], row["sha256"], row["duration_ms"], sender=row.get("sender")),
                Transcript(
                    row["id"],
                    heard["language"],
                    heard["language_probability"],
                    tuple(Word(**word) for word in heard["words"]),
                    tuple(Sentence(**part) for part in heard["sentences"]),
                ),
                Translation(
                    row["id"], "en", tuple(TranslatedSentence(part["text"]) for part in translated["sentences"])
                ),
            )
        )
    return documents


def bench_gold(folder: Path = DEV) -> list[dict[str, Any]]:
    """What its gold.jsonl says of each quote."""
    return [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


def half(row: dict[str, Any]) -> int:
    """0 for fitting, 1 for validation: by recording, or by the text of a quote that was never said."""
    label = str(row["recording_id"] or row["text"])
    return int(hashlib.sha256(label.encode()).hexdigest(), 16) % 2
