"""An article as paragraphs in which its quotes can be pointed at.

In: an article. Out: paragraphs of stretches, each plain or part of one quote. Pure; offsets that make no sense are
ignored, and a quote that cannot be placed is simply not marked: its card stands beside the text all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Article, Quote


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one paragraph; ``quote`` counts the article's quotes from zero, ``first`` opens that quote."""

    text: str
    quote: int | None = None
    first: bool = False


def paragraphs(article: Article) -> tuple[tuple[Stretch, ...], ...]:
    """The paragraphs of an article, left out empty ones and a first one that only repeats the title."""
    spans = _spans(article)
    shown: list[tuple[Stretch, ...]] = []
    opened: set[int] = set()
    start = 0
    for line in article.text.split("\n"):
        end = start + len(line)
        stretches = tuple(_stretches(article.text, (start, end), spans, opened))
        repeats = not shown and line.strip() == article.title.strip() and all(one.quote is None for one in stretches)
        if line.strip() and not repeats:
            shown.append(stretches)
        start = end + 1
    return tuple(shown)


def surroundings(article: Article, quote: Quote, reach_char: int = 140) -> tuple[str, str]:
    """What stands before and after a quote in its own paragraph, cut at a word."""
    text = article.text
    if not 0 <= quote.start_char < quote.end_char <= len(text):
        return "", ""
    before = text[: quote.start_char].rsplit("\n", 1)[-1]
    after = text[quote.end_char :].split("\n", 1)[0]
    if len(before) > reach_char:
        before = "… " + before[-reach_char:].split(" ", 1)[-1]
    if len(after) > reach_char:
        after = after[:reach_char].rsplit(" ", 1)[0] + " …"
    return before, after


def _spans(article: Article) -> list[tuple[int, int, int]]:
    """Non-overlapping (start, end, quote) in the order of the text; the earlier quote keeps a disputed stretch."""
    wanted = [
        (start, end, number)
        for number, quote in enumerate(article.quotes)
        for start, end in (quote.parts or ((quote.start_char, quote.end_char),))
        if 0 <= start < end <= len(article.text)
    ]
    spans: list[tuple[int, int, int]] = []
    for start, end, number in sorted(wanted):
        begin = max(start, spans[-1][1]) if spans else start
        if begin < end:
            spans.append((begin, end, number))
    return spans


def _stretches(
    text: str, line: tuple[int, int], spans: list[tuple[int, int, int]], opened: set[int]
) -> Iterable[Stretch]:
    position, line_end = line
    for start, end, number in spans:
        begin, finish = max(start, position), min(end, line_end)
        if begin >= finish:
            continue
        if begin > position:
            yield Stretch(text[position:begin])
        yield Stretch(text[begin:finish], number, number not in opened)
        opened.add(number)
        position = finish
    if position < line_end:
        yield Stretch(text[position:line_end])
