"""What a language's rules say about the words around a quote.

Data only: the speaker as mentioned there, and the verb. ``attribution`` turns a mention into a speaker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

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
