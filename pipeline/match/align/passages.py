"""Findings as passages: exact times, heard words, translation and links.

In: a ``Finding`` and its library. Out: ``Passage`` records, one for each stretch of neighbouring sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding, Rival
from pipeline.match.index.library import Library, Line, sentence_bounds
from pipeline.records import Passage

PLACED = 0.3


def passages(library: Library, finding: Finding, witnesses: dict[str, float | None]) -> tuple[Passage, ...]:
    """The stretches of the recordings that a quote was laid on, in the order of the quote."""
    stretches: list[list[Line]] = []
    for line in finding.lines:
        if stretches and not finding.seam and line.number == stretches[-1][-1].number + 1:
            stretches[-1].append(line)
        else:
            stretches.append([line])
    order = sorted(stretches, key=lambda stretch: _first_use(finding, stretch))
    return tuple(_passage(library, finding, stretch, witnesses) for stretch in order)


def _uses(finding: Finding, stretch: Sequence[Line]) -> list[tuple[int, int]]:
    """(printed word, slot) of the words of a quote that stand in a stretch."""
    numbers = {line.number for line in stretch}
    return [
        (place, column)
        for place, column in enumerate(finding.path)
        if column != NONE and finding.support[place] >= PLACED and finding.row[column].line in numbers
    ]


def _first_use(finding: Finding, stretch: Sequence[Line]) -> int:
    return min((place for place, _ in _uses(finding, stretch)), default=len(finding.quoted))


def _passage(
    library: Library, finding: Finding, stretch: Sequence[Line], witnesses: dict[str, float | None]
) -> Passage:
    document = library.documents[stretch[0].recording]
    words = document.transcript.words
    uses = _uses(finding, stretch)
    if uses:
        used = sorted(finding.row[column].word for _, column in uses)
        start_ms, end_ms = words[used[0]].start_ms, words[used[-1]].end_ms
    else:
        start_ms = sentence_bounds(document.transcript, stretch[0].index)[0]
        end_ms = sentence_bounds(document.transcript, stretch[-1].index)[1]
    return Passage(
        recording_id=document.recording.id,
        start_ms=start_ms,
        end_ms=max(start_ms, end_ms),
        sentence_indexes=tuple(line.index for line in stretch),
        heard=" ".join(line.heard_text for line in stretch),
        translation=" ".join(line.translated_text for line in stretch).strip(),
        similarity=round(min(1.0, finding.coverage), 4),
        witnesses=witnesses,
        word_links=_links(finding, stretch, uses),
    )


def _links(finding: Finding, stretch: Sequence[Line], uses: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Word of the quote to word of the passage's translation (of the heard text where there is none)."""
    offsets: dict[int, int] = {}
    total = 0
    translated = any(line.translated_text for line in stretch)
    for line in stretch:
        offsets[line.number] = total
        total += len((line.translated_text if translated else line.heard_text).split())
    links = []
    for place, column in uses:
        slot = finding.row[column]
        token = _best_rendering(finding, place, column) if translated else slot.heard.word
        if token is not None:
            links.append((finding.quoted[place].word, offsets[slot.line] + token))
    return tuple(sorted(set(links)))


def _best_rendering(finding: Finding, place: int, column: int) -> int | None:
    """The translated word of a slot that is most like the printed one."""
    rendered = finding.row[column].translated
    if not rendered:
        return None
    key = finding.quoted[place].key
    return max(rendered, key=lambda token: (token.key == key, token.key[:4] == key[:4], token.content)).word


def rival_passages(library: Library, finding: Finding, rivals: Sequence[Rival], most: int) -> tuple[Passage, ...]:
    """Other sentences that account for a good part of the quote."""
    own = {line.number for line in finding.lines}
    found: list[Passage] = []
    for rival in rivals:
        if rival.line in own or rival.coverage < 0.35 or len(found) >= most:
            continue
        line = library.lines[rival.line]
        document = library.documents[line.recording]
        start_ms, end_ms = sentence_bounds(document.transcript, line.index)
        found.append(
            Passage(
                document.recording.id,
                start_ms,
                end_ms,
                (line.index,),
                line.heard_text,
                line.translated_text,
                round(min(1.0, rival.coverage), 4),
            )
        )
    return tuple(found)
