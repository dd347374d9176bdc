"""The recogniser: Whisper's architecture, small, with a character CTC branch and attention that can be guided.

In: log-mel spectrograms and tokens. Out: encoder memory, decoder states, cross-attention of each head 0.
Layer names follow CTranslate2's `WhisperSpec` where that is possible. Never reads or writes files.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.translator_model import sinusoids

CHARACTERS = " абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyzіїєґ"
BLANK = len(CHARACTERS)


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int
    width: int = 192
    heads: int = 3
    encoder_layers: int = 6
    decoder_layers: int = 2
    mel_bands: int = 80
    frames: int = 1500
    tokens: int = 448


class Attention(nn.Module):
    """Whisper's attention: the key projection has no bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.v, self.o = nn.Linear(width, width), nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """(batch, time, width) to (batch, heads, time, width / heads)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor, causal: bool) -> Tensor:
        """Self-attention, (batch, time, width) in and out.

        Written out for the encoder: compiled, it is twice as fast on a processor as torch's own fused attention.
        """
        query, key, value = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        if causal:
            mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        else:
            mixed = ((query / math.sqrt(query.shape[-1])) @ key.transpose(-1, -2)).softmax(-1) @ value
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out

    def led(self, x: Tensor, memory: Tensor, target: Tensor, lead: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the attention of head 0 (batch, time, memory time).

        Where `target` says where head 0 should look (its row sums to 1), `lead` 1 makes it look there, 0 lets it
        look where it wants to. The attention that is returned is always its own.
        """
        query, key, value = self.split(self.q(x)), self.split(self.k(memory)), self.split(self.v(memory))
        weights = ((query @ key.transpose(-1, -2)).float() / math.sqrt(query.shape[-1])).softmax(-1)
        own = weights[:, 0]
        share = lead * target.sum(-1, keepdim=True)
        shown = torch.cat([((1 - share) * own + lead * target)[:, None], weights[:, 1:]], 1)
        mixed = shown.to(value.dtype) @ value
        return self.o(mixed.transpose(1, 2).flatten(2)), own


class Block(nn.Module):
    """One layer of the encoder, or (with `cross`) of the decoder; `compile()` it alone: layers share the result."""

    def __init__(self, shape: Shape, cross: bool) -> None:
        super().__init__()
        width = shape.width
        self.attn, self.ln1, self.ln2 = Attention(width, shape.heads), nn.LayerNorm(width), nn.LayerNorm(width)
        if cross:
            self.cattn, self.lnc = Attention(width, shape.heads), nn.LayerNorm(width)
        self.f1, self.f2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self, x: Tensor, memory: Tensor | None = None, target: Tensor | None = None, lead: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, time, width) in and out; with `memory`, a decoder layer, and its head 0's cross-attention."""
        x, weights = x + self.attn(self.ln1(x), causal=memory is not None), x
        if memory is not None and target is not None and lead is not None:
            y, weights = self.cattn.led(self.lnc(x), memory, target, lead)
            x = x + y
        return x + self.f2(functional.gelu(self.f1(self.ln2(x)))), weights


class Recogniser(nn.Module):
    """Spectrogram to text, as Whisper does it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.c1 = nn.Conv1d(shape.mel_bands, width, 3, padding=1)
        self.c2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(shape.frames, width))
        self.enc = nn.ModuleList([Block(shape, cross=False) for _ in range(shape.encoder_layers)])
        self.eln = nn.LayerNorm(width)
        self.emb = nn.Embedding(shape.vocabulary, width)
        nn.init.normal_(self.emb.weight, std=0.02)
        self.dpos = nn.Parameter(torch.randn(shape.tokens, width) * 0.01)
        self.dec = nn.ModuleList([Block(shape, cross=True) for _ in range(shape.decoder_layers)])
        self.dln = nn.LayerNorm(width)
        self.ctc = nn.Linear(width, BLANK + 1)

    def encode(self, mel: Tensor, first: int = 0) -> Tensor:
        """(batch, bands, 2n) to (batch, n, width); a spectrogram of less than 30 s lies at position `first`."""
        x = functional.gelu(self.c2(functional.gelu(self.c1(mel)))).transpose(1, 2)
        x = x + self.positions[first : first + x.shape[1]]
        for block in self.enc:
            x, _ = block(x)
        memory: Tensor = self.eln(x)
        return memory

    def decode(
        self, memory: Tensor, tokens: Tensor, targets: list[Tensor], lead: Tensor
    ) -> tuple[Tensor, list[Tensor]]:
        """States (batch, time, width) and each layer's head 0 (batch, time, frames); a target for each layer."""
        x, heads = self.emb(tokens) + self.dpos[: tokens.shape[1]], []
        for block, target in zip(self.dec, targets, strict=True):
            x, weights = block(x, memory, target, lead)
            heads.append(weights)
        return self.dln(x), heads
