"""Train the recogniser on the speech shards, with checkpoints.

In: `speech/*.raw` and `*.jsonl` (see `speech_corpus`). Out: `tokenizer.json` (made once) and `recogniser.pt`, taken up
by the next run, which may have more shards. Windows of 10 s and 30 s alternate, the last phase has 30 s alone, because
inference always looks at 30 s. The loss: cross-entropy over tokens, character CTC on the encoder, and attention of
head 0 of the last decoder layer where the synthesiser said the word was. Never hears a held-back voice.

Run: python -m models.training.recogniser_train --minutes 60
"""

import argparse
import random
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor
from torch.nn import functional

from models.training import places, recogniser_vocabulary
from models.training.masters import Masters, Schedule
from models.training.recogniser_model import BLANK, CHARACTERS, Recogniser, Shape
from models.training.sentences import add_hashes
from models.training.speech_corpus import speakable
from models.training.windows import NOWHERE, Maker, Shards, Tokens, Window

TOKENIZER, CHECKPOINT = "tokenizer.json", "recogniser.pt"
SEEN = "recogniser-seen.bin"  # hashes of every sentence that any run has heard
LENGTHS = {10: (8, 88), 30: (3, 224)}  # seconds: windows a batch, tokens a window
CTC_WEIGHT, GUIDE_WEIGHT, DROPOUT = 0.3, 0.3, 0.05
GUIDE_SLACK_FRAMES = 2
ECHOES = 2  # a batch is learned from twice, with other parts hidden: making one costs time too (Choi et al., 2019)
_NUMBER_OF_CHARACTER = {letter: number for number, letter in enumerate(CHARACTERS)}


@dataclass(frozen=True)
class Batch:
    """Spectrograms, tokens (-100: nothing), first and end frame of each next token (-1: unknown), CTC targets."""

    mel: Tensor
    tokens: Tensor
    frames: Tensor
    characters: list[list[int]]


class Spectrogram:
    """Whisper's log-mel spectrogram in torch."""

    def __init__(self) -> None:
        self.filters = torch.tensor(FeatureExtractor().mel_filters).float()
        self.hann = torch.hann_window(400)

    def __call__(self, samples: Tensor) -> Tensor:
        """(batch, samples) to (batch, 80, samples / 160)."""
        power = torch.stft(samples, 400, 160, window=self.hann, return_complex=True)[..., :-1].abs() ** 2
        mel = (self.filters @ power).clamp(min=1e-10).log10()
        return (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8) + 4) / 4


def mask_parts(mel: Tensor, chance: random.Random) -> None:
    """SpecAugment: hide a band and two short times in three windows of ten."""
    for window in mel:
        if chance.random() < 0.3:
            band = chance.randint(0, 70)
            window[band : band + chance.randint(0, 10)] = 0
            for _ in range(2):
                first = chance.randint(0, mel.shape[2] - 30)
                window[:, first : first + chance.randint(0, 20)] = 0


