"""Durations counted in buckets whose bounds grow by √2: percentiles from sums, within a fifth of the true value."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BUCKETS = 40
"""Bucket 0 holds 0 ms, bucket n up to √2ⁿ⁻¹ ms, the last one everything longer (from 12 minutes)."""
BOUNDS = tuple(0.0 if number == 0 else math.sqrt(2) ** (number - 1) for number in range(BUCKETS - 1))
_HIGH = np.array([*BOUNDS, BOUNDS[-1] * math.sqrt(2)])
_LOW = np.array([0.0, *BOUNDS])
_QUICK_MS = 4096
_quick = bytes(bisect.bisect_left(BOUNDS, ms - 1e-6) for ms in range(_QUICK_MS))


def bucket(milliseconds: int) -> int:
    """The bucket of a duration."""
    if 0 <= milliseconds < _QUICK_MS:
        return _quick[milliseconds]
    return min(bisect.bisect_left(BOUNDS, milliseconds - 1e-6), BUCKETS - 1)


def percentiles(counts: npt.NDArray[np.int64], shares: Sequence[float]) -> list[npt.NDArray[np.float64]]:
    """For each share (0…1) and each row of counts the duration that so many of the requests did not exceed, in ms.

    Requests are taken to be spread evenly within their bucket. NaN where nothing was counted.
    """
    reached = counts.cumsum(axis=1)
    total = reached[:, -1]
    rows = np.arange(len(counts))
    found = []
    for share in shares:
        wanted = share * total
        place = np.minimum((reached < wanted[:, None]).sum(axis=1), BUCKETS - 1)
        inside = counts[rows, place]
        before = reached[rows, place] - inside
        low, high = _LOW[place], _HIGH[place]
        with np.errstate(invalid="ignore", divide="ignore"):
            values: npt.NDArray[np.float64] = low + (high - low) * np.clip((wanted - before) / inside, 0.0, 1.0)
        values[total == 0] = np.nan
        found.append(values)
    return found
