"""The llama architecture in plain PyTorch: RMSNorm, RoPE, grouped-query attention, SwiGLU, tied embeddings.

Weights are kept in float32 and used in `dtype`; attention is written out, since that is several times faster than the
fused kernel for the short dialogues of this training on a processor.
"""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class Shape:
    vocab: int = 3328
    dim: int = 256
    layers: int = 6
    heads: int = 8
    kv_heads: int = 4
    ff: int = 640
    context: int = 2048
    rope_base: float = 10_000.0
    eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Causal attention of (batch, heads, time, size) over fewer heads of keys and values; `mask` is added."""
    batch, heads, time, size = q.shape
    kv = k.shape[1]
    scores = (q.reshape(batch, kv, -1, size) @ k.transpose(-1, -2)).view(batch, kv, -1, time, time)
    shares = torch.softmax(scores * size**-0.5 + mask, -1).view(batch, kv, -1, time)
    return (shares @ v).view(batch, heads, time, size)


def fused_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same by torch's kernel, which does not keep the scores: for CUDA."""
    return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)


class Block(nn.Module):
    """One layer. The first half of a head's numbers turns with the second half (export puts them into pairs)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        kv = shape.kv_heads * shape.head_dim
        self.shape = shape
        self.attention_norm = nn.Parameter(torch.ones(shape.dim))
        self.q = nn.Parameter(torch.empty(shape.dim, shape.dim))
        self.k = nn.Parameter(torch.empty(kv, shape.dim))
        self.v = nn.Parameter(torch.empty(kv, shape.dim))
        self.o = nn.Parameter(torch.empty(shape.dim, shape.dim))
        self.ffn_norm = nn.Parameter(torch.ones(shape.dim))
        self.gate = nn.Parameter(torch.empty(shape.ff, shape.dim))
        self.up = nn.Parameter(torch.empty(shape.ff, shape.dim))
        self.down = nn.Parameter(torch.empty(shape.dim, shape.ff))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """`x` is (batch, time, dim); `mask` is added to the scores."""
        batch, time, dim = x.shape
        heads, kv, size = self.shape.heads, self.shape.kv_heads, self.shape.head_dim
        h = self._norm(x, self.attention_norm)
        mixed = F.linear(h, torch.cat((self.q, self.k, self.v)).to(x.dtype))
        mixed = mixed.view(batch, time, heads + 2 * kv, size).transpose(1, 2)
        turned, v = mixed[:, : heads + kv], mixed[:, heads + kv :]
        first, second = turned.chunk(2, -1)
        turned = torch.cat((first * cos - second * sin, first * sin + second * cos), -1)
        q, k = turned[:, :heads], turned[:, heads:]
        seen = fused_attention(q, k, v) if x.is_cuda else attention(q, k, v, mask)
        seen = seen.transpose(1, 2).reshape(batch, time, dim)
        x = x + F.linear(seen, self.o.to(x.dtype))
        h = self._norm(x, self.ffn_norm)
        gate, up = F.linear(h, torch.cat((self.gate, self.up)).to(x.dtype)).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, self.down.to(x.dtype))

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, weight.shape, weight.to(x.dtype), self.shape.eps)


class ChatModel(nn.Module):
    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__()
        self.shape = shape
        self.dtype = dtype
        self.embedding = nn.Parameter(torch.empty(shape.vocab, shape.dim))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.dim))
        steps = torch.arange(0, shape.head_dim, 2).float() / shape.head_dim
        angles = torch.outer(torch.arange(shape.context).float(), shape.rope_base**-steps)
        self.register_buffer("cos", angles.cos().to(dtype), persistent=False)
        self.register_buffer("sin", angles.sin().to(dtype), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                scale = 0.02 if name == "embedding" else parameter.shape[1] ** -0.5
                if name.endswith((".o", ".down")):
                    scale /= (2 * shape.layers) ** 0.5
                nn.init.normal_(parameter, std=scale)

    @torch.no_grad()
    def begin_alike(self, twins: list[tuple[int, int]]) -> None:
        """Let each second token of the pairs begin as the first one and a shift that all pairs share."""
        firsts, seconds = (torch.tensor(side) for side in zip(*twins, strict=True))
        self.embedding[seconds] = self.embedding[firsts] + torch.randn(self.shape.dim) * 0.02

    def hidden(self, tokens: Tensor) -> Tensor:
        """(batch, time) token ids to (batch, time, dim), normed."""
        return self.states(tokens)[-1]

    def states(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """What half of the layers make of the tokens, all but three, but two, but one, and all; normed."""
        time = tokens.shape[1]
        mask = torch.full((time, time), float("-inf"), dtype=self.dtype, device=tokens.device).triu(1)
        x = F.embedding(tokens, self.embedding).to(self.dtype)
        after: list[Tensor] = []
        for block in self.blocks:
            x = block(x, self.cos[:time], self.sin[:time], mask)
            after.append(x)
        size, eps = self.norm.shape, self.shape.eps
        last = F.rms_norm(x, size, self.norm.to(x.dtype), eps)
        half, early, nearly, late = (
            F.rms_norm(after[max(0, place)], size, None, eps)
            for place in (len(after) // 2 - 1, len(after) - 4, len(after) - 3, len(after) - 2)
        )
        return half, early, nearly, late, last

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.embedding.to(hidden.dtype)).float()

    @torch.no_grad()
    def write(self, tokens: list[int], stop: int, limit: int = 64) -> list[int]:
        """Greedy continuation; for a look during training only."""
        start = len(tokens)
        for _ in range(limit):
            ids = torch.tensor([tokens], device=self.embedding.device)
            nearest = int(self.logits(self.hidden(ids)[:, -1]).argmax(-1))
            if nearest == stop:
                break
            tokens = [*tokens, nearest]
        return tokens[start:]
