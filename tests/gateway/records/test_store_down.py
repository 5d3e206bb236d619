"""While the database cannot be written, records wait in the journal, up to a limit; afterwards all are there, once."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.records import Records, applier
from groundfog.store import database
from tests.support.records import ACCOUNT, GATEWAY, charged, open_records, rows, spent

SPILL = 1 << 20


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for shortly, and tried again soon."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(applier, "RETRY_S", 0.05)


async def back(records: Records) -> None:
    """Wait until the database has taken everything; each question is answered when it was tried again."""
    async with asyncio.timeout(20):
        while not await records.applied():
            pass


async def until_refused(records: Records) -> tuple[GroundfogError, int]:
    """Append until that is refused; how often it was not."""
    for taken in range(10_000):
        try:
            await records.append(charged("b", 1, request_body=b"x" * 50_000))
        except GroundfogError as error:
            return error, taken
    raise AssertionError("never refused")


async def test_a_locked_database(tmp_path: Path) -> None:
    records = open_records(tmp_path)
    await records.start()
    await records.append(charged("b", 1))
    assert await records.applied()
    other = sqlite3.connect(records.store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    late = charged("b", 1)
    await records.append(late)
    assert not await records.applied()
    with pytest.raises(GroundfogError) as down:
        await records.get(ACCOUNT, GATEWAY, late.id)
    assert (down.value.code, down.value.status) == (3048, 503)
    other.execute("ROLLBACK")
    other.close()
    await back(records)
    assert await records.get(ACCOUNT, GATEWAY, late.id) is not None
    assert (rows(records), spent(records, "b")) == (2, 2)
    await records.stop()


async def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "records.db").mkdir()
    records = open_records(tmp_path, gateway_spill_bytes=SPILL)
    await records.start()
    await asyncio.gather(*(records.append(charged("b", 1)) for _ in range(100)))
    assert not await records.applied()
    (tmp_path / "records.db").rmdir()
    await back(records)
    assert (rows(records), spent(records, "b")) == (100, 100)
    await records.stop()


async def test_a_full_database_and_then_a_full_journal(tmp_path: Path) -> None:
    records = open_records(tmp_path, gateway_spill_bytes=SPILL)
    await records.start()
    await records.append(charged("b", 1))
    assert await records.applied()

    def no_more_pages(db: sqlite3.Connection) -> None:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")

    records.store.write(no_more_pages).result(10)
    full, taken = await until_refused(records)
    taken += 1
    assert (full.code, full.status) == (7014, 503)
    assert 20 <= taken <= 22
    with pytest.raises(GroundfogError):
        records.check()
    assert not await records.applied()
    records.store.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone()).result(10)
    await back(records)
    records.check()
    await records.append(charged("b", 1))
    assert await records.applied()
    assert (rows(records), spent(records, "b")) == (taken + 1, taken + 1)
    await records.stop()


async def test_a_server_stopped_while_the_database_is_down_leaves_its_journal(tmp_path: Path) -> None:
    (tmp_path / "records.db").mkdir()
    records = open_records(tmp_path)
    await records.start()
    await records.append(charged("b", 1))
    await records.stop()
    (tmp_path / "records.db").rmdir()
    again = open_records(tmp_path)
    await again.start()
    assert await again.applied()
    assert (rows(again), spent(again, "b")) == (1, 1)
    await again.stop()
    assert list((tmp_path / "journal").iterdir()) == []
