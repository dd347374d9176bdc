"""Author's words inside Russian speech: «А, — сказал он, — Б» and paragraphs that begin with a dash.

In: text and the range of speech. Out: the stretches of speech and the stretches of author's words between them.
Never decides who speaks, never raises.

Author's words begin with a small letter after a dash and hold a verb of speech among their first words; the speech
resumes after a later dash that follows a comma, a point or a colon.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, NamedTuple

from pipeline.press import russian
from pipeline.press.paragraphs import Range
from pipeline.press.spans import Span

_TO_AUTHOR: Final = re.compile(r"(?<=[,.!?…»”\"])\s*[—–-]\s+(?=[а-яёіїєґ])")
_TO_SPEECH: Final = re.compile(r"(?<=[,.:;!?…])\s*[—–-]\s+")
_FIRST_WORDS: Final = re.compile(r"(?:[^\s,.:;]+[\s]+){0,4}[^\s,.:;]+")
_DASH_PARAGRAPH: Final = re.compile(r"[—–]\s*(?=[«\"“]?[А-ЯЁІЇЄҐ0-9…])")
_HYPHEN_PARAGRAPH: Final = re.compile(r"[-−]\s+(?=[«\"“]?[А-ЯЁІЇЄҐ0-9…])")
_SENTENCE_END: Final = re.compile(r"[.!?…][»”\")]*\Z")


class Division(NamedTuple):
    """Speech and author's words of one stretch, each in order."""

    speech: tuple[Range, ...]
    author: tuple[Range, ...]


def divide(text: str, start: int, end: int) -> Division:
    """Split ``text[start:end]`` at author's words; without any, the speech is the whole range."""
    speech: list[Range] = []
    author: list[Range] = []
    position = start
    while True:
        leave = _author_begins(text, position, end)
        if leave is None:
            speech.append((position, end))
            break
        speech.append((position, leave.start()))
        resume = _TO_SPEECH.search(text, leave.end(), end)
        author.append((leave.end(), resume.start() if resume else end))
        if resume is None:
            break
        position = resume.end()
    return Division(tuple(part for part in speech if text[part[0] : part[1]].strip()), tuple(author))


def _author_begins(text: str, start: int, end: int) -> re.Match[str] | None:
    for match in _TO_AUTHOR.finditer(text, start, end):
        words = _FIRST_WORDS.match(text, match.end(), end)
        if words and russian.holds_verb(text, match.end(), words.end()):
            return match
    return None


def divided(text: str, span: Span) -> Span:
    """``span`` with the author's words taken out of its parts."""
    divisions = [divide(text, start, end) for start, end in span.parts]
    if not any(division.author for division in divisions):
        return span
    speech = tuple(part for division in divisions for part in division.speech)
    author = tuple(part for division in divisions for part in division.author)
    return replace(span, parts=speech, author=author) if speech else span


def dash_speech(text: str, paragraphs: list[Range]) -> list[Span]:
    """Paragraphs that are speech after a dash: «— Пойдём, — сказал он.»; lists of points are none."""
    spans: list[Span] = []
    points = False  # within a list of points
    for start, end in paragraphs:
        opening = _DASH_PARAGRAPH.match(text, start, end) or _HYPHEN_PARAGRAPH.match(text, start, end)
        points = (opening is not None or text[start] in "—–-") and (points or text[end - 1] == ";")
        if opening is None or points or not _SENTENCE_END.search(text[max(start, end - 3) : end]):
            continue
        division = divide(text, opening.end(), end)
        if not division.speech or (text[start] in "-−" and not division.author):
            continue
        spans.append(Span(text[start : opening.end()], division.speech, closed=False, author=division.author))
    return spans
