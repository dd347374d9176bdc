"""Translated pieces become one translated sentence. Pure: no model, no I/O.

In: the pieces of one sentence, translated and scored. Out: a ``TranslatedSentence`` whose word links count over the
whole sentence. Never hides a loss: where a piece gave nothing usable the text carries ``[…]`` or is empty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import TranslatedSentence
from pipeline.translation.links import count_words, word_links
from pipeline.translation.problems import OMISSION_MARK, find_problem

_SHORTENING = ("far too short", "empty")  # problems that mean that words were lost


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence that is translated in one go, and what came out.

    ``source`` and ``target`` are subword tokens, ``attention`` has a row for each target token, ``log_prob`` is the
    sum over the target tokens and the end mark. ``ended`` is false when the search was stopped at its length limit.
    """

    text: str
    source: tuple[str, ...]
    target: tuple[str, ...] = ()
    attention: tuple[Sequence[float], ...] = ()
    translation: str = ""
    ended: bool = True
    log_prob: float = -math.inf

    @property
    def problem(self) -> str | None:
        """Why this piece needs a second attempt or a mark."""
        return find_problem(self.text, self.translation) if self.ended else "did not end"


def join_text(pieces: Sequence[Piece]) -> str:
    """The translations in order; empty when no piece gave a usable one."""
    text = " ".join(filter(None, (_piece_text(piece, alone=len(pieces) == 1) for piece in pieces)))
    return "" if set(text.split()) == {OMISSION_MARK} else text


def join_pieces(text: str, pieces: Sequence[Piece], marks_words: bool) -> TranslatedSentence:
    """One record for the sentence ``text``; ``marks_words``: the tokens can be counted into words."""
    translation = join_text(pieces)
    scored = [piece for piece in pieces if math.isfinite(piece.log_prob)]
    if not translation or not scored:
        return TranslatedSentence(translation)
    log_prob = math.fsum(piece.log_prob for piece in scored) / sum(len(piece.target) + 1 for piece in scored)
    links = _join_links(pieces) if marks_words else ()
    cut_in_a_word = sum(len(piece.text.split()) for piece in pieces) != len(text.split())
    return TranslatedSentence(translation, log_prob, () if cut_in_a_word else links)


def _piece_text(piece: Piece, alone: bool) -> str:
    problem = piece.problem
    if problem == "did not end":
        return "" if alone else OMISSION_MARK
    if problem in _SHORTENING and not alone:
        return f"{piece.translation} {OMISSION_MARK}".strip()
    return piece.translation


def _join_links(pieces: Sequence[Piece]) -> tuple[tuple[int, int], ...]:
    links: list[tuple[int, int]] = []
    heard = translated = 0
    for piece in pieces:
        shown = len(_piece_text(piece, alone=len(pieces) == 1).split())
        counts = (len(piece.text.split()), len(piece.translation.split()))
        if piece.ended and counts == (count_words(piece.source), count_words(piece.target)):
            found = word_links(piece.source, piece.target, piece.attention)
            links.extend((heard + i, translated + j) for i, j in found)
        heard += counts[0]
        translated += shown
    return tuple(links)
