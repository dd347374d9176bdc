"""What a language's rules say about the words around a quote.

In: a window of text and the rules of a language. Out: the speaker as mentioned there, and the verb. ``attribution``
turns a mention into a speaker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from pipeline.press.names import Name, NameIndex

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Someone who is said to speak: a name, a pronoun or a role ("a spokesman").

    Pronouns of both languages are "he", "she", "they", "it"; "same" is the unspoken subject of "…, and said that".
    """

    kind: Literal["name", "pronoun", "role"]
    text: str
    name: Name | None = None
    indefinite: bool = False  # "a spokesman", nobody named before
    oblique: bool = False  # a Russian name that may stand in another case than the nominative


@dataclass(frozen=True, slots=True)
class Attribution:
    """A verb of speech with its subject, found in ``text[start:end]``.

    ``labels`` is true for verbs that name or judge something (called it "a joke") rather than introduce speech.
    ``direct`` is true when nothing but verb and subject stands between quote and attribution.
    """

    verb: str
    start: int
    end: int
    mention: Mention | None
    labels: bool = False
    direct: bool = False


class Window(NamedTuple):
    """A stretch of text next to a quote, within its sentence."""

    text: str
    start: int
    end: int
    side: Side
    names: NameIndex


FindAttribution = Callable[[Window], Attribution | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """A language's verbs of speech. ``any_verb`` matches any other verb with its subject right behind a quote.

    ``from_verb`` reads the attribution around a match of ``verb``; ``subject_right`` the subject behind a verb that
    ends at a place.
    """

    verb: re.Pattern[str]
    any_verb: re.Pattern[str]
    from_verb: Callable[[Window, re.Match[str]], Attribution | None]
    subject_right: Callable[[Window, int], Mention | None]


_TRIES: Final = 5


def nearest_attribution(rules: Rules, window: Window) -> Attribution | None:
    """The attribution nearest to the quote in ``window``."""
    matches = list(rules.verb.finditer(window.text, window.start, window.end))
    if window.side == "before":
        matches.reverse()
    for match in matches[:_TRIES]:
        found = rules.from_verb(window, match)
        if found is not None:
            return found
    other = rules.any_verb.match(window.text, window.start, window.end) if window.side == "after" else None
    if other is None:
        return None
    mention = rules.subject_right(window, other.end("verb"))
    return Attribution(other["verb"], other.start("verb"), other.end("verb"), mention, direct=True) if mention else None
