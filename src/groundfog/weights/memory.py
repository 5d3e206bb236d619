"""How much memory a set of weights needs, and how much this machine gives. All numbers are estimates, in bytes."""

from __future__ import annotations

from groundfog.weights import machine
from groundfog.weights.table import Row

CONTEXT = 8192
"""Tokens of context that the estimate counts with; a larger `context_size` needs more."""
OVERHEAD = 300 * 1024 * 1024
"""Process, libraries and compute buffers of a host."""
SHARE = 0.8
"""Part of the machine's (or container's) memory that loaded models may take together when nothing is configured."""


def needed(row: Row, precision: str) -> int:
    """Weights, keys and values of `CONTEXT` tokens (an eighth of the weights where the shape is unknown), overhead."""
    weights = row.size(precision).bytes
    if row.format == "onnx":
        return weights + OVERHEAD
    cache = row.kv_bytes_per_token * CONTEXT if row.kv_bytes_per_token is not None else weights // 8
    return weights + cache + OVERHEAD


def limit(configured: int | None) -> int:
    """What loaded models may take together."""
    if configured is not None:
        return configured
    return int(machine.memory_bytes() * SHARE)
