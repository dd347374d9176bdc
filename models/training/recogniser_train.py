"""Train the recogniser on the speech shards, with checkpoints.

In: `speech/*.raw` and `*.jsonl` (see `speech_corpus`). Out: `tokenizer.json` (made once) and `recogniser.pt`, taken up
by the next run, which may have more shards. The loss: cross-entropy over tokens, character CTC on the encoder, and
attention where the synthesiser said the word was: head 0 of the first decoder layer looks where the last token was
said, head 0 of the last layer where the next one is. At first both are *led* there (the truth stands in for their
attention), so that the decoder learns to read the encoder long before it knows where to look; then they are let go.
Never hears a held-back voice.

Run: python -m models.training.recogniser_train --minutes 60
"""

import argparse
import random
import shutil
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from models.training import places, recogniser_vocabulary
from models.training.masters import DEVICE, Masters, Schedule
from models.training.recogniser_batches import Batch, Feed
from models.training.recogniser_export import specification
from models.training.recogniser_model import BLANK, Recogniser, Shape
from models.training.shipped import training_weights
from models.training.speech_corpus import speakable
from models.training.windows import Tokens

CTC_WEIGHT, GUIDE_WEIGHT = 0.3, 0.2
LED_UNTIL, LET_GO_AT = 0.05, 0.30  # shares of the budget: all batches are led before the first, none after the second


def ctc_loss(logits: Tensor, characters: list[list[int]]) -> Tensor:
    """Character CTC over those windows of the first half that have text: it is dear, and half is enough."""
    rows = [row for row, text in enumerate(characters[: len(characters) // 2]) if text]
    if not rows:
        return logits.sum() * 0.0
    log_probs = logits[rows].float().log_softmax(-1).transpose(0, 1)
    wanted = torch.tensor([number for row in rows for number in characters[row]])
    lengths = torch.full((len(rows),), log_probs.shape[0]), torch.tensor([len(characters[row]) for row in rows])
    return functional.ctc_loss(log_probs, wanted, *lengths, blank=BLANK, zero_infinity=True)


def said_where(spans: Tensor, frames: int) -> Tensor:
    """First and end frames (batch, time, 2) as even weights (batch, time, frames); a row of zeros where unknown."""
    places_ = torch.arange(frames, device=spans.device)
    inside = ((places_ >= spans[..., :1]) & (places_ < spans[..., 1:])).float()
    return inside / inside.sum(-1, keepdim=True).clamp(min=1)


def guide_loss(attention: Tensor, target: Tensor) -> Tensor:
    """How little of the attention (batch, time, frames) lies where each token was said."""
    known = target.sum(-1) > 0
    if not known.any():
        return attention.sum() * 0.0
    return -((attention[known] * (target[known] > 0)).sum(-1) + 1e-4).log().mean()


def losses(network: Recogniser, batch: Batch, lead: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Token cross-entropy, CTC, and the guide of each decoder layer."""
    memory = network.encode(batch.mel.bfloat16(), batch.first)
    where = said_where(batch.spans, memory.shape[1])
    targets = [where[:, :-1], where[:, 1:]]
    given = batch.tokens[:, :-1].clamp(min=0)
    states, attention = network.decode(memory, given, targets, memory.new_tensor(lead, dtype=torch.float32))
    wanted = batch.tokens[:, 1:]
    keep = wanted != -100
    logits = states[keep] @ network.emb.weight.T
    cross_entropy = functional.cross_entropy(logits.float(), wanted[keep], label_smoothing=0.02)
    first, last = (guide_loss(*pair) for pair in zip(attention, targets, strict=True))
    return cross_entropy, ctc_loss(network.ctc(memory), batch.characters), first, last


def tokenizer_file() -> Path:
    """The tokenizer, learned once from the texts that are spoken."""
    path = places.TOKENIZER
    if not path.exists():
        russian = [text for share, text in speakable("ru") for _ in range(max(1, round(share)))]
        english = [text for _, text in speakable("en")]
        recogniser_vocabulary.build(russian + random.Random(0).sample(english, len(english) // 8), path)
    return path


def shipped_weights(network: Recogniser) -> dict[str, Tensor]:
    """The weights of the model that ships, to train on from; the CTC branch, which does not ship, starts fresh."""
    shapes = {name: tuple(weight.shape) for name, weight in network.named_parameters()}
    tokens = recogniser_vocabulary.vocabulary(places.TOKENIZER)
    path = places.RECOGNISER_FOLDER / "model.bin"
    found = training_weights(path, lambda weights: specification(weights, tokens, [[1, 0]]), shapes)
    return {name: torch.from_numpy(value) for name, value in found.items()}


def led_share(done: float) -> float:
    """How many of the batches are led when `done` of the budget is used."""
    return min(1.0, max(0.0, (LET_GO_AT - done) / (LET_GO_AT - LED_UNTIL)))


def long_share(done: float) -> float:
    """How many of the batches have 30 s windows: few, for they cost twice as much a second; more at the end."""
    return 0.6 if done > 0.85 else 0.25 if done > 0.5 else 0.1


def train(options: argparse.Namespace) -> None:
    """Train for a time budget and leave a checkpoint."""
    torch._dynamo.config.recompile_limit = 64  # one for each shape of each kind of layer
    torch.set_num_threads(options.threads)
    checkpoint = places.RECOGNISER_CHECKPOINT
    go_on = options.go_on and not checkpoint.exists()
    if go_on:
        shutil.copyfile(places.RECOGNISER_FOLDER / "tokenizer.json", places.TOKENIZER)
        shutil.copyfile(places.RECOGNISER_FOLDER / "training-hashes.bin", places.RECOGNISER_SEEN)
    tokens = Tokens(tokenizer_file())
    network = Recogniser(Shape(tokens.tokenizer.get_vocab_size())).to(DEVICE).bfloat16()
    masters = Masters(network)
    if checkpoint.exists():
        masters.resume(checkpoint)
    elif go_on:
        masters.take(shipped_weights(network))
    chance = random.Random(masters.step_number)
    feed = Feed(places.TOKENIZER, 1 + masters.step_number, 0.0)
    for block in (*network.enc, *network.dec):
        block.compile(dynamic=False)
    schedule = Schedule(options.peak, options.minutes, options.falling_share, options.used_minutes)
    sums, since = [0.0] * 4, time.time()
    while (done := schedule.done_share()) < 1:
        feed.share.value = long_share(done)
        parts = losses(network, feed.get().to(DEVICE), float(chance.random() < led_share(done)))
        (parts[0] + CTC_WEIGHT * parts[1] + GUIDE_WEIGHT * (parts[2] + parts[3])).backward()
        masters.step(schedule.rate(masters.step_number))
        sums = [total + float(part.detach()) for total, part in zip(sums, parts, strict=True)]
        if masters.step_number % 50 == 0:
            shown = " ".join(
                f"{name} {total / 50:.3f}" for name, total in zip(("ce", "ctc", "at", "next"), sums, strict=True)
            )
            print(f"{masters.step_number} {shown} {(time.time() - since) / 50:.2f} s {done:.2f}", flush=True)
            sums, since = [0.0] * 4, time.time()
        if masters.step_number % 200 == 0:
            masters.save(checkpoint)
    masters.save(checkpoint)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240, help="the whole budget, earlier runs included")
    parser.add_argument("--used-minutes", type=float, default=0, help="of it, what earlier runs used")
    parser.add_argument("--go-on", action="store_true", help="without a checkpoint: from the weights that ship")
    parser.add_argument("--peak", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--falling-share", type=float, default=0.4, help="last part of the budget, with a falling rate")
    train(parser.parse_args())
