"""What was appended is in the journal before anybody is told so; what cannot be written is refused."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.record import Record
from groundfog.gateway.records import frames, journal
from groundfog.gateway.records.journal import Journal
from tests.support.records import record


class Opened:
    """A journal, and what it said was written."""

    def __init__(self, directory: Path, durability: journal.Durability = "process", limit: int = 1 << 30) -> None:
        self.records: list[Record] = []
        self.journal = Journal(directory, "p", durability, limit, self.records.extend)
        self.journal.open()

    def in_files(self) -> list[Record]:
        found = []
        for segment in self.journal.segments:
            data = segment.path.read_bytes()
            assert data.startswith(frames.MARK)
            found += frames.read(data[len(frames.MARK) :], 10_000)[0]
        return found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    opened = Opened(tmp_path)
    yield opened
    opened.journal.close()


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of what is written to files."""
    sizes: list[int] = []
    real = os.write

    def write(fd: int, data: bytes) -> int:
        sizes.append(len(data))
        return real(fd, data)

    monkeypatch.setattr(frames.os, "write", write)
    return sizes


async def test_a_record_is_in_the_file_when_append_returns(opened: Opened) -> None:
    one = record(request_body=b"hello")
    await opened.journal.append(one)
    assert opened.in_files() == [one] == opened.records


async def test_records_of_one_turn_of_the_loop_are_one_write(opened: Opened, writes: list[int]) -> None:
    await asyncio.gather(*(opened.journal.append(record()) for _ in range(50)))
    assert len(writes) == 1
    assert len(opened.in_files()) == 50


async def test_whoever_stops_waiting_takes_nobody_with_it(opened: Opened) -> None:
    tasks = [asyncio.create_task(opened.journal.append(record())) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in results] == [type(None), asyncio.CancelledError, type(None)]
    assert len(opened.in_files()) == 3


async def test_with_power_the_disk_has_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fdatasync

    def fdatasync(fd: int) -> None:
        synced.append(os.fstat(fd).st_size)
        real(fd)

    monkeypatch.setattr(journal.os, "fdatasync", fdatasync)
    opened = Opened(tmp_path, "power")
    await asyncio.gather(*(opened.journal.append(record()) for _ in range(20)))
    assert synced == [opened.journal.segments[0].written]
    await opened.journal.append(record())
    assert synced[1:] == [opened.journal.segments[0].written]
    opened.journal.close()


async def test_with_power_a_disk_that_fails_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(tmp_path, "power")

    def fdatasync(fd: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(journal.os, "fdatasync", fdatasync)
    with pytest.raises(GroundfogError) as refused:
        await opened.journal.append(record())
    assert refused.value.code == 7014
    opened.journal.close()


async def test_deferred_returns_at_once_and_writes_at_the_end_of_the_turn(tmp_path: Path, writes: list[int]) -> None:
    opened = Opened(tmp_path, "deferred")
    del writes[:]
    await opened.journal.append(record())
    assert writes == []
    await asyncio.sleep(0)
    assert len(opened.in_files()) == 1
    opened.journal.close()


async def test_past_the_limit_nothing_is_taken(tmp_path: Path) -> None:
    opened = Opened(tmp_path, limit=1000)
    await opened.journal.append(record(request_body=b"x" * 2000))
    with pytest.raises(GroundfogError) as refused:
        await opened.journal.append(record())
    assert (refused.value.code, refused.value.status) == (7014, 503)
    with pytest.raises(GroundfogError):
        opened.journal.check()
    opened.journal.applied = opened.journal.total
    await opened.journal.append(record())
    assert len(opened.in_files()) == 2
    opened.journal.close()


async def test_a_full_disk_refuses_and_leaves_no_half_of_a_frame(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = record()
    await opened.journal.append(first)
    real = os.write

    def write(fd: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, bytes(data)[: len(data) - 10])

    with monkeypatch.context() as patch:
        patch.setattr(frames.os, "write", write)
        with pytest.raises(GroundfogError) as refused:
            await opened.journal.append(record())
    assert refused.value.code == 7014
    last = record()
    await opened.journal.append(last)
    assert opened.in_files() == [first, last] == opened.records


async def test_a_long_file_is_followed_by_another(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 1000)
    for _ in range(3):
        await opened.journal.append(record(request_body=b"x" * 900))
    assert [segment.closed for segment in opened.journal.segments] == [True, True, True]
    await opened.journal.append(record())
    assert len(opened.journal.segments) == 4
    assert len(opened.in_files()) == 4
