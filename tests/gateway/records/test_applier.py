"""Journals come into the database exactly once, whoever wrote them and whatever happened on the way."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from groundfog.gateway.log_query import LogQuery
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records, applier, frames, journal, service
from groundfog.gateway.records.sink import LogSink
from groundfog.metering.claims import Claim
from groundfog.metering.ledger_store import holders, take
from tests.support.records import ACCOUNT, GATEWAY, charged, open_records, record, rows, spent


def orphan(directory: Path, process: str, *records: Record, tail: bytes = b"", number: int = 1) -> Path:
    """A journal that a dead process left."""
    buffer = bytearray(frames.MARK)
    for one in records:
        frames.add(buffer, one)
    folder = directory / "journal"
    folder.mkdir(exist_ok=True)
    path = folder / f"{process}-{number:06d}.journal"
    path.write_bytes(bytes(buffer) + tail)
    return path


async def test_what_was_appended_can_be_read_at_once(records: Records) -> None:
    for count in range(1, 4):
        one = charged("b", 5)
        await records.append(one)
        row = await records.get(ACCOUNT, GATEWAY, one.id)
        assert row is not None
        assert row.record.id == one.id
        assert spent(records, "b") == 5 * count


async def test_a_stopped_server_leaves_no_journal(tmp_path: Path) -> None:
    first = open_records(tmp_path)
    await first.start()
    await asyncio.gather(*(first.append(record()) for _ in range(600)))
    await first.stop()
    assert list((tmp_path / "journal").iterdir()) == []
    second = open_records(tmp_path)
    await second.start()
    assert rows(second) == 600
    await second.stop()


async def test_a_dead_process_s_journals_are_taken_over(tmp_path: Path) -> None:
    first, second = charged("b", 2), charged("b", 3)
    paths = [orphan(tmp_path, "dead", first), orphan(tmp_path, "dead", second, number=2)]
    records = open_records(tmp_path)
    await records.start()
    page = await records.list(ACCOUNT, GATEWAY, LogQuery())
    assert {row.record.id for row in page.rows} == {first.id, second.id}
    assert spent(records, "b") == 5
    await records.stop()
    assert not any(path.exists() for path in paths)


async def test_a_torn_last_frame_is_no_record_and_no_obstacle(tmp_path: Path) -> None:
    whole = bytearray()
    frames.add(whole, record())
    path = orphan(tmp_path, "dead", record(), tail=bytes(whole[:-7]))
    records = open_records(tmp_path)
    await records.start()
    assert await records.applied()
    assert rows(records) == 1
    await records.stop()
    assert not path.exists()


async def test_a_damaged_journal_is_kept_aside_for_a_person(tmp_path: Path) -> None:
    bad = bytearray()
    frames.add(bad, record())
    bad[-3] ^= 0xFF
    more = bytearray()
    frames.add(more, record())
    orphan(tmp_path, "dead", record(), tail=bytes(bad + more))
    records = open_records(tmp_path)
    await records.start()
    assert await records.applied()
    assert rows(records) == 1
    await records.stop()
    assert [path.suffix for path in (tmp_path / "journal").iterdir()] == [".damaged"]


async def test_a_living_process_keeps_its_journal(tmp_path: Path) -> None:
    first, second = open_records(tmp_path), open_records(tmp_path)
    await first.start()
    await first.append(record())
    await second.start()
    assert await second.applied()
    assert len(list((tmp_path / "journal").glob(f"{first.process}-*"))) == 1
    await asyncio.gather(*(one.append(charged("b", 1)) for one in (first, second) for _ in range(300)))
    assert await first.applied()
    assert await second.applied()
    assert (rows(first), spent(second, "b")) == (601, 600)
    await first.stop()
    await second.stop()


async def test_what_the_database_has_is_not_applied_again(tmp_path: Path) -> None:
    """The process was killed between the commit and the deletion of its journal."""
    one, two = charged("b", 1), charged("b", 1)
    path = orphan(tmp_path, "dead", one, two)
    first = bytearray()
    frames.add(first, one)
    records = open_records(tmp_path)
    sink = LogSink()
    apply = sink.prepare("dead", [one])

    def commit(db: sqlite3.Connection) -> None:
        apply(db)
        db.execute("INSERT INTO journals VALUES (?, ?)", (path.name, len(frames.MARK) + len(first)))

    records.store.write(commit).result(10)
    await records.start()
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (2, 2)
    await records.stop()


async def test_leases_of_dead_processes_are_given_back(tmp_path: Path) -> None:
    orphan(tmp_path, "dead", charged("b", 1))
    records = open_records(tmp_path)
    claim = Claim("b", 100, 60, "fixed")

    def lease(db: sqlite3.Connection) -> None:
        for process in ("dead", "gone", records.process):
            take(db, process, claim, claim.slot(1_795_262_400.0), 5, 5)

    records.store.write(lease).result(10)
    await records.start()
    assert await records.applied()
    assert records.store.read(holders) == {records.process}
    await records.stop()


async def test_a_record_that_cannot_be_kept_costs_itself_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LogSink._add

    def add(self: LogSink, *given: Any) -> None:
        if any(one.model == "poison" for one in given[3]):
            raise ValueError("cannot be kept")
        real(self, *given)

    monkeypatch.setattr(LogSink, "_add", add)
    records = open_records(tmp_path)
    await records.start()
    await asyncio.gather(*(records.append(charged("b", 1, model="poison" if n == 7 else "x")) for n in range(20)))
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (19, 20)
    await records.stop()


async def test_full_files_are_deleted_while_the_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 10_000)
    removed = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = applier.Applier._remove

    def remove(self: applier.Applier, segment: journal.Segment) -> None:
        real(self, segment)
        loop.call_soon_threadsafe(removed.set)

    monkeypatch.setattr(applier.Applier, "_remove", remove)
    records = open_records(tmp_path)
    await records.start()
    for _ in range(30):
        await records.append(record(request_body=b"x" * 1000))
    assert await records.applied()
    await asyncio.wait_for(removed.wait(), 10)
    assert rows(records) == 30
    await records.stop()
    assert list((tmp_path / "journal").iterdir()) == []


async def test_unlogged_requests_are_charged_and_counted_without_a_row(records: Records) -> None:
    await records.append(charged("b", 4, logged=False))
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (0, 4)


async def test_listeners_get_every_record_and_cannot_harm(records: Records) -> None:
    seen: list[str] = []

    def broken(one: Record) -> None:
        raise RuntimeError("broken listener")

    records.listeners += [broken, lambda one: seen.append(one.id)]
    given = [record() for _ in range(5)]
    await asyncio.gather(*(records.append(one) for one in given))
    assert seen == [one.id for one in given]


async def test_nobody_waits_for_an_applier_that_has_ended(tmp_path: Path) -> None:
    records = open_records(tmp_path)
    await records.start()
    await records.append(record())
    thread = records._applier
    assert thread is not None
    await records.stop()
    told: list[bool] = []
    thread.when_applied(told.append)
    assert told == [True]


async def test_what_was_just_written_is_not_read_back(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes, most: int) -> Any:
        raise AssertionError("read back")

    monkeypatch.setattr(frames, "read", read)
    await asyncio.gather(*(records.append(charged("b", 1)) for _ in range(3000)))
    await records.append(charged("b", 1))
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (3001, 3001)


async def test_what_is_no_longer_in_memory_is_read_back_once(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much waited for a while: files and memory take turns, and no record comes twice."""
    for size in (1 << 30, 0, 600, 0, 1 << 30, 900, 1 << 30):
        monkeypatch.setattr(journal, "IN_MEMORY_BYTES", size)
        for _ in range(7):
            await asyncio.gather(*(records.append(charged("b", 1)) for _ in range(40)))
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (7 * 7 * 40, 7 * 7 * 40)
    thread = records._applier
    assert thread is not None
    assert not thread._handed


