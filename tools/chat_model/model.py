"""The llama architecture in plain PyTorch: RMSNorm, RoPE, grouped-query attention, SwiGLU, tied embeddings."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class Shape:
    vocab: int = 4096
    dim: int = 256
    layers: int = 8
    heads: int = 8
    kv_heads: int = 4
    ff: int = 640
    context: int = 2048
    rope_base: float = 10_000.0
    eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE on pairs of neighbours, as in llama.cpp's `llama`. `x` is (batch, heads, time, head_dim)."""
    even, odd = x[..., ::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        kv = shape.kv_heads * shape.head_dim
        self.shape = shape
        self.attention_norm = nn.RMSNorm(shape.dim, eps=shape.eps)
        self.q = nn.Linear(shape.dim, shape.dim, bias=False)
        self.k = nn.Linear(shape.dim, kv, bias=False)
        self.v = nn.Linear(shape.dim, kv, bias=False)
        self.o = nn.Linear(shape.dim, shape.dim, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.dim, eps=shape.eps)
        self.gate = nn.Linear(shape.dim, shape.ff, bias=False)
        self.up = nn.Linear(shape.dim, shape.ff, bias=False)
        self.down = nn.Linear(shape.ff, shape.dim, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, time, dim = x.shape
        h = self.attention_norm(x)

        def split(value: Tensor, heads: int) -> Tensor:
            return value.view(batch, time, heads, -1).transpose(1, 2)

        q = rotate(split(self.q(h), self.shape.heads), cos, sin)
        k = rotate(split(self.k(h), self.shape.kv_heads), cos, sin)
        v = split(self.v(h), self.shape.kv_heads)
        groups = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        mixed = F.scaled_dot_product_attention(q.to(v.dtype), k.to(v.dtype), v, is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).reshape(batch, time, dim))
        h = self.ffn_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class ChatModel(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab, shape.dim)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.dim, eps=shape.eps)
        steps = torch.arange(0, shape.head_dim, 2).float() / shape.head_dim
        angles = torch.outer(torch.arange(shape.context).float(), shape.rope_base**-steps)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                scale = 0.02 if name == "embedding.weight" else parameter.shape[1] ** -0.5
                if name.endswith((".o.weight", ".down.weight")):
                    scale /= (2 * shape.layers) ** 0.5
                nn.init.normal_(parameter, std=scale)

    def hidden(self, tokens: Tensor) -> Tensor:
        """(batch, time) token ids to (batch, time, dim), normed."""
        time = tokens.shape[1]
        cos, sin = self.cos[:time], self.sin[:time]
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, cos, sin)
        hidden: Tensor = self.norm(x)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.embedding.weight)

    @torch.no_grad()
    def write(self, tokens: list[int], stop: int, limit: int = 80) -> list[int]:
        """Greedy continuation; for a look during training only."""
        start = len(tokens)
        for _ in range(limit):
            nearest = self.logits(self.hidden(torch.tensor([tokens]))[:, -1]).argmax(-1).item()
            if nearest == stop:
                break
            tokens = [*tokens, int(nearest)]
        return tokens[start:]
