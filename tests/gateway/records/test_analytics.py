"""Sums over time are those of the records, whichever stretch and grouping is asked for."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.log_query import AnalyticsQuery, LogFilter
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records, histogram, metadata_sums
from groundfog.gateway.records.sink import LogSink
from tests.support.records import ACCOUNT, NOON, open_records, record

DAYS = 3
START = NOON - 43_200


@pytest.fixture(scope="module")
def given() -> list[Record]:
    chance = random.Random(9)
    return [
        record(
            created_at=START + chance.random() * DAYS * 86_400,
            gateway=chance.choice(["prod", "prod", "test"]),
            provider=chance.choice(["openai", "anthropic"]),
            model=chance.choice(["a", "b"]),
            cached=chance.random() < 0.2,
            success=(good := chance.random() < 0.9),
            status_code=200 if good else 500,
            tokens_in=chance.choice([None, 10, 20]),
            cost=chance.choice([None, 5, 10**15]),
            duration_ms=int(chance.lognormvariate(6, 1)),
            request_size=100,
            response_size=7,
            metadata=chance.choice([None, {"team": "a", "user": "u1"}, {"team": "b"}, {"user": "u2", "team": "b"}]),
            logged=chance.random() < 0.5,
        )
        for _ in range(6000)
    ]


@pytest.fixture(scope="module")
def log(given: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    records = open_records(Path(tmp_path_factory.mktemp("log")))
    sink = LogSink()
    for start in range(0, len(given), 500):
        records.store.write(sink.prepare("p", given[start : start + 500])).result(30)
        sink.committed()
    yield records
    records.store.close()


def query(start: float, end: float, **options: Any) -> AnalyticsQuery:
    return AnalyticsQuery(account=ACCOUNT, start=start, end=end, **options)


@pytest.mark.parametrize(
    ("start", "end"),
    [(START, START + DAYS * 86_400), (START + 600, START + 7260), (START + 3660, START + 2 * 86_400 + 120), (0, 1000)],
)
async def test_any_stretch_of_minutes(log: Records, given: list[Record], start: float, end: float) -> None:
    mine = [one for one in given if start <= one.created_at < end]
    groups = await log.analytics(query(start, end))
    if not mine:
        assert groups == []
        return
    (group,) = groups
    assert (group.requests, group.errors) == (len(mine), sum(not one.success for one in mine))
    assert group.cached == sum(one.cached for one in mine)
    assert group.cost == sum(one.cost or 0 for one in mine)
    assert group.tokens_in == sum(one.tokens_in or 0 for one in mine if not one.cached)
    assert group.cached_tokens_in == sum(one.tokens_in or 0 for one in mine if one.cached)
    assert (group.request_bytes, group.response_bytes) == (100 * len(mine), 7 * len(mine))


@pytest.mark.parametrize("slot_s", [60, 300, 3600, 7200, 86_400])
async def test_slots(log: Records, given: list[Record], slot_s: int) -> None:
    groups = await log.analytics(query(START, START + DAYS * 86_400, slot_s=slot_s))
    counted = Counter(one.created_at // slot_s * slot_s for one in given)
    assert {group.slot: group.requests for group in groups} == counted
    assert [group.slot for group in groups] == sorted(counted)


async def test_groups_and_filters(log: Records, given: list[Record]) -> None:
    found = await log.analytics(
        query(
            START,
            START + DAYS * 86_400,
            dimensions=("gateway", "model"),
            filters=(LogFilter("provider", "neq", ("anthropic",)), LogFilter("gateway", "eq", ("prod",))),
        )
    )
    mine = Counter((one.gateway, one.model) for one in given if one.provider == "openai" and one.gateway == "prod")
    assert {(group.gateway, group.model): group.requests for group in found} == mine
    assert {group.provider for group in found} == {""}


@pytest.mark.parametrize("compacted", [False, True])
async def test_by_metadata(log: Records, given: list[Record], compacted: bool) -> None:
    while compacted and log.store.write(lambda db: metadata_sums.compact(db, START + 10 * 86_400)).result(10):
        pass
    end = START + DAYS * 86_400
    teams = await log.analytics(query(START, end, dimensions=("metadata", "provider"), metadata_key="team"))
    counted = Counter(((one.metadata or {}).get("team", ""), one.provider) for one in given)
    assert {(group.metadata, group.provider): group.requests for group in teams} == counted
    costs = {(group.metadata, group.provider): group.cost for group in teams}
    for key in counted:
        mine = [one for one in given if ((one.metadata or {}).get("team", ""), one.provider) == key]
        assert costs[key] == sum(one.cost or 0 for one in mine)
    users = await log.analytics(query(START, end, filters=(LogFilter("metadata.user", "eq", ("u1",)),)))
    assert [group.requests for group in users] == [sum((one.metadata or {}).get("user") == "u1" for one in given)]
    others = await log.analytics(query(START, end, filters=(LogFilter("metadata.user", "neq", ("u1",)),)))
    assert [group.requests for group in others] == [len(given) - users[0].requests]
    whole = await log.analytics(query(START, end, dimensions=("metadata",), slot_s=86_400))
    assert {group.metadata for group in whole} == {
        "",
        '{"team":"a","user":"u1"}',
        '{"team":"b"}',
        '{"user":"u2","team":"b"}',
    }
    assert sum(group.requests for group in whole) == len(given)


async def test_the_largest_groups_come_first_and_no_more_than_asked_for(log: Records) -> None:
    groups = await log.analytics(query(START, START + 86_400 * DAYS, dimensions=("provider", "model"), limit=3))
    assert len(groups) == 3
    assert [group.requests for group in groups] == sorted((group.requests for group in groups), reverse=True)


async def test_percentiles_are_within_a_fifth(log: Records, given: list[Record]) -> None:
    (group,) = await log.analytics(query(START, START + DAYS * 86_400))
    durations = sorted(one.duration_ms for one in given)
    for share, found in ((0.5, group.duration_p50), (0.9, group.duration_p90), (0.99, group.duration_p99)):
        assert found == pytest.approx(durations[int(share * len(durations))], rel=0.2)


@pytest.mark.parametrize(
    "options",
    [
        {"slot_s": 60, "dimensions": ("metadata",)},
        {"slot_s": 90},
        {"filters": (LogFilter("colour", "eq", ("red",)),)},
        {"filters": (LogFilter("model", "gt", ("a",)),)},
    ],
)
async def test_what_is_not_kept_is_refused(log: Records, options: dict[str, Any]) -> None:
    with pytest.raises(GroundfogError) as refused:
        await log.analytics(query(START, START + 3600, **options))
    assert refused.value.code == 7001


async def test_evaluations_of_guards_are_no_requests(records: Records) -> None:
    await records.append(record())
    await records.append(record(request_type="guardrails"))
    (group,) = await records.analytics(query(NOON, NOON + 60))
    assert group.requests == 1
    assert await records.measure(ACCOUNT, "prod", (), "cost") == (7_000_000.0, 1)


def test_every_duration_has_its_bucket() -> None:
    for milliseconds in (0, 1, 2, 3, 100, 4095, 4096, 5000, 10**6, 10**9):
        place = histogram.bucket(milliseconds)
        assert place == 0 or histogram.BOUNDS[place - 1] < milliseconds + 1e-6
        assert place == histogram.BUCKETS - 1 or milliseconds <= histogram.BOUNDS[place] + 1e-6


def test_percentiles_of_nothing_are_none_at_all() -> None:
    counts = np.zeros((1, histogram.BUCKETS), dtype=np.int64)
    assert np.isnan(histogram.percentiles(counts, (0.5, 0.99))).all()
