"""What a long job tells whoever watches it.

In: nothing. Out: small records that a stage hands to a Listener. Never prints: the command line draws them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.records import Failure


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage begins: ``total`` items to do, ``kept`` items that an earlier run finished."""

    stage: str
    total: int
    kept: int = 0


@dataclass(frozen=True, slots=True)
class ItemDone:
    """One item is finished and on disk; ``audio_ms`` is how much audio it was."""

    stage: str
    name: str
    audio_ms: int = 0


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """One item could not be done; the others go on."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Note:
    """One line that a person should read."""

    text: str


Event = StageStarted | ItemDone | ItemFailed | Note
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """A listener that does nothing."""
