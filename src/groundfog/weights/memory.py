"""How much memory a model needs, and how much this machine gives. All numbers are estimates, in bytes.

The engine that loads a model and `groundfog models`, which only knows the table, count with the same functions.
"""

from __future__ import annotations

import dataclasses

from groundfog.weights import machine

OVERHEAD = 300 * 1024 * 1024
"""Process, libraries and compute buffers of a host."""
SHARE = 0.8
"""Part of the machine's (or container's) memory that loaded models may take together when nothing is configured."""
CACHE_SHARE = 0.25
"""Part of that which one model's keys and values may take when nobody says how large they shall be."""
SMALLEST_CONTEXT = 2048
"""Less context than this is not given up for memory (tokens)."""
MOST_SLOTS = 8
PADDING = 256
"""llama.cpp rounds the cells of a slot up to this number."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cache:
    """Keys and values of a loaded text model: `slots` requests at once, of up to `context` tokens each."""

    context: int
    slots: int
    bytes: int

    @property
    def cells(self) -> int:
        """Tokens of one slot, as they are allocated."""
        return padded(self.context)


def cache(
    token_bytes: int,
    window: int,
    weights: int,
    *,
    context: int | None = None,
    slots: int | None = None,
    most: int | None = None,
) -> Cache:
    """What `context` and `slots` ask for; where they are None, what fits into a share of the memory.

    `token_bytes` is what one token takes over all layers, `window` what the model can use, `most` as for `limit`.
    Without wishes the whole window is given to as many slots as there is room for; what one slot cannot have is given
    up in tokens.
    """
    whole = limit(most)
    room = max(0, min(int(whole * CACHE_SHARE), whole - weights - OVERHEAD))
    if slots is None:
        slots = room // max(1, token_bytes * padded(context or window))
        slots = min(max(slots, 1), max(4, machine.processors()), MOST_SLOTS)
    if context is None:
        fitting = room // max(1, token_bytes * slots) // PADDING * PADDING
        context = min(window, max(fitting, SMALLEST_CONTEXT))
    return Cache(context, slots, token_bytes * padded(context) * slots)


def needed(weights: int, cache_bytes: int = 0) -> int:
    """Of one loaded model."""
    return weights + cache_bytes + OVERHEAD


def limit(configured: int | None) -> int:
    """What loaded models may take together."""
    if configured is not None:
        return configured
    return int(machine.memory_bytes() * SHARE)


def padded(tokens: int) -> int:
    return -(-tokens // PADDING) * PADDING
