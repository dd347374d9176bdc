"""What a heard word offers to a quote: its own key and those of the translated words that belong to it.

In: a ``Line``. Out: ``Slot`` rows, one a heard word, in the order of speech; translated words are tied to heard words
by the translator's own links where it gave them, else by likeness, learned links and position. Never looks at a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.match.index.library import Library, Line
from pipeline.match.index.vocabulary import number_key
from pipeline.match.words.numbers import Number, numbers
from pipeline.match.words.tokens import Token

LINK_FLOOR = 0.25
DISTANCE_COST = 0.35


@dataclass(frozen=True, slots=True)
class Slot:
    """A heard word with the translated words tied to it. ``word`` counts the words of the transcript."""

    line: int
    word: int
    heard: Token
    translated: tuple[Token, ...]
    keys: tuple[str, ...]


def slots(library: Library, line: Line) -> tuple[Slot, ...]:
    """The slots of one sentence, made once and kept."""
    cache = library.caches["slots"]
    if line.number not in cache:
        cache[line.number] = _make(library, line)
    found = cache[line.number]
    assert isinstance(found, tuple)
    return found


def _make(library: Library, line: Line) -> tuple[Slot, ...]:
    tied: list[list[Token]] = [[] for _ in line.heard]
    for token, owner in zip(line.translated, owners(library, line), strict=True):
        if owner is not None:
            tied[owner].append(token)
    heard_values = _values(line.heard, line.heard_numbers)
    translated_values = _values(line.translated, numbers(line.translated))
    rows = []
    for place, heard in enumerate(line.heard):
        keys = {heard.key, *heard_values.get(heard.start_char, ())}
        for token in tied[place]:
            keys |= {token.key, *translated_values.get(token.start_char, ())}
        rows.append(Slot(line.number, line.first_word + heard.word, heard, tuple(tied[place]), tuple(sorted(keys))))
    return tuple(rows)


def _values(rows: tuple[Token, ...], found: Sequence[Number]) -> dict[int, set[str]]:
    """The number keys that each token is part of, by the token's first character."""
    return {
        rows[place].start_char: {number_key(value) for value in number.values}
        for number in found
        for place in range(number.first, number.end)
    }


def owners(library: Library, line: Line) -> list[int | None]:
    """For each translated token the place of the heard token it belongs to."""
    if not line.heard:
        return [None] * len(line.translated)
    given = {rendered: heard for heard, rendered in line.given_links}
    place_of = {token.word: place for place, token in reversed(list(enumerate(line.heard)))}
    found: list[int | None] = []
    for place, token in enumerate(line.translated):
        if token.word in given and given[token.word] in place_of:
            found.append(place_of[given[token.word]])
        else:
            found.append(_likeliest(library, line, place) if token.content else None)
    return _filled(found, len(line.heard))


def _likeliest(library: Library, line: Line, place: int) -> int | None:
    token = line.translated[place]
    equivalents = library.vocabulary.equivalents(token)
    relative = place / max(1, len(line.translated))
    best, owner = LINK_FLOOR, None
    for other, heard in enumerate(line.heard):
        strength = equivalents.get(heard.key, 0.0)
        if token.text[0].isdigit() and heard.text[0].isdigit() and token.text[:2] == heard.text[:2]:
            strength = 1.0
        score = strength - DISTANCE_COST * abs(relative - other / len(line.heard))
        if strength and score > best:
            best, owner = score, other
    return owner


def _filled(found: list[int | None], count: int) -> list[int | None]:
    """Words without a link of their own go where their neighbour goes."""
    filled = list(found)
    for place, owner in enumerate(found):
        if owner is None:
            after = next((o for o in found[place + 1 : place + 4] if o is not None), None)
            before = next((o for o in reversed(found[max(0, place - 3) : place]) if o is not None), None)
            near = after if after is not None else before
            filled[place] = near if near is not None else min(count - 1, place * count // max(1, len(found)))
    return filled
