"""The calls to CTranslate2's Whisper: encode once, then ask the same encoder output for language, text and times.

In: features, prompts and tokens of one or more windows. Out: languages, what was heard, alignments, in the order of the
windows. A window's answer does not depend, to the last bit, on the windows that are asked for beside it. Never imports
faster_whisper (it is given the model and the tokenizer) and never keeps anything between calls.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt

from pipeline.speech.piece import LOOPING_RATIO, Features, Heard

LONGEST_TOKENS = 448
"""Whisper's decoder has this many positions, prompt included."""
LATEST_START = 50
"""The first timestamp of a window is at most one second (50 frames) in."""
MEDIAN_FILTER = 7
LEAST_TOKENS = 3
"""An answer shorter than a word between two timestamps says nothing."""
SEED = 1
"""Sampling at a temperature starts from the same seed for every window: the same file gives the same transcript."""


Encoded = npt.NDArray[np.float32]
"""What the encoder makes of one window: float32 [frames / 2, width], in the memory of the processor."""


@dataclass(frozen=True, slots=True)
class RecogniserOptions:
    """How to recognise. The values are Whisper's own; they are recorded in every transcript.

    ``temperatures``: the first is used first; the next when the text repeats itself or its average log probability is
    below ``log_prob_threshold``. ``compute_type``: "default" keeps the model's own, "int8" is the fastest on a CPU.
    ``voice_edges``: word times end where the voice detector hears the voice end, and begin where it begins.
    ``threads``: CPU threads of one worker, 0 leaves the choice to CTranslate2. ``workers``: how many recordings may be
    recognised at the same time; on a CPU, two workers of one thread do more than one worker of two. ``together``: how
    many windows a worker decodes side by side, so that the decoder's weights are read once for all of them.
    ``short_windows``: the encoder hears a window as long as its sound and two seconds, not 30 s; a suspicious answer is
    decoded again at 30 s. Much faster for short notes, and unproven on real voices: Whisper was trained on 30 s.
    """

    device: str = "auto"
    compute_type: str = "default"
    threads: int = 0
    workers: int = 1
    together: int = 8
    beam_size: int = 5
    best_of: int = 5
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    compression_ratio_threshold: float = LOOPING_RATIO
    log_prob_threshold: float = -1.0
    no_speech_threshold: float = 0.6
    condition_on_previous_text: bool = True
    short_windows: bool = False
    voice_edges: bool = True

    def identity(self) -> dict[str, str | int | float | bool | None]:
        """What the text depends on, as plain values: what a transcript records."""
        values = dataclasses.asdict(self)
        del values["threads"], values["workers"], values["together"]
        return {**values, "temperatures": " ".join(str(temperature) for temperature in self.temperatures)}


