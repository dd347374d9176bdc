"""Many pieces are heard side by side, window by window.

In: pieces of one or of many recordings, and an engine. Out: the same pieces, each walked to its end. A decoder spends
most of its time on reading its weights; here it reads them once for all windows that are decoded together. Which pieces
those are changes nothing in what is heard. Never takes more pieces than are decoded together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from pipeline.speech.engine import LONGEST_TOKENS, Encoded, Engine
from pipeline.speech.piece import WINDOW_FRAMES, Heard, Piece, short_window

Key = TypeVar("Key")


def walk(engine: Engine, pieces: Iterable[tuple[Key, Piece]]) -> Iterator[tuple[Key, Piece]]:
    """Every piece with its key, heard to its end, in the order in which they end."""
    waiting = iter(pieces)
    active: list[tuple[Key, Piece]] = []
    while True:
        active += islice(waiting, engine.options.together - len(active))
        if not active:
            return
        for frames, group in _alike(engine, [piece for _, piece in active if not piece.done]):
            _step(engine, group, frames)
        yield from (item for item in active if item[1].done)
        active = [item for item in active if not item[1].done]


def window_frames(engine: Engine, size: int) -> int:
    """How long a window the encoder gets at first for so many frames of sound."""
    return short_window(size) if engine.options.short_windows else WINDOW_FRAMES


def _alike(engine: Engine, pieces: Iterable[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    """Pieces whose windows go into one call: of one length in frames, one language, and prompts of one length."""
    groups: dict[tuple[int, ...], list[Piece]] = {}
    for piece in pieces:
        length = len(piece.prompt(LONGEST_TOKENS))
        key = (window_frames(engine, piece.size), length, *piece.tokenizer.sot_sequence)
        groups.setdefault(key, []).append(piece)
    return ((key[0], group) for key, group in groups.items())


def _step(engine: Engine, group: Sequence[Piece], frames: int) -> None:
    """Decode the current window of each piece; a suspicious answer to a short window is heard again in a whole one."""
    encoded = _encoded(engine, group, frames)
    prompts = [piece.prompt(LONGEST_TOKENS) for piece in group]
    whole = frames == WINDOW_FRAMES
    heard = (engine.hear if whole else engine.hear_once)(encoded, prompts, group[0].tokenizer)
    settled = [whole or not engine.suspicious(answer) for answer in heard]
    _accept(engine, [item for item, sure in zip(zip(group, encoded, heard, strict=True), settled, strict=True) if sure])
    doubtful = [piece for piece, sure in zip(group, settled, strict=True) if not sure]
    if doubtful:
        _step(engine, doubtful, WINDOW_FRAMES)


def _encoded(engine: Engine, group: Sequence[Piece], frames: int) -> list[Encoded]:
    """The encoder output of each current window, made now where it is not there yet."""
    ready = [piece.take_encoded() for piece in group]
    missing = [piece.window(frames) for piece, known in zip(group, ready, strict=True) if known is None]
    made = iter(engine.encode(missing) if missing else ())
    return [next(made) if known is None else known for known in ready]


def _accept(engine: Engine, answers: Sequence[tuple[Piece, Encoded, Heard]]) -> None:
    """Give each piece its answer, and where in the window each word of it is heard."""
    texts = [[] if heard.silent else piece.text_tokens(heard) for piece, _, heard in answers]
    spoken = [(answer, text) for answer, text in zip(answers, texts, strict=True) if text]
    aligned = iter(
        engine.align(
            [encoded for (_, encoded, _), _ in spoken],
            answers[0][0].tokenizer,
            [text for _, text in spoken],
            [piece.size for (piece, _, _), _ in spoken],
        )
        if spoken
        else ()
    )
    for (piece, _, heard), text in zip(answers, texts, strict=True):
        piece.accept(heard, next(aligned) if text else None)
