"""Kept answers: bounds, age, order of use, restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundfog.gateway.cache import Cache, Entry
from groundfog.gateway.cache.disk import Disk
from groundfog.gateway.cache.memory import Memory
from groundfog.metering.usage import Usage


class HandClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


def entry(body: bytes = b"{}", expires_at: float = 2000.0, gateway: str = "g", **more: object) -> Entry:
    return Entry(account="a", gateway=gateway, status=200, headers=[], body=body, expires_at=expires_at, **more)  # type: ignore[arg-type]


def test_the_answer_used_least_recently_goes_first() -> None:
    memory = Memory(8 * entry().size)
    for number in range(8):
        memory.put(b"%d" % number, entry())
    assert memory.get(b"0", 0) is not None
    memory.put(b"new", entry())
    assert memory.get(b"0", 0) is not None
    assert memory.get(b"1", 0) is None
    assert memory.size <= memory.limit


def test_an_answer_larger_than_an_eighth_is_not_kept_in_memory() -> None:
    memory = Memory(8000)
    memory.put(b"k", entry(b"x" * 1001))
    assert len(memory) == 0


def test_replacing_an_answer_counts_its_bytes_once() -> None:
    memory = Memory(1 << 20)
    for size in (10, 1000, 20):
        memory.put(b"k", entry(b"x" * size))
    assert memory.size == entry(b"x" * 20).size


def test_an_answer_past_its_time_is_gone() -> None:
    memory = Memory(1 << 20)
    memory.put(b"k", entry(expires_at=50.0))
    assert memory.get(b"k", 49.9) is not None
    assert memory.get(b"k", 50.0) is None
    assert memory.size == 0


def test_answers_outlive_a_restart_with_everything_about_them(tmp_path: Path) -> None:
    clock = HandClock()
    kept = entry(b"data: 1\n\n", pieces=[9], model="m", usage=Usage(tokens_in=1, tokens_out=2), source="weights")
    first = Cache(tmp_path, clock, 1 << 20)
    first.put(b"k", kept)
    first.close()
    second = Cache(tmp_path, clock, 1 << 20)
    assert second.get(b"k") == kept
    clock.now = 2000.0
    assert second.get(b"k") is None
    second.close()


def test_clearing_a_gateway_leaves_the_others(tmp_path: Path) -> None:
    cache = Cache(tmp_path, HandClock(), 1 << 20)
    cache.put(b"1", entry(gateway="one"))
    cache.put(b"2", entry(gateway="two"))
    cache.clear("a", "one")
    cache.close()
    cache = Cache(tmp_path, HandClock(), 1 << 20)
    assert cache.get(b"1") is None
    assert cache.get(b"2") is not None
    cache.close()


def test_the_database_keeps_to_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundfog.gateway.cache.disk.SWEEP_EVERY", 10)
    clock = HandClock()
    disk = Disk(tmp_path, clock, 20 * entry().size)
    for number in range(100):
        clock.now += 1
        disk.put(b"%d" % number, entry())
    disk.close()
    disk = Disk(tmp_path, clock, 20 * entry().size)
    left = [number for number in range(100) if disk.get(b"%d" % number, clock.now) is not None]
    assert left == list(range(80, 100))
    disk.close()


def test_a_damaged_database_is_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"this is no database" * 100)
    cache = Cache(tmp_path, HandClock(), 1 << 20)
    assert cache.get(b"k") is None
    cache.put(b"k", entry())
    assert cache.get(b"k") is not None
    cache.close()
