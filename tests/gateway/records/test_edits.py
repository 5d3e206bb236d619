"""Feedback, deletion and limits: what changes the log afterwards, packed blocks too."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from groundfog.gateway.log_query import AnalyticsQuery, LogFilter, LogQuery
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records, applier, upkeep
from groundfog.gateway.records.blocks import BLOCK
from groundfog.gateway.records.sink import LogSink
from tests.support.records import ACCOUNT, GATEWAY, NOON, open_records, record, rows

COUNT = BLOCK + 100


def fill(records: Records, count: int = COUNT, **fields: Any) -> list[Record]:
    """Put records into the database, some with bodies."""
    given = [
        record(created_at=NOON + number, duration_ms=number, request_body=b"body" if number < 50 else None, **fields)
        for number in range(count)
    ]
    records.store.write(LogSink().prepare("p", given)).result(30)
    return given


async def total(records: Records, *filters: LogFilter, gateway: str = GATEWAY) -> int:
    return (await records.list(ACCOUNT, gateway, LogQuery(filters=filters))).total_count


def number_of(records: Records, table: str) -> int:
    return int(records.store.read(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


@pytest.mark.parametrize("place", [0, BLOCK - 1, COUNT - 1])
async def test_feedback_can_be_given_filtered_by_and_taken_back(records: Records, place: int) -> None:
    given = fill(records)
    one = given[place].id
    liked = LogFilter("feedback", "eq", (1,))
    assert await records.edit(ACCOUNT, GATEWAY, one, {"feedback": 1, "score": 80.5})
    row = await records.get(ACCOUNT, GATEWAY, one)
    assert row is not None
    assert (row.feedback, row.score) == (1, 80.5)
    page = await records.list(ACCOUNT, GATEWAY, LogQuery(filters=(liked,)))
    assert [row.record.id for row in page.rows] == [one]
    assert await records.measure(ACCOUNT, GATEWAY, (), "feedback") == (1.0, 1)
    assert await records.edit(ACCOUNT, GATEWAY, one, {"feedback": -1})
    assert await total(records, liked) == 0
    assert await total(records, LogFilter("feedback", "lt", (0,))) == 1
    assert await records.measure(ACCOUNT, GATEWAY, (), "feedback") == (0.0, 1)
    assert await records.edit(ACCOUNT, GATEWAY, one, {"feedback": None})
    assert await total(records, LogFilter("feedback", "eq", (None,))) == COUNT
    row = await records.get(ACCOUNT, GATEWAY, one)
    assert row is not None
    assert (row.feedback, row.score) == (None, 80.5)


async def test_metadata_is_merged_and_found(records: Records) -> None:
    given = fill(records, metadata={"team": "a", "user": "u"})
    one = given[3].id
    assert await records.edit(ACCOUNT, GATEWAY, one, {"metadata": {"team": "b", "late": True}})
    row = await records.get(ACCOUNT, GATEWAY, one)
    assert row is not None
    assert row.record.metadata == {"team": "b", "user": "u", "late": True}
    assert await total(records, LogFilter("metadata.value", "eq", ("b",))) == 1
    assert await total(records, LogFilter("metadata.value", "eq", ("a",))) == COUNT - 1
    assert await records.edit(ACCOUNT, GATEWAY, one, {"metadata": None})
    row = await records.get(ACCOUNT, GATEWAY, one)
    assert row is not None
    assert row.record.metadata is None


async def test_what_is_not_there_cannot_be_edited(records: Records) -> None:
    fill(records, 1)
    assert not await records.edit(ACCOUNT, GATEWAY, record().id, {"feedback": 1})
    assert not await records.edit(ACCOUNT, "never", record().id, {"feedback": 1})


async def test_bodies_are_given_when_asked_for_and_not_past_ten_megabytes(records: Records) -> None:
    small = record(request_body=b"\x00in", response_body=b"out")
    large = record(request_body=b"x" * 6_000_000, response_body=b"y" * 6_000_000)
    await asyncio.gather(records.append(small), records.append(large))
    row = await records.get(ACCOUNT, GATEWAY, small.id, bodies=True)
    assert row is not None
    assert (row.record.request_body, row.record.response_body) == (b"\x00in", b"out")
    without = await records.get(ACCOUNT, GATEWAY, small.id)
    assert without is not None
    assert without.record.request_body is None
    row = await records.get(ACCOUNT, GATEWAY, large.id, bodies=True)
    assert row is not None
    assert row.record.request_body is None


async def test_deletion_by_filter(records: Records) -> None:
    given = fill(records)
    short = LogFilter("duration", "lt", (3000,))
    before = await records.analytics(AnalyticsQuery(account=ACCOUNT, start=NOON, end=NOON + 86_400))
    assert await records.delete(ACCOUNT, GATEWAY, LogQuery(filters=(short,))) == 3000
    assert (rows(records), number_of(records, "bodies")) == (COUNT - 3000, 0)
    assert await total(records, short) == 0
    assert await total(records) == COUNT - 3000
    assert await total(records, LogFilter("provider", "eq", ("openai",))) == COUNT - 3000
    page = await records.list(ACCOUNT, GATEWAY, LogQuery(descending=False, aggregates=True))
    assert page.rows[0].record.id == given[3000].id
    assert page.aggregates is not None
    assert page.aggregates["min_duration"] == 3000
    assert await records.get(ACCOUNT, GATEWAY, given[5].id) is None
    assert await records.analytics(AnalyticsQuery(account=ACCOUNT, start=NOON, end=NOON + 86_400)) == before


async def test_deletion_of_the_first_so_many_in_an_order(records: Records) -> None:
    given = fill(records)
    query = LogQuery(order_by="duration", descending=True)
    assert await records.delete(ACCOUNT, GATEWAY, query, limit=10) == 10
    page = await records.list(ACCOUNT, GATEWAY, query)
    assert page.rows[0].record.id == given[-11].id


async def test_rows_deleted_before_their_block_is_full(records: Records) -> None:
    fill(records, 100)
    assert await records.delete(ACCOUNT, GATEWAY, LogQuery(), limit=40) == 40
    fill(records, BLOCK)
    assert number_of(records, "blocks") == 1
    assert await total(records) == BLOCK + 60
    assert await total(records, LogFilter("duration", "lt", (100,))) == 160


async def test_deletion_of_everything_and_what_comes_then(records: Records) -> None:
    fill(records)
    assert await records.delete(ACCOUNT, GATEWAY, LogQuery()) == COUNT
    assert (rows(records), number_of(records, "blocks"), number_of(records, "columns")) == (0, 0, 0)
    await records.append(record())
    assert await total(records) == 1


class Watched(upkeep.Upkeep):
    """Upkeep that says when there is nothing more to do."""

    idle: asyncio.Event
    loop: asyncio.AbstractEventLoop

    def step(self, connection: Any) -> bool:
        more = super().step(connection)
        if not more:
            Watched.loop.call_soon_threadsafe(Watched.idle.set)
        return more


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    monkeypatch.setattr(upkeep, "Upkeep", Watched)
    monkeypatch.setattr(applier, "UPKEEP_EVERY_S", 0.02)
    return Watched


async def idle(watched: type[Watched]) -> None:
    """Wait for a step of upkeep that began after now and found nothing to do."""
    for _ in range(2):
        watched.idle.clear()
        await asyncio.wait_for(watched.idle.wait(), 20)


async def test_a_forgotten_gateway_is_gone_at_once_and_its_rows_soon(tmp_path: Path, watched: type[Watched]) -> None:
    watched.idle, watched.loop = asyncio.Event(), asyncio.get_running_loop()
    records = open_records(tmp_path)
    fill(records, 3000)
    fill(records, 5, gateway="other")
    await records.start()
    await records.delete_gateway(ACCOUNT, GATEWAY)
    assert await total(records) == 0
    await records.append(record(model="anew"))
    assert await total(records) == 1
    await idle(watched)
    assert rows(records) == 6
    assert await total(records, gateway="other") == 5
    assert await total(records, LogFilter("model", "eq", ("anew",))) == 1
    assert number_of(records, "gateways") == 2
    await records.stop()


async def test_the_oldest_go_when_a_gateway_has_too_many(tmp_path: Path, watched: type[Watched]) -> None:
    watched.idle, watched.loop = asyncio.Event(), asyncio.get_running_loop()
    records = open_records(tmp_path)
    records.retention = lambda account, gateway: (500, "DELETE_OLDEST") if gateway == GATEWAY else None
    given = fill(records, 3000)
    fill(records, 600, gateway="other")
    await records.start()
    await idle(watched)
    page = await records.list(ACCOUNT, GATEWAY, LogQuery(descending=False))
    assert (page.total_count, page.rows[0].record.id) == (500, given[2500].id)
    assert await total(records, gateway="other") == 600
    await records.stop()


async def test_nothing_is_kept_past_the_limit_where_inserting_stops(records: Records) -> None:
    records.retention = lambda account, gateway: (10, "STOP_INSERTING")
    given = [record(created_at=NOON + number) for number in range(15)]
    for one in given:
        await records.append(one)
    page = await records.list(ACCOUNT, GATEWAY, LogQuery())
    assert [row.record.id for row in page.rows] == [one.id for one in given[9::-1]]
    (group,) = await records.analytics(AnalyticsQuery(account=ACCOUNT, start=NOON, end=NOON + 60))
    assert group.requests == 15
