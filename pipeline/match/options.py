"""How quotes are judged, and the model that a caller may lend.

In: nothing. Out: ``MatchOptions`` and the ``Scorer`` protocol. Never loads a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Style(StrEnum):
    """How freely the house lets its writers treat a quote."""

    STRICT = "strict"  # every cut, join and replaced word is named
    TIDY = "tidy"  # false starts, fillers and repetitions may go without a mark
    TRANSLATED = "translated"  # a fair rendering in another language


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """``quote_language`` None means: by its letters. ``alternatives`` is how many other passages to list."""

    quote_language: str | None = None
    style: Style | str = Style.TRANSLATED
    found_from: float = 0.5
    alternatives: int = 3


class Scorer(Protocol):
    """A translation model that can say how probable printed words are, given heard ones (forced decoding)."""

    @property
    def languages(self) -> tuple[str, str]:
        """The heard and the printed language that it knows."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """Mean log-probability per printed token, for each (heard, printed) pair; not finite where it cannot say."""
        ...
