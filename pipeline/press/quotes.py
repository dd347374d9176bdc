"""The quotes of an article.

In: plain text. Out: quotes in the order of the text, with offsets into it, speakers and kinds. Pure: never reads a
file, never changes the text, never raises on marks that do not match.

What one quote is:

* one pair of marks is one quote, however many paragraphs it runs over; marks inside it belong to its words;
* "A," he said, "B." is one quote of two parts, and so is "A," he said. "B.": print presents both as one flow of
  speech; Russian even encloses «А, — сказал он. — Б» in one pair of marks;
* "A," he said. "B," he added. is two quotes, and so is the speech of two paragraphs of which each closes its marks;
* a Russian paragraph that begins with a dash is one quote; author's words in it are left out.

``Quote.text`` is what stands between the marks, parts joined by a space, white space made single spaces, characters
without width left out; a comma before the attribution stays, as printed. ``start_char`` and ``end_char`` frame the
quote's own characters, marks excluded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from pipeline.press import english, russian
from pipeline.press.attribution import Scene, attribute
from pipeline.press.division import dash_speech, divided
from pipeline.press.kinds import Candidate, kind_of
from pipeline.press.language import detect_language
from pipeline.press.mentions import Attribution, FindAttribution
from pipeline.press.names import NameIndex
from pipeline.press.paragraphs import Range, paragraph_ranges
from pipeline.press.spans import Span, quoted_spans
from pipeline.press.speakers import Speakers
from pipeline.press.windows import surroundings
from pipeline.records import Quote, QuoteKind

_ENDS_OPEN: Final = re.compile(r"[,?!—–…-][\"”’']?\s*\Z")
_WHOLE_END: Final = re.compile(r"[.?!…][\"”’')\]]*\s*\Z")
_SECOND_CLAUSE: Final = re.compile(r"[,;]\s+(?:and|but|as|while|then)\s")  # he said, and the door closed
_OWN_WORDS: Final = 14
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPLIT_END: Final = re.compile(r"[,—–]\s*\Z")
_NOT_ATTRIBUTION: Final = re.compile(r"[\s,]*(?:and|but|or|while|who|which|that|и|а|но|что)\b", re.I)
_SPLIT_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """A quote with the verb of its attribution and the rule that found it."""

    quote: Quote
    verb: str | None
    rule: str


def extract_quotes(text: str, language: str | None = None) -> tuple[Quote, ...]:
    """The quotes of ``text``, with ids q1, q2, …

    ``language`` is "en", "ru" or "uk"; None looks at the text. Never raises.
    """
    return tuple(found.quote for found in find_quotes(text, language))


def find_quotes(text: str, language: str | None = None) -> tuple[FoundQuote, ...]:
    """As ``extract_quotes``, with the evidence for each attribution."""
    language = language or detect_language(text)
    cyrillic = language != "en"
    find = russian.find_attribution if cyrillic else english.find_attribution
    names = NameIndex(text)
    paragraphs = paragraph_ranges(text)
    spans = _spans(text, paragraphs, cyrillic)
    scenes = _scenes(text, paragraphs, spans, names, find)
    if not cyrillic:
        joined = _joined(scenes)
        if len(joined) < len(spans):
            scenes = _scenes(text, paragraphs, joined, names, find)
    return _found(text, scenes, names)


def _spans(text: str, paragraphs: list[Range], cyrillic: bool) -> list[Span]:
    spans = quoted_spans(text, paragraphs)
    if not cyrillic:
        return spans
    dashes = dash_speech(text, paragraphs)
    starts = [(span.open_char, max(span.end, *(end for _, end in span.author), 0)) for span in dashes]
    outside = _outside([divided(text, span) for span in spans], starts)
    return sorted(outside + dashes, key=lambda span: span.start)


def _outside(spans: list[Span], taken: list[Range]) -> list[Span]:
    """The spans that do not lie in one of the ranges ``taken``; both in order."""
    kept = []
    position = 0
    for span in spans:
        while position < len(taken) and taken[position][1] <= span.start:
            position += 1
        if position == len(taken) or span.end <= taken[position][0]:
            kept.append(span)
    return kept


def _scenes(
    text: str, paragraphs: list[Range], spans: list[Span], names: NameIndex, find: FindAttribution
) -> list[Scene]:
    around = surroundings(text, paragraphs, spans)
    return [Scene(text, span, near, names, find) for span, near in zip(spans, around, strict=True)]


def _joined(scenes: list[Scene]) -> list[Span]:
    """The spans with "A," he said, "B." made one."""
    groups: list[list[Scene]] = []
    for scene in scenes:
        if groups and _is_split(groups[-1][-1], scene):
            groups[-1].append(scene)
        else:
            groups.append([scene])
    return [_one_span(group) if len(group) > 1 else group[0].span for group in groups]


def _one_span(group: list[Scene]) -> Span:
    """One span of the parts of all, with what stands between them as author's words."""
    between = [(a.around.after[0], b.around.before[1]) for a, b in pairwise(group)]
    return replace(
        group[0].span,
        parts=tuple(part for scene in group for part in scene.span.parts),
        author=tuple(between),
        closed=group[-1].span.closed,
    )


