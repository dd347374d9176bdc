"""Quotes against passages: where it was heard, what differs, how sure that is. Pure: no I/O.

    words ─► library ─► find ─► confidence ─► verdict ─► judge
              bridge     align    details      passages

``judge_quotes`` takes quotes and a ``Library``; everything else is how it gets there.
"""

from pipeline.match.coverage import coverage
from pipeline.match.explain import explain
from pipeline.match.judge import judge_quotes
from pipeline.match.library import Library
from pipeline.match.options import MatchOptions, Scorer, Style

__all__ = ["Library", "MatchOptions", "Scorer", "Style", "coverage", "explain", "judge_quotes"]