@dataclass(frozen=True, slots=True)
class Engine:
    """A loaded model. ``sampler`` gives it once more, with a fresh random state, for as long as one window needs."""

    model: Any
    sampler: Callable[[], AbstractContextManager[Any]]
    options: RecogniserOptions

    def encode(self, windows: Sequence[Features]) -> list[Encoded]:
        """The encoder output for windows of float32 [bands, frames], all of one length.

        A processor is faster one by one (attention of several windows leaves its caches), a GPU with all at once.
        """
        size = 1 if self.model.device == "cpu" else len(windows)
        chunks = (windows[start : start + size] for start in range(0, len(windows), size))
        return [encoded for chunk in chunks for encoded in _plain(self.model.encode(_storage(chunk), to_cpu=True))]

    def languages(self, encoded: Encoded) -> list[tuple[str, float]]:
        """Language codes and probabilities, best first."""
        found = self.model.detect_language(_storage([encoded]))[0]
        return [(token.strip("<|>"), probability) for token, probability in found]

    def align(self, encoded: Sequence[Encoded], tokenizer: Any, texts: list[list[int]], frames: list[int]) -> list[Any]:
        """Where each token of a window's text is heard in its first so many feature frames.

        One by one: beside others, CTranslate2's times move by a frame. Together they would not be found faster.
        """
        return [
            self.model.align(
                _storage([window]), tokenizer.sot_sequence, [text], size, median_filter_width=MEDIAN_FILTER
            )[0]
            for window, text, size in zip(encoded, texts, frames, strict=True)
        ]

    def hear(self, encoded: Sequence[Encoded], prompts: list[list[int]], tokenizer: Any) -> list[Heard]:
        """The text of windows: by beam search, and by sampling while the text looks wrong.

        The prompts have one length.
        """
        first = self.hear_once(encoded, prompts, tokenizer)
        return [
            self._hear_again(encoded[place], prompts[place], tokenizer, heard) if self._unfit(heard) else heard
            for place, heard in enumerate(first)
        ]

    def hear_once(self, encoded: Sequence[Encoded], prompts: list[list[int]], tokenizer: Any) -> list[Heard]:
        """The text of windows by the first temperature alone."""
        temperature = self.options.temperatures[0]
        results = self._generate(self.model, encoded, prompts, temperature, tokenizer)
        return [self._judged(result, temperature, tokenizer) for result in results]

    def _hear_again(self, encoded: Encoded, prompt: list[int], tokenizer: Any, first: Heard) -> Heard:
        """The first answer at a higher temperature that is fit; the most probable of all when none is."""
        attempts = [first]
        hotter = self.options.temperatures[1:]
        with self.sampler() if hotter else nullcontext() as sampler:
            for temperature in hotter:
                result = self._generate(sampler, [encoded], [prompt], temperature, tokenizer)[0]
                attempts.append(self._judged(result, temperature, tokenizer))
                if not self._unfit(attempts[-1]):
                    return attempts[-1]
        calm = [
            attempt for attempt in attempts if attempt.compression_ratio <= self.options.compression_ratio_threshold
        ]
        return max(calm or attempts, key=lambda attempt: attempt.average_log_prob)

    def suspicious(self, heard: Heard) -> bool:
        """Whether an answer asks for another try: silence, no text, repetition, or improbable text."""
        return heard.silent or len(heard.tokens) < LEAST_TOKENS or self._unfit(heard)

    def _generate(
        self, model: Any, encoded: Sequence[Encoded], prompts: list[list[int]], temperature: float, tokenizer: Any
    ) -> list[Any]:
        options = self.options
        search = (
            {"beam_size": 1, "num_hypotheses": options.best_of, "sampling_topk": 0, "sampling_temperature": temperature}
            if temperature > 0
            else {"beam_size": options.beam_size}
        )
        results: list[Any] = model.generate(
            _storage(encoded),
            prompts,
            max_length=LONGEST_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=_suppressed(tokenizer),
            max_initial_timestamp_index=LATEST_START,
            **search,
        )
        return results

    def _judged(self, result: Any, temperature: float, tokenizer: Any) -> Heard:
        tokens = list(result.sequences_ids[0])
        # The score is the mean over the tokens; Whisper's average also counts the end token.
        average = result.scores[0] * len(tokens) / (len(tokens) + 1)
        text = tokenizer.decode(tokens).strip().encode()
        quiet = result.no_speech_prob > self.options.no_speech_threshold
        return Heard(
            tokens=tokens,
            average_log_prob=average,
            no_speech_probability=result.no_speech_prob,
            compression_ratio=len(text) / len(zlib.compress(text)),
            temperature=temperature,
            silent=quiet and average <= self.options.log_prob_threshold,
        )

    def _unfit(self, heard: Heard) -> bool:
        """Whether another attempt is due: the text repeats itself or is improbable, and it is not silence."""
        improbable = heard.average_log_prob < self.options.log_prob_threshold
        return not heard.silent and (improbable or heard.compression_ratio > self.options.compression_ratio_threshold)


def _storage(arrays: Sequence[npt.NDArray[np.float32]]) -> Any:
    stacked = arrays[0][np.newaxis] if len(arrays) == 1 else np.stack(arrays)  # one is not copied
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(stacked, dtype=np.float32))


def _plain(encoded: Any) -> Encoded:
    """An encoder output as float32 [windows, frames / 2, width], whatever the model computes in."""
    return np.array(encoded.to(ctranslate2.DataType.float32))


def _suppressed(tokenizer: Any) -> list[int]:
    """Tokens that are no speech: signs that nobody says, and the model's own marks."""
    marks = (
        tokenizer.transcribe,
        tokenizer.translate,
        tokenizer.sot,
        tokenizer.sot_prev,
        tokenizer.sot_lm,
        tokenizer.no_speech,
    )
    return sorted({*tokenizer.non_speech_tokens, *(mark for mark in marks if mark is not None)})
