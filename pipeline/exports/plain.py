"""Plain text and Whisper's tab-separated table.

In: a ``Document``. Out: UTF-8 text. Never carries the translation: other tools expect one language here.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.exports.lines import lines
from pipeline.records import Document, Judgement


def write_text(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """One sentence a line."""
    return "".join(f"{line.heard}\n" for line in lines(document)).encode("utf-8", "replace")


def write_tsv(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """Whisper's table: ``start``, ``end`` in whole milliseconds, ``text``."""
    rows = ["start\tend\ttext\n", *(f"{line.start_ms}\t{line.end_ms}\t{line.heard}\n" for line in lines(document))]
    return "".join(rows).encode("utf-8", "replace")