def collate(windows: list[Window], most_tokens: int, spectrogram: Spectrogram) -> Batch:
    """One batch of fixed shape; a longer sequence is cut without an end token."""
    tokens = torch.full((len(windows), most_tokens + 1), -100)
    frames = torch.full((len(windows), most_tokens, 2), -1)
    for row, window in enumerate(windows):
        kept = window.tokens[: most_tokens + 1]
        tokens[row, : len(kept)] = torch.tensor(kept)
        for place, span in enumerate(window.spans_ms[1 : len(kept)]):
            if span != NOWHERE:
                frames[row, place, 0] = max(0, span[0] // 20 - GUIDE_SLACK_FRAMES)
                frames[row, place, 1] = span[1] // 20 + 1 + GUIDE_SLACK_FRAMES
    characters = [_characters(window.said) for window in windows]
    return Batch(
        spectrogram(torch.tensor(np.stack([window.samples for window in windows]))), tokens, frames, characters
    )


def _characters(text: str) -> list[int]:
    letters = (_NUMBER_OF_CHARACTER.get(letter) for letter in text.lower().replace("ё", "е"))
    return [number for number in letters if number is not None]


def ctc_loss(logits: Tensor, characters: list[list[int]]) -> Tensor:
    """Character CTC over the windows that have text."""
    rows = [row for row, text in enumerate(characters) if text]
    if not rows:
        return logits.sum() * 0.0
    log_probs = logits[rows].float().log_softmax(-1).transpose(0, 1)
    wanted = torch.tensor([number for row in rows for number in characters[row]])
    lengths = torch.full((len(rows),), log_probs.shape[0]), torch.tensor([len(characters[row]) for row in rows])
    return functional.ctc_loss(log_probs, wanted, *lengths, blank=BLANK, zero_infinity=True)


def guide_loss(attention: Tensor, frames: Tensor) -> Tensor:
    """How little of the attention (batch, time, frames) lies where each token was said."""
    known = frames[..., 0] >= 0
    places_ = torch.arange(attention.shape[-1])
    span = frames[known]
    if not len(span):
        return attention.sum() * 0.0
    inside = (places_ >= span[:, :1]) & (places_ < span[:, 1:])
    return -((attention[known] * inside).sum(-1) + 1e-4).log().mean()


def tokenizer_file() -> Path:
    """The tokenizer, learned once from the texts that are spoken."""
    path = places.WORK / TOKENIZER
    if not path.exists():
        russian = [text for share, text in speakable("ru") for _ in range(max(1, round(share)))]
        english = [text for _, text in speakable("en")]
        recogniser_vocabulary.build(russian + random.Random(0).sample(english, len(english) // 8), path)
    return path


class Feed(threading.Thread):
    """Makes batches in the background; `only_long` switches to 30 s windows."""

    def __init__(self, tokens: Tokens, seed: int, long_share: float) -> None:
        super().__init__(daemon=True)
        self.tokens, self.seed, self.long_share = tokens, seed, long_share
        self.queue: Queue[Batch] = Queue(4)

    def run(self) -> None:
        """Endless batches; looks for new shards every 400 batches."""
        spectrogram, chance, made = Spectrogram(), random.Random(self.seed), 0
        while True:
            if made % 400 == 0:
                shards = Shards(places.WORK / "speech")
                add_hashes((clip.text for clips in shards.clips.values() for clip in clips), places.WORK / SEEN)
                maker = Maker(shards, self.tokens, self.seed + made)
            seconds = 30 if chance.random() < self.long_share else 10
            count, most_tokens = LENGTHS[seconds]
            batch = collate([maker.window(seconds) for _ in range(count)], most_tokens, spectrogram)
            for _ in range(ECHOES):
                echo = replace(batch, mel=batch.mel.clone())
                mask_parts(echo.mel, chance)
                self.queue.put(echo)
            made += 1


def losses(network: Recogniser, out: tuple[Tensor, Tensor, Tensor], batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Token cross-entropy, CTC, guide."""
    states, attention, ctc_logits = out
    wanted = batch.tokens[:, 1:]
    keep = wanted != -100
    logits = states[keep] @ network.emb.weight.T
    cross_entropy = functional.cross_entropy(logits.float(), wanted[keep], label_smoothing=0.02)
    return cross_entropy, ctc_loss(ctc_logits, batch.characters), guide_loss(attention[:, 0], batch.frames)


def train(options: argparse.Namespace) -> None:
    """Train for a time budget and leave a checkpoint."""
    torch._dynamo.config.recompile_limit = 64  # one for each shape of each kind of layer
    torch.set_num_threads(options.threads)
    tokens = Tokens(tokenizer_file())
    network = Recogniser(Shape(tokens.tokenizer.get_vocab_size())).bfloat16()
    masters, checkpoint = Masters(network), places.WORK / CHECKPOINT
    if checkpoint.exists():
        masters.resume(checkpoint)
    elif options.start_from:
        left = masters.take(torch.load(options.start_from, weights_only=True))
        print(f"weights taken; {len(left)} tensors start fresh", flush=True)
    feed = Feed(tokens, 1 + masters.step_number, options.long_share)
    feed.start()
    for block in (*network.enc, *network.dec):
        block.compile(dynamic=False)
    schedule, sums, since = Schedule(options.peak, options.minutes, options.falling_share), [0.0] * 3, time.time()
    while schedule.done_share() < 1:
        if schedule.done_share() > 1 - options.long_at_end:
            feed.long_share = 1.0
        batch = feed.queue.get()
        out = network(batch.mel.bfloat16(), batch.tokens[:, :-1].clamp(min=0), DROPOUT)
        parts = losses(network, out, batch)
        (parts[0] + CTC_WEIGHT * parts[1] + GUIDE_WEIGHT * parts[2]).backward()
        masters.step(schedule.rate(masters.step_number))
        sums = [total + float(part.detach()) for total, part in zip(sums, parts, strict=True)]
        if masters.step_number % 50 == 0:
            shown = " ".join(
                f"{name} {total / 50:.3f}" for name, total in zip(("ce", "ctc", "guide"), sums, strict=True)
            )
            print(f"{masters.step_number} {shown} {(time.time() - since) / 50:.2f} s a step", flush=True)
            sums, since = [0.0] * 3, time.time()
        if masters.step_number % 100 == 0:
            masters.save(checkpoint)
    masters.save(checkpoint)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240)
    parser.add_argument("--peak", type=float, default=1.0e-3, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--falling-share", type=float, default=0.3, help="last part of the budget, with a falling rate")
    parser.add_argument("--long-share", type=float, default=0.2, help="share of batches with 30 s windows")
    parser.add_argument(
        "--long-at-end", type=float, default=0.3, help="last part of the budget with 30 s windows alone"
    )
    parser.add_argument(
        "--start-from", help="weights of an earlier model to begin from (its tokenizer.json in the work folder)"
    )
    train(parser.parse_args())
