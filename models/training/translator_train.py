"""Train the translator on `pairs.tsv`, with checkpoints.

In: the work folder's pairs (see `pairs`). Out: `pieces.model` (SentencePiece, made once) and `translator.pt`, taken up
again by the next run, which may have new pairs. The loss is cross-entropy with label smoothing, plus the guided head's
share: its attention should lie on the words that `links` found. Never reads a held-back pair.

Run: python -m models.training.translator_train --minutes 60
"""

import argparse
import shutil
import threading
import time
from pathlib import Path
from queue import Queue

import sentencepiece as spm
import torch
from torch import Tensor
from torch.nn import functional

from models.training import places
from models.training.links import link, words_of
from models.training.masters import DEVICE, Masters, Schedule
from models.training.pairs import Pair, read_pairs
from models.training.sentences import add_hashes
from models.training.shipped import training_weights
from models.training.translator_batches import BEGIN, END, Batch, Encoder, Links, batches, pieces_of_words
from models.training.translator_export import specification
from models.training.translator_model import Shape, Translator

GUIDE_WEIGHT, SMOOTHING = 0.3, 0.1


def train_pieces(pairs: list[Pair], path: Path) -> None:
    """Learn the shared pieces; marks, digits and rare letters stay in the alphabet."""
    lines = [
        text
        for pair in pairs
        if pair.source != "patterns"
        for text in (pair.russian, pair.english)
        for _ in range(1 + (pair.weight > 1))
    ]
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(path.with_suffix("")),
        vocab_size=Shape.vocabulary,
        model_type="unigram",
        character_coverage=0.9999,
        pad_id=0,
        bos_id=BEGIN,
        eos_id=END,
        unk_id=3,
        split_digits=True,
        num_threads=2,
        minloglevel=2,
        normalization_rule_name="nmt_nfkc",
    )


def embeddings(pairs: list[Pair], links: Links, encoder: Encoder) -> Tensor:
    """Unit vectors (pieces, width): positive mutual information of linked and of neighbouring pieces, reduced.

    Levy and Goldberg (2014) for one language; links between the languages make it one space for both.
    """
    size = Shape.vocabulary
    linked, near = torch.zeros(size, size), torch.zeros(size, size)
    for pair, found in zip(pairs, links, strict=True):
        left, left_places = encoder.pieces(pair.russian, sampled=False)
        right, right_places = encoder.pieces(pair.english, sampled=False)
        left_words = pieces_of_words(words_of(pair.russian), left_places)
        right_words = pieces_of_words(words_of(pair.english), right_places)
        cells = [(left[s], right[t]) for i, j in found for s in left_words[i] for t in right_words[j]]
        rows, columns = torch.tensor(cells, dtype=torch.long).reshape(-1, 2).T
        linked.index_put_((rows, columns), torch.ones(len(rows)), accumulate=True)
        for side in (left, right):
            whole = torch.tensor(side)
            for step in (1, 2):
                near.index_put_(
                    (whole[:-step], whole[step:]), torch.full((max(0, len(side) - step),), 1.0 / step), accumulate=True
                )
    together = 1.5 * _mutual_information(linked + linked.T) + 0.5 * _mutual_information(near + near.T)
    vectors, strengths, _ = torch.svd_lowrank(together, q=Shape.width, niter=3)
    found_vectors = vectors * strengths.sqrt()
    norms = found_vectors.norm(dim=1, keepdim=True)
    random_vectors = functional.normalize(torch.randn(size, Shape.width), dim=1)
    return torch.where(norms > 1e-3, 0.9 * found_vectors / norms.clamp(min=1e-3) + 0.3 * random_vectors, random_vectors)


def _mutual_information(counts: Tensor) -> Tensor:
    share = counts / counts.sum()
    alone = share.sum(1, keepdim=True) ** 0.75
    alone = alone / alone.sum()
    return (share / (alone @ alone.T + 1e-12) + 1e-12).log().clamp(min=0)


