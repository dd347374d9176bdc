"""Heard sentences become translated sentences, all at once, with a probability and word links each.

In: texts, a package folder. Out: ``TranslatedSentence`` records in the order of the texts; mean log-probabilities of
given translations. Never drops words silently: what could not be translated is an empty text or carries the mark
``[…]``, and ``find_problem`` names it. Never logs text.

CTranslate2 is driven through its public ``translate_batch`` and ``score_batch``. The attention it returns from a
batched beam search (seen in 4.8.5) belongs to other sentences and beams; that of a greedy pass which is made to say
the found translation again is right, and is what the links and the replaced unknown tokens come from.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError, WeightsError
from pipeline.records import TranslatedSentence
from pipeline.translation.assemble import Piece, join_pieces, join_text
from pipeline.translation.package import TranslationPackage, load_package
from pipeline.translation.pieces import halve, split_text
from pipeline.translation.positions import position_count
from pipeline.translation.problems import find_problem

_SCORED_TOKENS = 1000  # a longer text is not scored: models are trained on sentences of far fewer tokens
_MOST_WORKERS = 8
_MOST_POSITIONS = 2**31  # of a model that has no last one


@dataclass(frozen=True, slots=True)
class TranslationOptions:
    """How the search runs; sizes in subword tokens.

    ``length_penalty`` 1 makes the search optimise the same mean log-probability that is reported.
    ``piece_tokens``: a longer sentence is cut at a clause; the models are trained on single sentences.
    A translation may have ``output_ratio`` tokens for every source token and ``output_allowance`` more; one that has
    not ended by then is running in a circle.
    """

    beam_size: int = 4
    length_penalty: float = 1.0
    batch_tokens: int = 2048
    piece_tokens: int = 120
    output_ratio: float = 2.5
    output_allowance: int = 20


class Translator:
    """A loaded package. ``threads`` 0 takes every core; the work is spread over batches, not inside one."""

    def __init__(
        self,
        folder: Path,
        device: str = "auto",
        compute_type: str = "default",
        threads: int = 0,
        options: TranslationOptions | None = None,
    ) -> None:
        """Load the package.

        Raises ``WeightsError`` for a package that cannot be read, ``SettingsError`` for a device or compute type that
        this machine does not have.
        """
        self.package: TranslationPackage = load_package(folder)
        self.options = options or TranslationOptions()
        self._model = _load_model(self.package, device, compute_type, threads)
        self._positions = position_count(self.package.model_folder) or _MOST_POSITIONS

    def translate(self, texts: Sequence[str]) -> tuple[TranslatedSentence, ...]:
        """One translated sentence for each text, in order; a text without letters or digits is passed through.

        ``log_prob_per_token`` is the mean over all target tokens and end marks of the sentence.
        """
        spoken = [text if any(map(str.isalnum, text)) else "" for text in texts]
        longest = min(self.options.piece_tokens, self._positions // 2)  # half: a translation may be the longer side
        sentences = [self._pieces(text, split_text(text, self._size, longest)) for text in spoken]
        first = self._run([piece for pieces in sentences for piece in pieces], careful=False)
        settled = iter(self._try_again(first))
        groups = [[piece for _ in pieces for piece in next(settled)] for pieces in sentences]
        scored = iter(self._scored([piece for group in groups for piece in group]))
        joined = [
            join_pieces(text, [next(scored) for _ in group], self.package.marks_words)
            for text, group in zip(spoken, groups, strict=True)
        ]
        return tuple(
            sentence if text else TranslatedSentence(" ".join(given.split()))
            for sentence, text, given in zip(joined, spoken, texts, strict=True)
        )

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[float, ...]:
        """The mean log-probability per target token that the model gives (source, translation) pairs.

        The end mark counts as a token. Minus infinity where there is nothing to score: an empty side, or a side of
        more than 1,000 tokens or more than the model has positions for, which would have to be cut.
        """
        pieces = [Piece(source, self._encode(source), self._encode(target)) for source, target in pairs]
        return tuple(piece.log_prob / (len(piece.target) + 1) for piece in self._score(pieces))

    def _encode(self, text: str) -> tuple[str, ...]:
        return tuple(self.package.tokenizer.encode(" ".join(text.split())))

    def _size(self, text: str) -> int:
        return len(self._encode(text))

    def _pieces(self, text: str, ranges: Sequence[tuple[int, int]]) -> list[Piece]:
        return [Piece(text[start:end], self._encode(text[start:end])) for start, end in ranges]

    def _try_again(self, pieces: Sequence[Piece]) -> list[list[Piece]]:
        """Translate suspicious pieces once more, in halves and without repetitions; keep that where it is sound."""
        doubtful = [index for index, piece in enumerate(pieces) if piece.problem is not None]
        halves = [self._pieces(pieces[index].text, halve(pieces[index].text)) for index in doubtful]
        second = iter(self._run([piece for group in halves for piece in group], careful=True))
        settled = [[piece] for piece in pieces]
        for index, group in zip(doubtful, halves, strict=True):
            # Without repetitions the search knows another probability than the model's.
            retried = [replace(next(second), log_prob=-math.inf) for _ in group]
            if find_problem(pieces[index].text, join_text(retried)) is None:
                settled[index] = retried
        return settled

    def _run(self, pieces: Sequence[Piece], careful: bool) -> list[Piece]:
        """Translate pieces in batches of similar length; the batches run side by side."""
        done = list(pieces)
        batches = _batches([len(piece.source) for piece in pieces], self.options.batch_tokens)
        jobs = [(batch, self._search([pieces[index].source for index in batch], careful)) for batch in batches]
        repeats = []
        for batch, results in jobs:
            limit = self._limit(len(pieces[batch[-1]].source))
            for index, result in zip(batch, results, strict=True):
                done[index] = self._found(pieces[index], result.result(), limit)
            repeats.append((batch, self._repeat([done[index] for index in batch])))
        for batch, results in repeats:
            for index, result in zip(batch, results, strict=True):
                done[index] = self._read(done[index], result.result())
        return done

    def _found(self, piece: Piece, result: Any, limit: int) -> Piece:
        """The piece with what the search found, and its probability; a given prefix would be counted into it."""
        target = tuple(result.hypotheses[0])
        ended = len(target) < limit
        # CTranslate2 divides by the number of tokens, the end mark among them, to the power of the length penalty.
        log_prob = result.scores[0] * (len(target) + ended) ** self.options.length_penalty
        certain = ended and not self.package.target_prefix
        return replace(piece, target=target, ended=ended, log_prob=log_prob if certain else -math.inf)

    def _limit(self, longest: int) -> int:
        wanted = int(longest * self.options.output_ratio) + self.options.output_allowance
        return min(wanted, self._positions - 1)  # one is for the end mark

    def _search(self, sources: Sequence[tuple[str, ...]], careful: bool) -> Any:
        prefix = self.package.target_prefix
        return self._model.translate_batch(
            [list(source) for source in sources],
            target_prefix=[[prefix]] * len(sources) if prefix else None,
            asynchronous=True,
            beam_size=self.options.beam_size,
            length_penalty=self.options.length_penalty,
            no_repeat_ngram_size=3 if careful else 0,
            return_scores=True,
            max_input_length=0,
            max_decoding_length=self._limit(len(sources[-1])),
        )

    def _repeat(self, pieces: Sequence[Piece]) -> Any:
        """Say the targets again to see where each of their tokens looks."""
        return self._model.translate_batch(
            [list(piece.source) for piece in pieces],
            target_prefix=[list(piece.target) for piece in pieces],
            asynchronous=True,
            beam_size=1,
            max_input_length=0,
            max_decoding_length=max(len(piece.target) for piece in pieces) + 1,
            replace_unknowns=True,
            return_attention=True,
        )

    def _read(self, piece: Piece, result: Any) -> Piece:
        length = len(piece.target)
        target, attention = tuple(result.hypotheses[0][:length]), tuple(result.attention[0][:length])
        if self.package.target_prefix and target[:1] == (self.package.target_prefix,):
            target, attention = target[1:], attention[1:]
        text = " ".join(self.package.tokenizer.decode(list(target)).split())
        return replace(piece, target=target, attention=attention, translation=text)

    def _scored(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces with their log-probabilities: those of the search, and where it has none, asked for."""
        missing = iter(self._score([piece for piece in pieces if math.isinf(piece.log_prob)]))
        return [next(missing) if math.isinf(piece.log_prob) else piece for piece in pieces]

    def _score(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces with the summed log-probability of their targets, where there is something to score."""
        sizes = [max(len(piece.source), len(piece.target)) for piece in pieces]
        scorable = [bool(piece.source and piece.target) for piece in pieces]
        most = min(_SCORED_TOKENS, self._positions - 2)  # marks stand at the ends
        sizes = [size if can and size <= most else 0 for size, can in zip(sizes, scorable, strict=True)]
        prefix = [self.package.target_prefix] if self.package.target_prefix else []
        done = list(pieces)
        jobs = []
        for batch in _batches(sizes, self.options.batch_tokens):
            sources = [list(pieces[index].source) for index in batch]
            targets = [prefix + list(pieces[index].target) for index in batch]
            results = self._model.score_batch(
                sources, targets, max_input_length=0, offset=len(prefix), asynchronous=True
            )
            jobs.append((batch, results))
        for batch, results in jobs:
            for index, result in zip(batch, results, strict=True):
                done[index] = replace(pieces[index], log_prob=math.fsum(result.result().log_probs))
        return done


def _load_model(package: TranslationPackage, device: str, compute_type: str, threads: int) -> Any:
    import ctranslate2

    on_processor = device == "cpu" or (device == "auto" and ctranslate2.get_cuda_device_count() == 0)
    workers = min(threads or os.cpu_count() or 1, _MOST_WORKERS) if on_processor else 1
    try:
        return ctranslate2.Translator(
            str(package.model_folder), device=device, compute_type=compute_type, inter_threads=workers, intra_threads=1
        )
    except ValueError as error:
        raise SettingsError(
            f"The translator cannot run on device {device} with compute type {compute_type}.",
            "Use --device auto --compute-type default.",
        ) from error
    except RuntimeError as error:
        raise WeightsError(
            f"The model of the translation package {package.name} cannot be loaded on device {device}.",
            "The file may be damaged or the device missing: run `voxquote models verify`, or try --device cpu.",
        ) from error


def _batches(sizes: Sequence[int], limit: int) -> list[list[int]]:
    """Indexes of all sizes above 0, shortest first, cut into runs whose padded size stays within ``limit``."""
    batches: list[list[int]] = []
    for index in sorted((i for i, size in enumerate(sizes) if size), key=sizes.__getitem__):
        if not batches or (len(batches[-1]) + 1) * sizes[index] > limit:
            batches.append([])
        batches[-1].append(index)
    return batches
