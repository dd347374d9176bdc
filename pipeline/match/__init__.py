"""Quotes against passages: where it was heard, what differs, how sure that is. Pure: no I/O.

    words ─► index ─► align ─► witnesses ─► verdict
                        └────► details ─────────┘

``judge`` composes these; ``judge_quotes`` takes quotes and a ``Library``.
"""

from pipeline.match.explain import explain
from pipeline.match.index.coverage import coverage
from pipeline.match.index.library import Library
from pipeline.match.judge import judge_quotes
from pipeline.match.options import MatchOptions, Scorer, Style

__all__ = ["Library", "MatchOptions", "Scorer", "Style", "coverage", "explain", "judge_quotes"]
