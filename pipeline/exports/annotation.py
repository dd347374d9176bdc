"""Tiers for phoneticians and linguists: Praat's TextGrid and ELAN's EAF.

In: a ``Document``. Out: UTF-8 text. Both hold three tiers: sentences, words, translation. A TextGrid's intervals must
touch, so gaps become empty intervals and an overlap is cut at the later start; ELAN keeps the times as they are.

Formats: Praat manual, "TextGrid file formats"; ELAN Annotation Format 3.0 (schema of The Language Archive).
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import PurePath

from pipeline.exports.lines import Line, lines, one_line
from pipeline.records import Document, Judgement

_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_CONSTRAINTS = (
    ("Included_In", "Time alignable annotations within the parent annotation's time interval, gaps are allowed"),
    ("Symbolic_Association", "1-1 association with a parent annotation"),
)

Interval = tuple[int, int, str]


def write_textgrid(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """Praat's long text format; times in seconds."""
    found = lines(document)
    words = [(word.start_ms, word.end_ms, one_line(word.text)) for line in found for word in line.words]
    end_ms = max([document.recording.duration_ms, 1, *(max(end, start + 1) for start, end, _ in words)])
    tiers = {
        "sentences": [(line.start_ms, line.end_ms, line.heard) for line in found],
        "words": words,
        "translation": [(line.start_ms, line.end_ms, line.translation) for line in found],
    }
    rows = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", f"xmin = 0\nxmax = {_seconds(end_ms)}"]
    rows += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, intervals) in enumerate(tiers.items(), start=1):
        rows += _tier(number, name, _touching(intervals, end_ms), end_ms)
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def write_eaf(document: Document, judgements: Sequence[Judgement] = ()) -> bytes:
    """ELAN's XML; times in milliseconds, words and translation below their sentence."""
    found = lines(document)
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "voxquote",
            "DATE": "1970-01-01T00:00:00+00:00",  # the same document gives the same bytes
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": _SCHEMA_INSTANCE,
            "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
        },
    )
    header = ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    name = one_line(PurePath(document.recording.path).name)
    ElementTree.SubElement(
        header,
        "MEDIA_DESCRIPTOR",
        {"MEDIA_URL": f"./{name}", "MIME_TYPE": "unknown", "RELATIVE_MEDIA_URL": f"./{name}"},
    )
    _Tiers(root).fill(found)
    for kind, constraint in (("sentence", None), ("words", "Included_In"), ("translation", "Symbolic_Association")):
        attributes = {"LINGUISTIC_TYPE_ID": kind, "TIME_ALIGNABLE": str(kind != "translation").lower()}
        ElementTree.SubElement(
            root, "LINGUISTIC_TYPE", attributes | ({"CONSTRAINTS": constraint} if constraint else {})
        )
    for constraint, description in _CONSTRAINTS:
        ElementTree.SubElement(root, "CONSTRAINT", {"STEREOTYPE": constraint, "DESCRIPTION": description})
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


class _Tiers:
    """The time slots and the three tiers of an EAF document; identifiers are counted."""

    def __init__(self, root: ElementTree.Element) -> None:
        self._order = ElementTree.SubElement(root, "TIME_ORDER")
        self._tiers = {
            "sentences": ElementTree.SubElement(
                root, "TIER", {"TIER_ID": "sentences", "LINGUISTIC_TYPE_REF": "sentence"}
            )
        }
        for name in ("words", "translation"):
            attributes = {"TIER_ID": name, "LINGUISTIC_TYPE_REF": name, "PARENT_REF": "sentences"}
            self._tiers[name] = ElementTree.SubElement(root, "TIER", attributes)
        self._count = 0

    def fill(self, found: Sequence[Line]) -> None:
        for line in found:
            sentence = self._add_timed("sentences", (line.start_ms, line.end_ms, line.heard))
            for word in line.words:
                start_ms = min(max(word.start_ms, line.start_ms), line.end_ms)
                self._add_timed("words", (start_ms, max(start_ms, word.end_ms), one_line(word.text)))
            if line.translation:
                self._add_reference("translation", sentence, line.translation)
        self._order[:] = sorted(self._order, key=lambda slot: int(slot.get("TIME_VALUE", "0")))

    def _add_timed(self, tier: str, interval: Interval) -> str:
        slots = []
        for time_ms in interval[:2]:
            slots.append(f"ts{len(self._order) + 1}")
            slot = {"TIME_SLOT_ID": slots[-1], "TIME_VALUE": str(time_ms)}
            ElementTree.SubElement(self._order, "TIME_SLOT", slot)
        attributes = {"TIME_SLOT_REF1": slots[0], "TIME_SLOT_REF2": slots[1]}
        return self._add(tier, "ALIGNABLE_ANNOTATION", attributes, interval[2])

    def _add_reference(self, tier: str, parent: str, text: str) -> None:
        self._add(tier, "REF_ANNOTATION", {"ANNOTATION_REF": parent}, text)

    def _add(self, tier: str, kind: str, attributes: dict[str, str], text: str) -> str:
        self._count += 1
        identifier = f"a{self._count}"
        holder = ElementTree.SubElement(self._tiers[tier], "ANNOTATION")
        annotation = ElementTree.SubElement(holder, kind, {"ANNOTATION_ID": identifier, **attributes})
        ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = text
        return identifier


def _touching(intervals: Sequence[Interval], end_ms: int) -> list[Interval]:
    """Intervals from 0 to ``end_ms`` without gaps or overlaps; one that is left without length joins its neighbour."""
    touching: list[Interval] = []
    for start_ms, stop_ms, text in sorted(intervals, key=lambda interval: interval[0]):
        last_ms = touching[-1][1] if touching else 0
        if touching and start_ms < last_ms and touching[-1][0] < start_ms:
            touching[-1] = (touching[-1][0], start_ms, touching[-1][2])
            last_ms = start_ms
        start_ms = max(start_ms, last_ms)
        if stop_ms <= start_ms:
            if touching:
                touching[-1] = (*touching[-1][:2], f"{touching[-1][2]} {text}".strip())
                continue
            stop_ms = start_ms + 1
        if start_ms > last_ms:
            touching.append((last_ms, start_ms, ""))
        touching.append((start_ms, stop_ms, text))
    last_ms = touching[-1][1] if touching else 0
    return [*touching, (last_ms, end_ms, "")] if last_ms < end_ms else touching


def _tier(number: int, name: str, intervals: Sequence[Interval], end_ms: int) -> list[str]:
    rows = [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
    rows += ["        xmin = 0", f"        xmax = {_seconds(end_ms)}", f"        intervals: size = {len(intervals)}"]
    for index, (start_ms, stop_ms, text) in enumerate(intervals, start=1):
        rows.append(f"        intervals [{index}]:")
        rows += [f"            xmin = {_seconds(start_ms)}", f"            xmax = {_seconds(stop_ms)}"]
        rows.append('            text = "{}"'.format(text.replace('"', '""')))
    return rows


def _seconds(time_ms: int) -> str:
    return f"{time_ms / 1000:.3f}".rstrip("0").rstrip(".")
