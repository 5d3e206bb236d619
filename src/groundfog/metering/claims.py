"""Limits as the ledger knows them: a bucket, how much may be in it, and which stretch of time counts."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
from typing import Literal, get_args

Period = Literal["hourly", "daily", "weekly", "monthly"]
"""Calendar stretches in UTC: weeks begin on Monday, months on the 1st (spec ai-gateway §3.7)."""
Technique = Literal["fixed", "sliding", "hourly", "daily", "weekly", "monthly"]
PERIODS: tuple[Period, ...] = get_args(Period)
SLOTS = 60
"""A sliding window is made of so many slots, and of the one that is partly outside, which still counts."""
MONDAY_MS = 4 * 86_400_000
"""1 January 1970 was a Thursday."""
_WEEK_MS = 7 * 86_400_000


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """A piece of a window, in milliseconds since the epoch: begins at `start`, is over at `end`.

    What slots that begin after `since` hold counts against the limit. From `expires` on the slot counts no more.
    """

    start: int
    end: int
    since: int
    expires: int


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """At most `limit` (pico-dollars, or requests) in `bucket` within `window` seconds.

    `fixed` windows begin at multiples of their length; `sliding` ones reach back from now, in steps of a sixtieth;
    the calendar's (`hourly`, …) need no `window`. A bucket belongs to one window and technique: say so in its name.
    """

    bucket: str
    limit: int
    window: int
    technique: Technique

    def slot(self, now: float) -> Slot:
        """The slot of the moment `now`, seconds since the epoch."""
        return slot_at(self.window, self.technique, int(now * 1000))

    def refill_at(self, slot_start: int) -> int:
        """When what is in the slot that begins there counts no more; milliseconds since the epoch."""
        return slot_at(self.window, self.technique, slot_start).expires


def named_interval(bucket: str, limit: int, period: Period) -> Claim:
    """A claim for a calendar stretch, for policies and routes: `named_interval("policy:…", pico, "monthly")`."""
    return Claim(f"{bucket}:{period}", limit, 0, period)


def slot_at(window: int, technique: Technique, now_ms: int) -> Slot:
    """Where a moment falls; see `Claim` for the techniques."""
    if technique == "sliding":
        length = window * 1000
        width = -(-length // SLOTS)
        start = now_ms - now_ms % width
        return Slot(start, start + width, now_ms - length - width, start + width + length)
    start, end = _calendar(technique, now_ms) if technique != "fixed" else _aligned(now_ms, window * 1000, 0)
    return Slot(start, end, start - 1, end)


def _aligned(now_ms: int, length: int, offset: int) -> tuple[int, int]:
    start = now_ms - (now_ms - offset) % length
    return start, start + length


def _calendar(period: Period, now_ms: int) -> tuple[int, int]:
    if period == "hourly":
        return _aligned(now_ms, 3_600_000, 0)
    if period == "daily":
        return _aligned(now_ms, 86_400_000, 0)
    if period == "weekly":
        return _aligned(now_ms, _WEEK_MS, MONDAY_MS)
    day = datetime.datetime.fromtimestamp(now_ms // 1000, datetime.UTC)
    days = calendar.monthrange(day.year, day.month)[1]
    start = int(datetime.datetime(day.year, day.month, 1, tzinfo=datetime.UTC).timestamp()) * 1000
    return start, start + days * 86_400_000
