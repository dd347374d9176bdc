"""One difference between a quote and what was heard.

In: nothing. Out: the ``Difference`` record that the detail modules make and the verdict reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import QuoteFlagKind


@dataclass(frozen=True, slots=True)
class Difference:
    """``changes``: it turns the claim; ``edits``: words were cut or joined; neither: it only asks for listening."""

    kind: QuoteFlagKind
    quote: str
    heard: str
    changes: bool
    edits: bool = False