def losses(network: Translator, states: Tensor, attention: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Cross-entropy over real pieces, and how badly the guided head looks at linked words."""
    keep = batch.wanted != -100
    logits = states[keep] @ network.embedding.weight.T
    loss = functional.cross_entropy(logits.float(), batch.wanted[keep], label_smoothing=SMOOTHING)
    guided = batch.guide.sum(-1) > 0
    mass = (attention * batch.guide[:, None]).sum(-1).transpose(1, 2)[guided]
    return loss, -(mass + 1e-4).log().mean() if len(mass) else loss.new_zeros(())


def shipped_weights(network: Translator) -> dict[str, Tensor]:
    """The weights of the model that ships, to train on from."""
    shapes = {name: tuple(weight.shape) for name, weight in network.named_parameters()}
    pieces = [str(number) for number in range(network.shape.vocabulary)]
    path = places.TRANSLATOR_FOLDER / "model" / "model.bin"
    found = training_weights(path, lambda weights: specification(weights, pieces, network.shape), shapes)
    return {name: torch.from_numpy(value) for name, value in found.items()}


def train(options: argparse.Namespace) -> None:
    """Train for a time budget and leave a checkpoint."""
    torch._dynamo.config.recompile_limit = 64  # one for each shape of each kind of layer
    torch.set_num_threads(options.threads)
    pairs, checkpoint = read_pairs(), places.TRANSLATOR_CHECKPOINT
    go_on = options.go_on and not checkpoint.exists()
    if go_on:
        shutil.copyfile(places.TRANSLATOR_FOLDER / "sentencepiece.model", places.PIECES_MODEL)
        shutil.copyfile(places.TRANSLATOR_FOLDER / "training-hashes.bin", places.TRANSLATOR_SEEN)
    add_hashes((text for pair in pairs for text in (pair.russian, pair.english)), places.TRANSLATOR_SEEN)
    pieces = places.PIECES_MODEL
    if not pieces.exists():
        train_pieces(pairs, pieces)
    links = link([pair.russian for pair in pairs], [pair.english for pair in pairs])
    network = Translator(Shape())
    if not checkpoint.exists() and not go_on:
        network.begin_from(embeddings(pairs, links, Encoder(pieces, seed=0)))
    network.to(DEVICE).bfloat16()
    masters = Masters(network)
    if checkpoint.exists():
        masters.resume(checkpoint)
    elif go_on:
        masters.take(shipped_weights(network))
    for layer in (*network.encoder, *network.decoder):
        layer.compile(dynamic=False)
    queue: Queue[Batch] = Queue(8)
    feed = batches(pairs, links, Encoder(pieces, seed=masters.step_number), options.tokens)
    threading.Thread(target=lambda: [queue.put(batch) for batch in feed], daemon=True).start()
    schedule = Schedule(options.peak, options.minutes, options.falling_share, options.used_minutes)
    sums, since = [0.0, 0.0, 0.0], time.time()
    while schedule.done_share() < 1:
        batch = queue.get().to(DEVICE)
        states, attention = network(batch.source, batch.given)
        loss, guide = losses(network, states, attention, batch)
        (loss + GUIDE_WEIGHT * guide).backward()
        masters.step(schedule.rate(masters.step_number))
        sums = [
            a + b for a, b in zip(sums, (loss.item(), guide.item(), float((batch.wanted != -100).sum())), strict=True)
        ]
        if masters.step_number % 50 == 0:
            speed = sums[2] / (time.time() - since)
            print(
                f"{masters.step_number} loss {sums[0] / 50:.3f} guide {sums[1] / 50:.3f} {speed:.0f} pieces/s",
                flush=True,
            )
            sums, since = [0.0, 0.0, 0.0], time.time()
        if masters.step_number % 250 == 0:
            masters.save(checkpoint)
    masters.save(checkpoint)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240, help="the whole budget, earlier runs included")
    parser.add_argument("--used-minutes", type=float, default=0, help="of it, what earlier runs used")
    parser.add_argument("--go-on", action="store_true", help="without a checkpoint: from the weights that ship")
    parser.add_argument("--peak", type=float, default=1.2e-3, help="highest learning rate")
    parser.add_argument("--tokens", type=int, default=3000, help="target pieces a batch, padding included")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--falling-share", type=float, default=0.3, help="last part of the budget, with a falling rate")
    train(parser.parse_args())
