"""A table that spreadsheets open without running anything.

In: a ``Document`` and judged quotes. Out: CSV with a byte-order mark (Excel reads UTF-8 only then) and CRLF line ends.
A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pipeline.exports.lines import clock, lines, one_line
from pipeline.records import Document, Judgement

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide forms too: Excel folds them
HEADER = (
    "recording",
    "sender",
    "sent_at",
    "start",
    "end",
    "start_ms",
    "end_ms",
    "heard",
    "translation",
    "flags",
    "quotes",
)


def write(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """One row a sentence, under ``HEADER``."""
    target = io.StringIO(newline="")
    table = csv.writer(target)
    table.writerow(HEADER)
    recording = document.recording
    for line in lines(document, judgements):
        cells = (
            recording.id,
            recording.sender or "",
            recording.sent_at or "",
            clock(line.start_ms),
            clock(line.end_ms),
            str(line.start_ms),
            str(line.end_ms),
            line.heard,
            line.translation,
            " ".join(dict.fromkeys(line.flags)),
            " | ".join(line.quotes),
        )
        table.writerow([safe(cell) for cell in cells])
    return target.getvalue().encode("utf-8-sig", "replace")


def safe(cell: str) -> str:
    """The cell on one line, with an apostrophe in front where it could be taken for a formula."""
    text = one_line(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
