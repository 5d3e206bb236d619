"""Ids are UUIDs of version 7 that sort by time."""

from __future__ import annotations

import uuid

from groundfog.gateway.ids import Ids


class StoppedClock:
    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


def test_an_id_is_a_uuid_of_version_7_with_the_time_in_it() -> None:
    clock = StoppedClock(1_790_000_000.123)
    made = uuid.UUID(Ids(clock)())
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == 1_790_000_000_123


def test_ids_of_one_moment_differ_and_sort_in_the_order_they_were_made() -> None:
    ids = Ids(StoppedClock(1_790_000_000.0))
    made = [ids() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_a_clock_that_is_set_back_makes_no_id_go_back() -> None:
    clock = StoppedClock(1_790_000_000.0)
    ids = Ids(clock)
    before = ids()
    clock.now -= 100
    assert ids() > before
