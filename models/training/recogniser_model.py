"""The recogniser: Whisper's architecture, small, with a character CTC branch and attention that can be guided.

In: log-mel spectrograms and tokens. Out: decoder states, cross-attention of the last layer, CTC logits.
Layer names follow CTranslate2's `WhisperSpec` where that is possible. Never reads or writes files.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.translator_model import sinusoids

CHARACTERS = " абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz"
BLANK = len(CHARACTERS)


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int
    width: int = 192
    heads: int = 3
    encoder_layers: int = 4
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

    def forward(self, x: Tensor, memory: Tensor, causal: bool = False) -> Tensor:
        """(batch, time, width) in and out."""
        mixed = functional.scaled_dot_product_attention(
            self.split(self.q(x)), self.split(self.k(memory)), self.split(self.v(memory)), is_causal=causal
        )
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out

    def with_weights(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the attention (batch, heads, time, memory time)."""
        query, key, value = self.split(self.q(x)), self.split(self.k(memory)), self.split(self.v(memory))
        weights = ((query @ key.transpose(-1, -2)).float() / math.sqrt(query.shape[-1])).softmax(-1)
        mixed = weights.to(value.dtype) @ value
        return self.o(mixed.transpose(1, 2).flatten(2)), weights


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
        self, x: Tensor, drop: float, memory: Tensor | None = None, guided: bool = False
    ) -> tuple[Tensor, Tensor]:
        """(batch, time, width) in and out, and the cross-attention of all heads if `guided`."""
        y, weights = self.ln1(x), x
        x = x + functional.dropout(self.attn(y, y, causal=memory is not None), drop, self.training)
        if memory is not None:
            y = self.lnc(x)
            if guided:
                y, weights = self.cattn.with_weights(y, memory)
            else:
                y = self.cattn(y, memory)
            x = x + functional.dropout(y, drop, self.training)
        return x + functional.dropout(self.f2(functional.gelu(self.f1(self.ln2(x)))), drop, self.training), weights


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

    def encode(self, mel: Tensor, drop: float = 0.0) -> Tensor:
        """(batch, bands, 2n) to (batch, n, width); the spectrogram may be shorter than 30 s."""
        x = functional.gelu(self.c2(functional.gelu(self.c1(mel)))).transpose(1, 2)
        x = x + self.positions[: x.shape[1]]
        for block in self.enc:
            x, _ = block(x, drop)
        memory: Tensor = self.eln(x)
        return memory

    def decode(self, memory: Tensor, tokens: Tensor, drop: float = 0.0) -> tuple[Tensor, Tensor]:
        """States (batch, time, width) and the last layer's attention (batch, heads, time, frames)."""
        x, weights = self.emb(tokens) + self.dpos[: tokens.shape[1]], memory
        last = len(self.dec) - 1
        for number, block in enumerate(self.dec):
            x, weights = block(x, drop, memory, number == last)
        return self.dln(x), weights

    def forward(self, mel: Tensor, tokens: Tensor, drop: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
        """Decoder states, last attention, CTC logits."""
        memory = self.encode(mel, drop)
        states, weights = self.decode(memory, tokens, drop)
        return states, weights, self.ctc(memory)
