"""How large a context and how many slots a model gets on this machine, and the memory that they need."""

from __future__ import annotations

import dataclasses

import psutil

from groundfog.engines.base import LoadOptions
from groundfog.engines.llama_cpp.gguf_header import Header
from groundfog.weights import machine, memory

_DEFAULT_CONTEXT = 4096
"""For a file that does not say what context it was trained with."""
_CACHE_BYTES = 2
"""Bytes per value of the KV cache (f16)."""
_SMALL_MODEL_BYTES = 32 << 20
"""Below this, threads wait for each other longer than they compute."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sizing:
    """`context` is in tokens for one request (prompt and answer); every slot has that many cells, rounded up."""

    context: int
    slots: int
    threads: int
    memory_bytes: int

    @property
    def cells(self) -> int:
        """Of all slots together."""
        return memory.padded(self.context) * self.slots


def choose(header: Header, options: LoadOptions, weights: int, draft: Header | None = None) -> Sizing:
    """What the options ask for; where they ask for nothing, what the catalogue, the file and this machine allow.

    `weights` is the size in bytes of all files that are loaded; a `draft` model has a cache of its own.
    """
    trained = header.context_length or _DEFAULT_CONTEXT
    window = min(options.facts.get("context_window") or trained, trained)
    token_bytes = cache_bytes_per_token(header) + (cache_bytes_per_token(draft) if draft is not None else 0)
    cache = memory.cache(
        token_bytes, window, weights, context=options.context_size, slots=options.slots, most=options.memory_limit
    )
    cores = machine.processors()
    small = header.size < _SMALL_MODEL_BYTES
    threads = options.threads or (1 if small else min(psutil.cpu_count(logical=False) or cores, cores))
    return Sizing(cache.context, cache.slots, threads, memory.needed(weights, cache.bytes))


def cache_bytes_per_token(header: Header) -> int:
    """Bytes that one token takes in the KV cache, over all layers."""
    layers = header.number("block_count", 0) or 0
    heads = header.number("attention.head_count", 1) or 1
    kv_heads = header.numbers("attention.head_count_kv")
    width = (header.number("embedding_length", 0) or 0) // heads
    key = header.number("attention.key_length", width) or width
    value = header.number("attention.value_length", width) or width
    # Hybrid models say it layer by layer: those without attention have no heads, and no cache.
    total = sum(kv_heads) if len(kv_heads) > 1 else layers * ((kv_heads or [heads])[0] or heads)
    return total * (key + value) * _CACHE_BYTES