def _is_split(first: Scene, second: Scene) -> bool:
    """Whether an attribution and nothing else stands between two spans of one flow of speech."""
    start, end = first.around.after[0], second.span.open_char
    between = first.text[start:end]
    if len(between) > _SPLIT_CHARS or "\n" in between or first.span.mark != second.span.mark:
        return False
    if _NOT_ATTRIBUTION.match(between) or not (_ENDS_OPEN.search(first.quoted) or between.lstrip()[:1] == ","):
        return False
    if not _SPLIT_END.search(between) and not _is_new_sentence(first, second, between):
        return False
    found, nearest = first.look(start, end, "after"), second.look(start, end, "before")
    return (
        found is not None and found.direct and not found.labels and nearest is not None and nearest.start == found.start
    )


def _is_new_sentence(first: Scene, second: Scene, between: str) -> bool:
    """``he said. "B."``: a whole sentence without an attribution of its own."""
    if not between.rstrip().endswith(".") or first.around.after[1] < first.around.after[0] + len(between.rstrip()):
        return False
    if _SECOND_CLAUSE.search(between):
        return False
    whole = _WHOLE_END.search(second.quoted) or second.after.lstrip()[:1] in (".", "?", "!")
    begins = second.text[second.span.start : second.span.start + 4].lstrip("[(…. ")[:1]
    own = second.look(*second.around.after, "after") if len(second.after.split()) <= _OWN_WORDS else None
    return begins.isupper() and bool(whole) and not (own and own.direct)


def _found(text: str, scenes: list[Scene], names: NameIndex) -> tuple[FoundQuote, ...]:
    speakers = Speakers(text, names)
    found: list[FoundQuote] = []
    speaker_of: dict[int, str | None] = {}
    for scene, (rule, attribution) in zip(scenes, attribute(scenes), strict=True):
        parts = _own_characters(text, scene.span.parts)
        words = _text(text, parts).split()
        kind = kind_of(Candidate(scene, rule, attribution, words)) if words else QuoteKind.PARTIAL
        if not any(char.isalnum() for word in words for char in word):
            continue
        speaker = None
        if attribution is not None and kind is not QuoteKind.TITLE:
            if id(attribution) not in speaker_of:
                speaker_of[id(attribution)] = speakers.speaker(attribution, parts[0][0])
            speaker = speaker_of[id(attribution)]
        if kind is QuoteKind.SCARE:
            speaker = None
        quote = _quote(f"q{len(found) + 1}", text, parts, speaker, kind)
        found.append(FoundQuote(quote, _verb(attribution), rule))
    return tuple(found)


def _verb(attribution: Attribution | None) -> str | None:
    return (attribution.verb or None) if attribution else None


def _quote(name: str, text: str, parts: tuple[Range, ...], speaker: str | None, kind: QuoteKind) -> Quote:
    return Quote(
        id=name,
        text=_text(text, parts),
        start_char=parts[0][0],
        end_char=parts[-1][1],
        speaker=speaker,
        kind=kind,
        parts=parts if len(parts) > 1 else (),
    )


def _text(text: str, parts: tuple[Range, ...]) -> str:
    return " ".join(" ".join(text[start:end].translate(_ZERO_WIDTH).split()) for start, end in parts).strip()


def _own_characters(text: str, parts: tuple[Range, ...]) -> tuple[Range, ...]:
    """The parts without white space around them."""
    own = []
    for start, end in parts:
        stretch = text[start:end]
        left = start + len(stretch) - len(stretch.lstrip())
        right = start + len(stretch.rstrip())
        if left < right:
            own.append((left, right))
    return tuple(own) or parts
