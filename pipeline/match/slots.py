"""What a heard word offers to a quote: its own lemma and the translated words that belong to it.

In: a ``Line``. Out: ``Slot`` rows, one a heard word, in the order of speech; translated words are tied to
heard words by the translator's own links where it gave them, else by likeness, learned links and position.
Never looks at a quote.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.match.bridge import CaseLexicon
from pipeline.match.library import Library, Line
from pipeline.match.names import name_likeness
from pipeline.match.words import Token

LINK_FLOOR = 0.25
DISTANCE_COST = 0.35
NAME_FLOOR = 0.7


@dataclass(frozen=True, slots=True)
class Slot:
    """A heard word (``word`` counts the words of the transcript) and the translated words tied to it."""

    line: int
    word: int
    heard: Token
    translated: tuple[Token, ...]


def slots(library: Library, line: Line) -> tuple[Slot, ...]:
    """The slots of one sentence, made once and kept."""
    cache = library.caches["slots"]
    if line.number not in cache:
        cache[line.number] = _make(line, library.lexicon)
    found = cache[line.number]
    assert isinstance(found, tuple)
    return found


def _make(line: Line, lexicon: CaseLexicon) -> tuple[Slot, ...]:
    owners = _owners(line, lexicon)
    tied: list[list[Token]] = [[] for _ in line.heard]
    for token, owner in zip(line.translated, owners, strict=True):
        if owner is not None:
            tied[owner].append(token)
    return tuple(
        Slot(line.number, line.first_word + heard.word, heard, tuple(words))
        for heard, words in zip(line.heard, tied, strict=True)
    )


def _owners(line: Line, lexicon: CaseLexicon) -> list[int | None]:
    """For each translated token the heard token it belongs to."""
    if not line.heard:
        return [None] * len(line.translated)
    given = {rendered: heard for heard, rendered in line.given_links}
    place_of = {token.word: place for place, token in reversed(list(enumerate(line.heard)))}
    owners: list[int | None] = []
    for place, token in enumerate(line.translated):
        if token.word in given and given[token.word] in place_of:
            owners.append(place_of[given[token.word]])
        else:
            owners.append(_likeliest(line, place, lexicon) if token.content else None)
    return _filled(owners, len(line.heard))


def _likeliest(line: Line, place: int, lexicon: CaseLexicon) -> int | None:
    token = line.translated[place]
    relative = place / max(1, len(line.translated))
    best, owner = LINK_FLOOR, None
    for other, heard in enumerate(line.heard):
        strength = word_link(heard, token, lexicon)
        if strength:
            score = strength - DISTANCE_COST * abs(relative - other / len(line.heard))
            if score > best:
                best, owner = score, other
    return owner


def word_link(heard: Token, english: Token, lexicon: CaseLexicon) -> float:
    """How likely an English word renders a heard one, by either word list, by sound or by identity: 0..1."""
    if heard.key == english.key:
        return 1.0
    strength = lexicon.strength(heard.key, english.key)
    if heard.content and english.content and len(english.text) > 3 and len(heard.text) > 3 and heard.text[0].isalpha():
        alike = name_likeness(english.text, heard.text)
        if alike >= NAME_FLOOR and (english.capital or heard.capital or alike >= 0.8):
            strength = max(strength, alike if english.capital else alike - 0.1)
    return strength


def _filled(owners: list[int | None], count: int) -> list[int | None]:
    """Words without a link of their own go where their neighbour goes."""
    filled = list(owners)
    for place, owner in enumerate(owners):
        if owner is None:
            after = next((o for o in owners[place + 1 : place + 4] if o is not None), None)
            before = next((o for o in reversed(owners[max(0, place - 3) : place]) if o is not None), None)
            near = after if after is not None else before
            filled[place] = near if near is not None else min(count - 1, place * count // max(1, len(owners)))
    return filled