async def test_one_that_cannot_be_kept_among_those_in_memory_is_found_in_the_file(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LogSink._add

    def add(self: LogSink, *given: Any) -> None:
        if any(one.model == "poison" for one in given[3]):
            raise ValueError("cannot be kept")
        real(self, *given)

    monkeypatch.setattr(LogSink, "_add", add)
    for burst in range(5):
        poison = 3 * burst
        await asyncio.gather(
            *(records.append(charged("b", 1, model="poison" if n == poison else "x")) for n in range(20))
        )
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (95, 100)


async def test_records_are_gathered_until_somebody_reads(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    real = LogSink.prepare

    def prepare(self: LogSink, process: str, given: list[Record]) -> Any:
        batches.append(len(given))
        return real(self, process, given)

    monkeypatch.setattr(service, "GATHER_S", 3600.0)
    monkeypatch.setattr(LogSink, "prepare", prepare)
    assert await records.applied()
    for _ in range(30):
        await records.append(record())
    assert batches == []
    assert await records.applied()
    assert batches == [30]


async def test_what_nobody_reads_is_applied_all_the_same(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = LogSink.committed

    def committed(self: LogSink) -> None:
        real(self)
        loop.call_soon_threadsafe(applied.set)

    monkeypatch.setattr(LogSink, "committed", committed)
    await records.append(record())
    await asyncio.wait_for(applied.wait(), 10)
    assert rows(records) == 1


async def test_nobody_waits_for_an_applier_that_cannot_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(self: Records) -> Any:
        raise ImportError("no NumPy")

    monkeypatch.setattr(Records, "_work", work)
    records = open_records(tmp_path)
    await records.start()
    await records.append(charged("b", 1))
    assert not await records.applied()
    assert not await records.applied()
    await records.stop()
    monkeypatch.undo()
    # What was journalled is applied when it can be.
    again = open_records(tmp_path)
    await again.start()
    assert await again.applied()
    assert (rows(again), spent(again, "b")) == (1, 1)
    await again.stop()
