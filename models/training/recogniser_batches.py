"""Batches for the recogniser: spectrograms, tokens, where each token is said, characters; made in a process apart.

In: windows (see `windows`). Out: batches of fixed shapes. Whisper's features are padded with zeros after the end of
the recording, which is *louder* than silence: the windows show that, or a model meets it first when it is used. A short
window is given a random place among the 30 s, so that every position is learned from cheap windows. Never trains.
"""

import multiprocessing
import os
import random
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor

from models.training import places
from models.training.recogniser_model import CHARACTERS
from models.training.sentences import add_hashes
from models.training.windows import NOWHERE, Maker, Shards, Tokens, Window

LENGTHS = {8: (12, 72), 30: (4, 224)}  # seconds: windows a batch, tokens a window
ALL_FRAMES, FRAME_MS, HOP_SAMPLES = 1500, 20, 160
SLACK_FRAMES = 1
SHARD_BATCHES = 300  # after so many batches the feed looks for new shards
_NUMBER_OF_CHARACTER = {letter: number for number, letter in enumerate(CHARACTERS)}


@dataclass(frozen=True)
class Batch:
    """What one step learns from: b windows of 2n spectrogram frames (n of the encoder), t + 1 tokens.

    `mel` (b, 80, 2n); `tokens` (b, t + 1), -100: nothing; `spans` (b, t + 1, 2), each token's first and end frame in
    the encoder's output, -1: unknown; `characters` for CTC; `first`, the place of the windows among the 1,500 frames.
    """

    mel: Tensor
    tokens: Tensor
    spans: Tensor
    characters: list[list[int]]
    first: int

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return replace(self, mel=self.mel.to(device), tokens=self.tokens.to(device), spans=self.spans.to(device))


class Spectrogram:
    """Whisper's log-mel spectrogram in torch."""

    def __init__(self) -> None:
        self.filters = torch.tensor(FeatureExtractor().mel_filters).float()
        self.hann = torch.hann_window(400)

    def __call__(self, samples: Tensor, filled: list[int]) -> Tensor:
        """(batch, samples) to (batch, 80, samples / 160); zeros after the `filled` samples of each row."""
        power = torch.stft(samples, 400, HOP_SAMPLES, window=self.hann, return_complex=True)[..., :-1].abs() ** 2
        mel = (self.filters @ power).clamp(min=1e-10).log10()
        mel = (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8) + 4) / 4
        for row, length in enumerate(filled):
            mel[row, :, length // HOP_SAMPLES + 1 :] = 0
        return mel


def mask_parts(mel: Tensor, chance: random.Random) -> None:
    """SpecAugment (Park et al., 2019), lightly: hide a band and two short times in one window of seven."""
    for window in mel:
        if chance.random() < 0.14:
            band = chance.randint(0, 68)
            window[band : band + chance.randint(0, 12)] = 0
            for _ in range(2):
                first = chance.randint(0, mel.shape[2] - 30)
                window[:, first : first + chance.randint(0, 15)] = 0


def collate(windows: list[Window], most_tokens: int, spectrogram: Spectrogram, first: int, tokens_of: Tokens) -> Batch:
    """One batch of fixed shape; a longer sequence is cut without an end token."""
    tokens = torch.full((len(windows), most_tokens + 1), -100)
    spans = torch.full((len(windows), most_tokens + 1, 2), -1)
    for row, window in enumerate(windows):
        kept = window.tokens[: most_tokens + 1]
        tokens[row, : len(kept)] = torch.tensor([token + first * tokens_of.is_time(token) for token in kept])
        for place, span in enumerate(window.spans_ms[: len(kept)]):
            if span != NOWHERE:
                spans[row, place, 0] = max(0, span[0] // FRAME_MS - SLACK_FRAMES)
                spans[row, place, 1] = span[1] // FRAME_MS + 1 + SLACK_FRAMES
    samples = torch.tensor(np.stack([window.samples for window in windows]))
    mel = spectrogram(samples, [window.filled for window in windows])
    return Batch(mel, tokens, spans, [_characters(window.said) for window in windows], first)


def _characters(text: str) -> list[int]:
    letters = (_NUMBER_OF_CHARACTER.get(letter) for letter in text.lower().replace("ё", "е"))
    return [number for number in letters if number is not None]


class Feed:
    """A process that makes batches; `long_share` says how many of them have 30 s windows."""

    def __init__(self, tokenizer: Path, seed: int, long_share: float) -> None:
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(8)
        self.share = context.Value("d", long_share)
        self.process = context.Process(target=_make, args=(tokenizer, seed, self.share, self.queue), daemon=True)
        self.process.start()

    def get(self) -> Batch:
        """The next batch; an error if the process that makes them has died."""
        while True:
            try:
                *arrays, characters, first = self.queue.get(timeout=30)
                mel, tokens, spans = (torch.from_numpy(array) for array in arrays)
                return Batch(mel, tokens, spans, characters, first)
            except Empty:
                if not self.process.is_alive():
                    raise RuntimeError("the process that makes the batches has died") from None


def _make(tokenizer: Path, seed: int, long_share: object, queue: object) -> None:
    """Endless batches."""
    torch.set_num_threads(1)
    os.nice(1)
    tokens, spectrogram, chance, made = Tokens(tokenizer), Spectrogram(), random.Random(seed), 0
    while True:
        if made % SHARD_BATCHES == 0:
            shards = Shards(places.WORK / "speech")
            add_hashes((clip.text for clips in shards.clips.values() for clip in clips), places.RECOGNISER_SEEN)
            maker = Maker(shards, tokens, seed + made)
        seconds = 30 if chance.random() < long_share.value else 8  # type: ignore[attr-defined]
        count, most_tokens = LENGTHS[seconds]
        first = chance.choice((0, chance.randint(0, ALL_FRAMES - 50 * seconds)))
        batch = collate([maker.window(seconds) for _ in range(count)], most_tokens, spectrogram, first, tokens)
        mask_parts(batch.mel, chance)
        queue.put((batch.mel.numpy(), batch.tokens.numpy(), batch.spans.numpy(), batch.characters, batch.first))  # type: ignore[attr-defined]
        made += 1
