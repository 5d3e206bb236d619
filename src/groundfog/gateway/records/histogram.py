"""Durations counted in buckets whose bounds grow by √2: percentiles from sums, within a fifth of the true value."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

BUCKETS = 40
"""Bucket 0 holds 0 ms, bucket n up to √2ⁿ⁻¹ ms, the last one everything longer (from 12 minutes)."""
BOUNDS = tuple(0.0 if number == 0 else math.sqrt(2) ** (number - 1) for number in range(BUCKETS - 1))
_QUICK_MS = 4096
_quick = bytes(bisect.bisect_left(BOUNDS, ms - 1e-6) for ms in range(_QUICK_MS))


def bucket(milliseconds: int) -> int:
    """The bucket of a duration."""
    if 0 <= milliseconds < _QUICK_MS:
        return _quick[milliseconds]
    return min(bisect.bisect_left(BOUNDS, milliseconds - 1e-6), BUCKETS - 1)


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The duration that `share` (0…1) of the requests did not exceed, in ms, spread evenly within its bucket."""
    total = sum(counts)
    if not total:
        return None
    wanted = share * total
    seen = 0.0
    for number, count in enumerate(counts):
        if count and seen + count >= wanted:
            low = BOUNDS[number - 1] if number else 0.0
            high = BOUNDS[number] if number < len(BOUNDS) else low * math.sqrt(2)
            return low + (high - low) * max(0.0, wanted - seen) / count
        seen += count
    return BOUNDS[-1]
