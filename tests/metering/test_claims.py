"""Windows: which slot a moment is in, what counts with it, and when that is over."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.metering.claims import Claim, Technique, named_interval, slot_at


def ms(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()) * 1000


def test_a_fixed_window_begins_at_a_multiple_of_its_length() -> None:
    slot = slot_at(600, "fixed", ms("2026-10-10T12:07:31"))
    assert (slot.start, slot.end) == (ms("2026-10-10T12:00:00"), ms("2026-10-10T12:10:00"))
    assert slot.since == slot.start - 1
    assert slot.expires == slot.end


@pytest.mark.parametrize(
    ("technique", "start", "end"),
    [
        ("hourly", "2026-10-14T15:00:00", "2026-10-14T16:00:00"),
        ("daily", "2026-10-14T00:00:00", "2026-10-15T00:00:00"),
        ("weekly", "2026-10-12T00:00:00", "2026-10-19T00:00:00"),
        ("monthly", "2026-10-01T00:00:00", "2026-11-01T00:00:00"),
    ],
)
def test_the_calendars_intervals_are_those_of_utc(technique: Technique, start: str, end: str) -> None:
    slot = slot_at(0, technique, ms("2026-10-14T15:16:17"))
    assert (slot.start, slot.end) == (ms(start), ms(end))


@pytest.mark.parametrize(
    ("month", "days"), [("2024-02-29", 29), ("2026-02-10", 28), ("2026-12-31", 31), ("2026-04-01", 30)]
)
def test_months_have_their_own_lengths(month: str, days: int) -> None:
    slot = slot_at(0, "monthly", ms(f"{month}T23:59:59"))
    assert slot.end - slot.start == days * 86_400_000


def test_a_week_begins_on_monday() -> None:
    for day in range(12, 19):
        slot = slot_at(0, "weekly", ms(f"2026-10-{day}T12:00:00"))
        assert slot.start == ms("2026-10-12T00:00:00")
    assert datetime.datetime.fromtimestamp(slot.start / 1000, datetime.UTC).strftime("%A") == "Monday"


@given(st.integers(1, 3_000_000), st.integers(0, 2_000_000_000_000))
def test_a_sliding_slot_counts_until_all_of_it_is_outside(window: int, now: int) -> None:
    slot = slot_at(window, "sliding", now)
    width = slot.end - slot.start
    assert slot.start <= now < slot.end
    assert width * 60 >= window * 1000
    # What begins after `since` ends inside the window, and nothing else does.
    assert slot.since + width == now - window * 1000
    # The last moment that counts it, and the first that does not.
    assert slot_at(window, "sliding", slot.expires - 1).since < slot.start
    assert slot_at(window, "sliding", slot.expires).since >= slot.start


def test_a_named_interval_says_its_period_in_the_buckets_name() -> None:
    assert named_interval("policy:a", 5, "monthly") == Claim("policy:a:monthly", 5, 0, "monthly")
