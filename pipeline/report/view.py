"""Checks as the page lays them out: one card a quote, one block a passage.

In: the content of a report. Out: frozen views that the template only has to write down. Pure.
It orders and counts; it never changes a verdict.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath, PureWindowsPath

from pipeline.records import (
    AudioFlagKind,
    Check,
    Coverage,
    Document,
    Judgement,
    Passage,
    QuoteFlagKind,
    Recording,
    Verdict,
)
from pipeline.report import waveform
from pipeline.report.article_text import Stretch, paragraphs, surroundings
from pipeline.report.content import CLIP_PADDING_MS, Clip, ReportContent
from pipeline.report.marking import Rows, ShownWord, plain_quote, rows

VERDICT_SIGNS = {
    Verdict.VERBATIM: "=",
    Verdict.SUPPORTED: "≈",
    Verdict.EDITED: "…",
    Verdict.CHANGED: "≠",
    Verdict.NOT_FOUND: "×",
    Verdict.UNCHECKABLE: "?",
}

# What a listener should take first when time is short.
_URGENCY = (
    Verdict.CHANGED,
    Verdict.NOT_FOUND,
    Verdict.EDITED,
    Verdict.UNCHECKABLE,
    Verdict.SUPPORTED,
    Verdict.VERBATIM,
)


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage with its words, its place in the audio and its waveform.

    ``clip`` counts the embedded clips; ``language`` is the one that was heard; ``weak`` is what is wrong with the
    recording there.
    """

    passage: Passage
    rows: Rows
    recording: Recording | None
    document: int | None
    clip: int | None
    window: tuple[int, int]
    wave: str
    language: str | None = None
    weak: tuple[AudioFlagKind, ...] = ()

    @property
    def name(self) -> str:
        """The file name of the recording, or its id when the recording is not in the case."""
        return file_name(self.recording.path) if self.recording else self.passage.recording_id

    @property
    def edges(self) -> tuple[float, float]:
        """Left and right edge of the passage in the waveform."""
        start, end = self.window
        return (
            waveform.across(self.passage.start_ms, start, end),
            waveform.across(self.passage.end_ms, start, end),
        )

    @property
    def links(self) -> str:
        """The pairs of words for the script, as JSON."""
        row = "heard" if self.rows.same_language else "translation"
        return json.dumps({row: self.rows.quote_links, "pairs": self.rows.heard_links}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one quote. ``dom`` is its address on the page, made by us and never from outside."""

    dom: str
    number: int
    judgement: Judgement
    urgency: int
    needs_ears: bool
    words: tuple[ShownWord, ...]
    before: str
    after: str
    shown: tuple[PassageView, ...]
    also: tuple[PassageView, ...]
    nearest: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article: its text in paragraphs and a card for each quote. ``places`` leads from a quote to its card."""

    dom: str
    check: Check
    paragraphs: tuple[tuple[Stretch, ...], ...]
    cards: tuple[Card, ...]
    places: Mapping[int, Card]


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts that stand first on the page."""

    quotes: int
    needs_ears: int
    verdicts: Mapping[Verdict, int]
    coverage: Coverage
    percent: int | None


def article_views(content: ReportContent) -> tuple[ArticleView, ...]:
    """The articles of a report in the given order."""
    shelf = _Shelf(content)
    return tuple(_article(check, f"a{number}", shelf) for number, check in enumerate(content.checks, 1))


def summary(content: ReportContent) -> Summary:
    """Quotes, verdicts and coverage over all articles; recordings are counted once."""
    judgements = [judgement for check in content.checks for judgement in check.judgements]
    coverages = [check.coverage for check in content.checks]
    coverage = max(coverages, key=lambda one: one.speech_ms, default=Coverage(len(content.documents), 0, 0))
    percent = 100 * coverage.checked_ms // coverage.speech_ms if coverage.speech_ms > 0 else None
    return Summary(
        quotes=len(judgements),
        needs_ears=sum(needs_ears(judgement) for judgement in judgements),
        verdicts=Counter(judgement.verdict for judgement in judgements),
        coverage=coverage,
        percent=None if percent is None else min(100, percent),
    )


def needs_ears(judgement: Judgement) -> bool:
    """Whether a person should listen before anything is printed."""
    return judgement.verdict not in (Verdict.VERBATIM, Verdict.SUPPORTED) or bool(judgement.flags)


def runs(words: Iterable[ShownWord]) -> list[tuple[str, bool, list[ShownWord]]]:
    """Neighbouring words with the same mark, as (mark, inside the passage, words)."""
    return [(mark, inside, list(group)) for (mark, inside), group in groupby(words, lambda w: (w.mark, w.inside))]


def file_name(path: str) -> str:
    """The last part of a path of any system: a page that is mailed must not tell folders."""
    return PureWindowsPath(path).name if "\\" in path else PurePath(path).name


class _Shelf:
    """Documents by recording and clips by recording, for looking up."""

    def __init__(self, content: ReportContent) -> None:
        self.documents = {item.recording.id: (number, item) for number, item in enumerate(content.documents)}
        self.clips: dict[str, list[tuple[int, Clip]]] = {}
        for number, (key, clip) in enumerate(content.clips.items()):
            self.clips.setdefault(key.rpartition(":")[0], []).append((number, clip))

    def clip(self, passage: Passage) -> tuple[int, Clip] | None:
        """The clip that holds most of a passage, when one holds any of it."""
        best: tuple[int, Clip] | None = None
        most_ms = 0
        for number, clip in self.clips.get(passage.recording_id, []):
            shared_ms = min(clip.end_ms, passage.end_ms) - max(clip.start_ms, passage.start_ms)
            if shared_ms > most_ms:
                best, most_ms = (number, clip), shared_ms
        return best


def _article(check: Check, dom: str, shelf: _Shelf) -> ArticleView:
    cards = tuple(
        _card(judgement, f"{dom}-q{number}", number, (check, shelf))
        for number, judgement in enumerate(check.judgements, 1)
    )
    by_id = {card.judgement.quote.id: card for card in cards}
    places = {number: by_id[quote.id] for number, quote in enumerate(check.article.quotes) if quote.id in by_id}
    return ArticleView(dom, check, paragraphs(check.article), cards, places)


def _card(judgement: Judgement, dom: str, number: int, place: tuple[Check, _Shelf]) -> Card:
    check, shelf = place
    language = check.article.language

    def seen(passages: Iterable[Passage]) -> tuple[PassageView, ...]:
        return tuple(_passage(judgement, passage, language, shelf) for passage in passages)

    stitched = any(flag.kind is QuoteFlagKind.STITCH for flag in judgement.flags)
    count = len(judgement.passages) if stitched else 1
    shown = seen(judgement.passages[:count])
    before, after = surroundings(check.article, judgement.quote)
    return Card(
        dom=dom,
        number=number,
        judgement=judgement,
        urgency=_URGENCY.index(judgement.verdict) * 2 + (not judgement.flags),
        needs_ears=needs_ears(judgement),
        words=shown[0].rows.quote if len(shown) == 1 else plain_quote(judgement.quote.text, judgement.flags),
        before=before,
        after=after,
        shown=shown,
        also=seen(judgement.passages[count:]),
        nearest=seen(judgement.alternatives),
    )


def _passage(judgement: Judgement, passage: Passage, language: str, shelf: _Shelf) -> PassageView:
    number, document = shelf.documents.get(passage.recording_id, (None, None))
    found = shelf.clip(passage)
    window = (max(0, passage.start_ms - CLIP_PADDING_MS), passage.end_ms + CLIP_PADDING_MS)
    wave = ""
    if found:
        clip = found[1]
        window = (max(clip.start_ms, window[0]), min(clip.end_ms, window[1]))
        wave = waveform.path(waveform.bars(clip, *window))
    return PassageView(
        passage=passage,
        rows=rows(judgement, passage, document, language),
        recording=document.recording if document else None,
        document=number,
        clip=found[0] if found else None,
        window=window,
        wave=wave,
        language=document.transcript.language if document else None,
        weak=_weak(document, passage) if document else (),
    )


def _weak(document: Document, passage: Passage) -> tuple[AudioFlagKind, ...]:
    """What the flags of a transcript say about a passage, each kind once."""
    touching = (
        flag.kind
        for flag in document.transcript.flags
        if flag.start_ms < passage.end_ms and passage.start_ms < flag.end_ms
    )
    return tuple(dict.fromkeys(touching))
