"""A recording of a case as a file that other programs open.

In: a ``Document`` (and, where a format can show them, the judged quotes). Out: the bytes of one file. Never writes to
disk, never changes a word; what a format cannot carry (flags, word probabilities) is left to those that can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import SettingsError
from pipeline.exports import annotation, coding, document_table, plain, spreadsheet, subtitles, whisper_json
from pipeline.records import Document, Judgement

__all__ = ["FORMATS", "Format", "export"]

Writer = Callable[[Document, Sequence[Judgement]], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by name; ``extension`` without a dot, so that a file is named ``<recording id>.<extension>``."""

    name: str
    extension: str
    description: str
    write: Writer


_ALL = (
    Format("json", "json", "Whisper-compatible JSON: segments, words, times, probabilities", whisper_json.write),
    Format("txt", "txt", "plain text, one sentence a line", plain.write_text),
    Format("srt", "srt", "SubRip subtitles of what was heard", subtitles.write_srt),
    Format("vtt", "vtt", "WebVTT subtitles of what was heard", subtitles.write_vtt),
    Format("tsv", "tsv", "Whisper's table: start and end in milliseconds, text", plain.write_tsv),
    Format("csv", "csv", "table for spreadsheets: times, both languages, flags, quotes", spreadsheet.write),
    Format("srt-both", "both.srt", "SubRip subtitles, what was heard over its translation", subtitles.write_both_srt),
    Format("vtt-both", "both.vtt", "WebVTT subtitles, what was heard over its translation", subtitles.write_both_vtt),
    Format("docx", "docx", "Word document: table of time, both languages, quotes marked", document_table.write),
    Format("textgrid", "TextGrid", "Praat: words, sentences, translation as tiers", annotation.write_textgrid),
    Format("eaf", "eaf", "ELAN: sentences, words, translation as tiers", annotation.write_eaf),
    Format("maxqda", "maxqda.txt", "MAXQDA: paragraphs with time stamps", coding.write_maxqda),
    Format("nvivo", "nvivo.txt", "NVivo: tab-separated time spans and content", coding.write_nvivo),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}


def export(document: Document, format: str, judgements: Sequence[Judgement] = ()) -> bytes:
    """The document in a format of ``FORMATS``; ``judgements`` mark the quoted sentences in ``csv`` and ``docx``.

    Raises ``SettingsError`` for an unknown format.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise SettingsError(f"There is no export format {format}.", f"Choose one of: {', '.join(FORMATS)}.")
    return chosen.write(document, judgements)
