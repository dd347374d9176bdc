"""A Word document: who sent what when, and a table of time, heard words, translation; quoted sentences are marked.

In: a ``Document`` and judged quotes. Out: the bytes of a .docx (made with python-docx, imported when first used).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from pipeline.exports.lines import Line, clock, lines, one_line
from pipeline.records import Document, Judgement, ModelInfo

_COLUMNS = (("Time", 2.2), ("Heard", 7.2), ("Translation", 7.2))  # widths in centimetres, A4 less its margins
_MARK = "FFF2CC"  # the fill of a quoted row; the words «Quoted» say the same without colour
_NOTE = "Made by a program that mishears. Listen to the recording before you rely on a word."


def write(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """Heading, origin, the table, and the flags of the recording."""
    import docx
    from docx.shared import Cm

    page = docx.Document()
    for section in page.sections:
        section.left_margin = section.right_margin = Cm(2)
    page.add_heading(one_line(PurePath(document.recording.path).name) or document.recording.id, level=1)
    for text in _origin(document):
        page.add_paragraph(text)
    table = page.add_table(rows=1, cols=len(_COLUMNS), style="Table Grid")
    table.autofit = False
    for cell, (title, _) in zip(table.rows[0].cells, _COLUMNS, strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for line in lines(document, judgements):
        _add_row(table, line)
    for row in table.rows:
        for cell, (_, width) in zip(row.cells, _COLUMNS, strict=True):
            cell.width = Cm(width)
    target = io.BytesIO()
    page.save(target)
    return target.getvalue()


def _origin(document: Document) -> list[str]:
    recording, transcript, translation = document.recording, document.transcript, document.translation
    facts = [
        ("Recording", f"{recording.id}, SHA-256 {recording.sha256}"),
        ("Length", clock(recording.duration_ms)),
        ("Sender", recording.sender),
        ("Sent", recording.sent_at),
        ("Language", transcript.language),
        ("Heard by", _model(transcript.model)),
        ("Translated by", _model(translation.model) if translation else None),
        ("Flags", ", ".join(sorted({flag.kind.value for flag in transcript.flags}))),
    ]
    return [_NOTE, *(f"{name}: {one_line(value)}" for name, value in facts if value)]


def _model(model: ModelInfo | None) -> str | None:
    if model is None:
        return None
    return f"{model.name} (a starter model: weak)" if model.starter else model.name


def _add_row(table: Any, line: Line) -> None:
    cells = table.add_row().cells
    cells[0].text = clock(line.start_ms)
    cells[1].text = line.heard
    cells[2].text = line.translation
    for quote in line.quotes:
        run = cells[2].add_paragraph().add_run(f"Quoted — {quote}")
        run.italic = True
    if line.flags:
        cells[0].add_paragraph(", ".join(dict.fromkeys(line.flags)))
    if line.quotes:
        for cell in cells:
            _fill(cell)


def _fill(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _MARK)
    cell._tc.get_or_add_tcPr().append(shade)
