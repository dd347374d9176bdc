"""The translator: a small pre-norm Transformer with one guided attention layer.

In: piece numbers. Out: decoder states (score them with the shared embedding) and the attention of the guided layer.
Never reads or writes files. Its layout is CTranslate2's `TransformerSpec` (pre-norm, ReLU, shared embedding).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `guided_layer` is the decoder layer whose attention learns the word links."""

    vocabulary: int = 6000
    width: int = 256
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 2
    guided_layer: int = 1
    positions: int = 1024  # as many as a long sentence can have pieces; they are computed, not learned


def sinusoids(positions: int, width: int) -> Tensor:
    """Position encodings (positions, width): sines, then cosines, as CTranslate2 expects them."""
    rate = torch.exp(-math.log(10000) / (width // 2 - 1) * torch.arange(width // 2).float())
    angle = torch.arange(positions).float()[:, None] * rate[None]
    return torch.cat([angle.sin(), angle.cos()], 1)


class Attention(nn.Module):
    """Multi-head attention with one matrix for keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.keys_values = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None, causal: bool = False) -> Tensor:
        """(batch, time, width) in and out; `mask` is True where memory may be read."""
        query, key, value = self._split(x, memory)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
        return self._join(mixed)

    def with_weights(self, x: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the attention (batch, heads, time, memory time)."""
        query, key, value = self._split(x, memory)
        logits = (query @ key.transpose(-1, -2)).float() / math.sqrt(query.shape[-1])
        weights = logits.masked_fill(~mask, -1e4).softmax(-1)
        return self._join(weights.to(value.dtype) @ value), weights

    def _split(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, time, width = x.shape
        query = self.query(x).view(batch, time, self.heads, -1).transpose(1, 2)
        both = self.keys_values(memory).view(batch, memory.shape[1], 2, self.heads, width // self.heads)
        key, value = both.permute(2, 0, 3, 1, 4)
        return query, key, value

    def _join(self, mixed: Tensor) -> Tensor:
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out


class Layer(nn.Module):
    """One encoder layer, or (with `cross`) one decoder layer; `compile()` it alone: layers share the result."""

    def __init__(self, shape: Shape, cross: bool) -> None:
        super().__init__()
        width = shape.width
        self.norm_self, self.attention = nn.LayerNorm(width), Attention(width, shape.heads)
        if cross:
            self.norm_cross, self.cross = nn.LayerNorm(width), Attention(width, shape.heads)
        self.norm_feed = nn.LayerNorm(width)
        self.feed_in, self.feed_out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self, x: Tensor, mask: Tensor, memory: Tensor | None = None, guided: bool = False
    ) -> tuple[Tensor, Tensor]:
        """(batch, time, width) in and out, and the cross-attention if `guided`; with `memory`, a decoder layer."""
        y, weights = self.norm_self(x), x
        own = self.attention(y, y, None if memory is not None else mask, causal=memory is not None)
        x = x + own
        if memory is not None:
            y = self.norm_cross(x)
            if guided:
                y, weights = self.cross.with_weights(y, memory, mask)
            else:
                y = self.cross(y, memory, mask)
            x = x + y
        return x + self.feed_out(functional.relu(self.feed_in(self.norm_feed(x)))), weights


class Translator(nn.Module):
    """Russian pieces in, English decoder states out; one embedding serves both sides and the output."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embedding.weight, std=shape.width**-0.5)
        self.register_buffer("positions", sinusoids(shape.positions, shape.width))
        self.encoder = nn.ModuleList([Layer(shape, cross=False) for _ in range(shape.encoder_layers)])
        self.decoder = nn.ModuleList([Layer(shape, cross=True) for _ in range(shape.decoder_layers)])
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)

    def begin_from(self, embeddings: Tensor) -> None:
        """Begin with embeddings in which translations lie close, and with cross-attention that hands them through.

        Then a decoder that looks at the right word already prefers its translation: hours are saved.
        """
        with torch.no_grad():
            self.embedding.weight.copy_(embeddings)
            for layer in self.decoder:
                width = self.shape.width
                layer.cross.keys_values.weight[width:].copy_(torch.eye(width))
                layer.cross.out.weight.copy_(torch.eye(width) + 0.02 * torch.randn(width, width))

    def embed(self, pieces: Tensor) -> Tensor:
        """Embeddings scaled as in the paper, plus positions."""
        embedded: Tensor = self.embedding(pieces) * math.sqrt(self.shape.width)
        return embedded + self.positions[: pieces.shape[1]]

    def encode(self, source: Tensor, mask: Tensor) -> Tensor:
        """Source pieces (batch, time) to memory (batch, time, width)."""
        x = self.embed(source)
        for layer in self.encoder:
            x, _ = layer(x, mask)
        memory: Tensor = self.encoder_norm(x)
        return memory

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """States (batch, target time, width) and guided attention (batch, heads, target time, source time)."""
        mask = (source != 0)[:, None, None, :]
        memory = self.encode(source, mask)
        x = self.embed(target)
        guided = memory.new_zeros(())
        for number, layer in enumerate(self.decoder):
            x, weights = layer(x, mask, memory, number == self.shape.guided_layer)
            guided = weights if number == self.shape.guided_layer else guided
        return self.decoder_norm(x), guided
