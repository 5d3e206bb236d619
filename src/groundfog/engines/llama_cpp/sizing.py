"""How large a context and how many slots a model gets on this machine, and the memory that they need."""

from __future__ import annotations

import dataclasses

import psutil

from groundfog.engines.base import LoadOptions
from groundfog.engines.llama_cpp.gguf_header import Header
from groundfog.weights import machine

_DEFAULT_CONTEXT = 4096
"""For a file that does not say what context it was trained with."""
_SMALLEST_CONTEXT = 2048
_CACHE_BYTES = 2
"""Bytes per value of the KV cache (f16)."""
_SMALL_MODEL_BYTES = 32 << 20
"""Below this, threads wait for each other longer than they compute."""
_PADDING = 256
"""llama.cpp rounds the cells of a slot up to this number."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sizing:
    """`context` is in tokens for one request (prompt and answer); every slot has that many cells."""

    context: int
    slots: int
    threads: int
    memory_bytes: int

    @property
    def cells(self) -> int:
        return -(-self.context // _PADDING) * _PADDING * self.slots


def choose(header: Header, options: LoadOptions, companions: int = 0) -> Sizing:
    """What the options ask for; where they ask for nothing, what the file and this machine allow.

    `companions` is the size in bytes of the other files that are loaded (projector, draft model, adapters). Without
    wishes, the catalogue's whole window is given when it fits into half of the machine's memory; first slots are given
    up for it, then context.
    """
    window = options.facts.get("context_window")
    trained = header.context_length or _DEFAULT_CONTEXT
    context = options.context_size or min(window or trained, trained)
    cores = machine.processors()
    slots = options.slots or min(max(cores, 4), 8)
    small = header.size < _SMALL_MODEL_BYTES
    threads = options.threads or (1 if small else min(psutil.cpu_count(logical=False) or cores, cores))
    budget = machine.memory_bytes() // 2

    def memory() -> int:
        return header.size + companions + context * slots * cache_bytes_per_token(header)

    while memory() > budget:
        if options.slots is None and slots > 1:
            slots -= 1
        elif options.context_size is None and context > _SMALLEST_CONTEXT:
            context = max(context // 2, _SMALLEST_CONTEXT)
        else:
            break
    return Sizing(context, slots, threads, memory())


def cache_bytes_per_token(header: Header) -> int:
    """Bytes that one token takes in the KV cache, over all layers."""
    layers = header.number("block_count", 0) or 0
    heads = header.number("attention.head_count", 1) or 1
    kv_heads = header.number("attention.head_count_kv", heads) or heads
    width = (header.number("embedding_length", 0) or 0) // heads
    key = header.number("attention.key_length", width) or width
    value = header.number("attention.value_length", width) or width
    return layers * kv_heads * (key + value) * _CACHE_BYTES
