"""Text for programs of qualitative research: MAXQDA and NVivo.

In: a ``Document``. Out: UTF-8 text whose time stamps these programs read. MAXQDA: a paragraph that begins with
``#hh:mm:ss-t#`` (t: tenths). NVivo: tab-separated lines with the same number of tabs, the time span first.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.exports.lines import lines, one_line
from pipeline.records import Document, Judgement


def write_maxqda(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """One paragraph a sentence, its translation in brackets in the paragraph after it."""
    speaker = one_line(document.recording.sender or "")
    prefix = f"{speaker}: " if speaker else ""
    blocks = []
    for line in lines(document):
        blocks.append(f"#{_tenths(line.start_ms, '-')}#{prefix}{line.heard}\n")
        if line.translation:
            blocks.append(f"[{line.translation}]\n")
    return "\n".join(blocks).encode("utf-8-sig", "replace")


def write_nvivo(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """``Timespan``, ``Speaker``, ``Content``, ``Translation`` under a header line."""
    speaker = one_line(document.recording.sender or "")
    rows = ["Timespan\tSpeaker\tContent\tTranslation\n"]
    for line in lines(document):
        span = f"{_tenths(line.start_ms, '.')}-{_tenths(line.end_ms, '.')}"
        rows.append(f"{span}\t{speaker}\t{line.heard}\t{line.translation}\n")
    return "".join(rows).encode("utf-8-sig", "replace")


def _tenths(time_ms: int, mark: str) -> str:
    seconds, rest = divmod(max(time_ms, 0), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{rest // 100}"
