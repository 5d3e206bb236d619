"""Pages, filters and orders over packed and loose rows are those that a plain search through all records gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.log_query import ORDER_KEYS, LogFilter, LogQuery, Operator, Value
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records
from groundfog.gateway.records.blocks import BLOCK
from groundfog.gateway.records.sink import LogSink
from tests.support.records import ACCOUNT, GATEWAY, NOON, open_records, record

COUNT = 2 * BLOCK + 700
Fits = Callable[[Record], bool]


def made() -> list[Record]:
    """Records of chance in the order of their times, a few out of it, as streams that took long."""
    chance = random.Random(4)
    records = []
    for number in range(COUNT):
        failed, cached = chance.random() < 0.05, chance.random() < 0.2
        provider, model = chance.choice([("openai", "gpt-5-mini"), ("anthropic", "claude-x"), ("openai", "gpt-4.1")])
        records.append(
            record(
                created_at=NOON + number - (500 if chance.random() < 0.01 else 0),
                provider=provider,
                model=model,
                model_type=chance.choice(["", "Text Generation"]),
                duration_ms=chance.randint(0, 5000),
                success=not failed,
                cached=cached,
                status_code=500 if failed else 200,
                tokens_in=None if failed else chance.randint(0, 1000),
                tokens_out=None if failed else chance.randint(0, 300),
                cost=None if failed else 0 if cached else chance.randint(1, 10**10),
                metadata=chance.choice(
                    [None, {"user": f"u{chance.randint(0, 50)}"}, {"team": "a", "n": chance.randint(0, 5), "x": True}]
                ),
                event_id=f"event-{number}" if number % 9 == 0 else "",
                user_agent=chance.choice(["", "OpenAI/Python 2.0", "curl/8"]),
                dlp_action=chance.choice([None, None, "FLAG"]),
                path=chance.choice(["chat/completions", "v1/embeddings"]),
            )
        )
    return records


@pytest.fixture(scope="module")
def given() -> list[Record]:
    return made()


@pytest.fixture(scope="module")
def log(given: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    records = open_records(Path(tmp_path_factory.mktemp("log")))
    sink = LogSink()
    for start in range(0, COUNT, 1000):
        records.store.write(sink.prepare("p", given[start : start + 1000])).result(30)
        sink.committed()
    other = [record(gateway="other") for _ in range(5)]
    records.store.write(sink.prepare("p", other)).result(30)
    yield records
    records.store.close()


def newest(records: list[Record]) -> list[str]:
    """Ids by time, what came last first."""
    order = sorted(enumerate(records), key=lambda one: (one[1].created_at, one[0]), reverse=True)
    return [one.id for _, one in order]


def total(one: Record) -> int | None:
    return None if one.tokens_in is None or one.tokens_out is None else one.tokens_in + one.tokens_out


def more(value: int | None, than: float) -> bool:
    return value is not None and value > than


def less(value: int | None, than: float) -> bool:
    return value is not None and value < than


def user(one: Record) -> object:
    return (one.metadata or {}).get("user")


CASES: list[tuple[str, Operator, tuple[Value, ...], Fits]] = [
    ("provider", "eq", ("openai",), lambda one: one.provider == "openai"),
    ("provider", "eq", ("openai", "nobody"), lambda one: one.provider == "openai"),
    ("provider", "neq", ("openai", "nobody"), lambda one: one.provider != "openai"),
    ("provider", "eq", ("nobody",), lambda one: False),
    ("provider", "lt", ("b",), lambda one: one.provider < "b"),
    ("model", "contains", ("GPT",), lambda one: "gpt" in one.model),
    ("model_type", "eq", (None,), lambda one: not one.model_type),
    ("success", "eq", (False,), lambda one: not one.success),
    ("cached", "neq", (True,), lambda one: not one.cached),
    ("dlp_action", "eq", ("FLAG",), lambda one: one.dlp_action == "FLAG"),
    ("dlp_action", "eq", (None,), lambda one: one.dlp_action is None),
    ("user_agent", "contains", ("CURL",), lambda one: "curl" in one.user_agent),
    ("user_agent", "neq", ("curl/8",), lambda one: one.user_agent != "curl/8"),
    ("cost", "gt", (5 * 10**9,), lambda one: more(one.cost, 5e9)),
    ("cost", "eq", (0,), lambda one: one.cost == 0),
    ("cost", "eq", (None,), lambda one: one.cost is None),
    ("cost", "neq", (0,), lambda one: one.cost != 0),
    ("cost", "neq", (None,), lambda one: one.cost is not None),
    ("cost", "lt", (-5,), lambda one: False),
    ("cost", "lt", (1e30,), lambda one: one.cost is not None),
    ("duration", "eq", (77, 78.0, 79.5), lambda one: one.duration_ms in (77, 78)),
    ("duration", "ge", (4999.5,), lambda one: one.duration_ms >= 5000),
    ("duration", "le", (0,), lambda one: one.duration_ms == 0),
    ("tokens", "gt", (1200,), lambda one: more(total(one), 1200)),
    ("tokens", "lt", (10,), lambda one: less(total(one), 10)),
    ("tokens_in", "lt", (3, 2), lambda one: less(one.tokens_in, 3)),
    ("tokens_out", "ge", (300,), lambda one: one.tokens_out == 300),
    ("created_at", "gt", (NOON + 10_000,), lambda one: one.created_at > NOON + 10_000),
    ("created_at", "le", (NOON,), lambda one: one.created_at <= NOON),
    ("feedback", "eq", (None,), lambda one: True),
    ("event_id", "eq", ("event-900",), lambda one: one.event_id == "event-900"),
    ("event_id", "contains", ("event-16",), lambda one: one.event_id.startswith("event-16")),
    ("metadata.key", "eq", ("team",), lambda one: "team" in (one.metadata or {})),
    ("metadata.key", "neq", ("team",), lambda one: "team" not in (one.metadata or {})),
    ("metadata.value", "eq", ("u7",), lambda one: user(one) == "u7"),
    ("metadata.value", "eq", (3,), lambda one: (one.metadata or {}).get("n") == 3),
    ("metadata.value", "eq", (True,), lambda one: "x" in (one.metadata or {})),
    ("metadata.value", "contains", ("U4",), lambda one: str(user(one)).startswith("u4")),
    ("metadata.value", "gt", (3,), lambda one: int((one.metadata or {}).get("n", 0)) > 3),
]


async def check(log: Records, given: list[Record], filters: tuple[LogFilter, ...], fits: Fits) -> None:
    wanted = newest([one for one in given if fits(one)])
    page = await log.list(ACCOUNT, GATEWAY, LogQuery(filters=filters, per_page=50))
    assert page.total_count == len(wanted)
    assert [row.record.id for row in page.rows] == wanted[:50]


@pytest.mark.parametrize(
    ("key", "operator", "values", "fits"), CASES, ids=[f"{case[0]} {case[1]} {case[2]}" for case in CASES]
)
async def test_a_filter(
    log: Records, given: list[Record], key: str, operator: Operator, values: tuple[Value, ...], fits: Fits
) -> None:
    await check(log, given, (LogFilter(key, operator, values),), fits)


async def test_two_filters_must_both_fit(log: Records, given: list[Record]) -> None:
    chance = random.Random(2)
    for _ in range(60):
        one, two = chance.sample(CASES, 2)
        if {one[0], two[0]} == {"metadata.key", "metadata.value"}:
            continue  # beside each other they mean one entry
        filters = tuple(LogFilter(*case[:3]) for case in (one, two))
        await check(log, given, filters, lambda row, one=one, two=two: one[3](row) and two[3](row))  # type: ignore[misc]


async def test_metadata_key_and_value_beside_each_other_mean_one_entry(log: Records, given: list[Record]) -> None:
    pair = (LogFilter("metadata.key", "eq", ("n",)), LogFilter("metadata.value", "eq", (3,)))
    await check(log, given, pair, lambda one: (one.metadata or {}).get("n") == 3)
    await check(log, given, pair[::-1], lambda one: (one.metadata or {}).get("n") == 3)
    apart = (LogFilter("metadata.key", "eq", ("user",)), LogFilter("metadata.value", "eq", (3,)))
    await check(log, given, apart, lambda one: False)


async def test_ids(log: Records, given: list[Record]) -> None:
    id = given[BLOCK + 3].id
    await check(
        log, given, (LogFilter("id", "eq", (id, given[0].id, "none")),), lambda one: one.id in (id, given[0].id)
    )
    await check(log, given, (LogFilter("id", "neq", (id,)),), lambda one: one.id != id)
    await check(log, given, (LogFilter("id", "lt", (id,)),), lambda one: one.id < id)
    await check(log, given, (LogFilter("id", "contains", (id[5:20],)),), lambda one: id[5:20] in one.id)
    own = (LogFilter("event_id", "eq", (given[1].id,)),)
    await check(log, given, own, lambda one: one.id == given[1].id)


async def test_pages_follow_each_other_and_end(log: Records, given: list[Record]) -> None:
    wanted = newest(given)
    for number in (1, 2, 170, COUNT // 50 + 1):
        page = await log.list(ACCOUNT, GATEWAY, LogQuery(page=number, per_page=50))
        assert [row.record.id for row in page.rows] == wanted[50 * number - 50 : 50 * number]
    end = await log.list(ACCOUNT, GATEWAY, LogQuery(page=10_000, per_page=50))
    assert (end.rows, end.total_count) == ([], COUNT)


async def test_oldest_first(log: Records, given: list[Record]) -> None:
    page = await log.list(ACCOUNT, GATEWAY, LogQuery(descending=False, per_page=50))
    order = sorted(enumerate(given), key=lambda one: (one[1].created_at, one[0]))
    assert [row.record.id for row in page.rows] == [one.id for _, one in order][:50]


def sort_key(name: str) -> Callable[[Record], object]:
    field = {"duration": "duration_ms"}.get(name, name)

    def value(one: Record) -> object:
        if name == "feedback":
            return -1
        found = getattr(one, field)
        return str(found) if isinstance(found, str | bool) else -1 if found is None else found

    return value


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("key", sorted(ORDER_KEYS - {"created_at"}))
async def test_any_order(log: Records, given: list[Record], key: str, descending: bool) -> None:
    value = sort_key(key)
    filters = (LogFilter("duration", "gt", (100,)),)
    wanted = sorted((value(one) for one in given if one.duration_ms > 100), reverse=descending)  # type: ignore[type-var]
    for number in (1, 3):
        query = LogQuery(filters=filters, order_by=key, descending=descending, page=number, per_page=50)
        page = await log.list(ACCOUNT, GATEWAY, query)
        assert [value(row.record) for row in page.rows] == wanted[50 * number - 50 : 50 * number]
        assert len({row.record.id for row in page.rows}) == 50


async def test_the_least_and_the_greatest(log: Records, given: list[Record]) -> None:
    for filters, fits in (
        ((), lambda one: True),
        ((LogFilter("provider", "eq", ("anthropic",)), LogFilter("cost", "gt", (0,))), lambda one: more(one.cost, 0)),
    ):
        page = await log.list(ACCOUNT, GATEWAY, LogQuery(filters=filters, aggregates=True))  # type: ignore[arg-type]
        rows = [one for one in given if fits(one) and (not filters or one.provider == "anthropic")]  # type: ignore[no-untyped-call]
        numbers = {
            "cost": [one.cost for one in rows if one.cost is not None],
            "duration": [one.duration_ms for one in rows],
            "tokens_in": [one.tokens_in for one in rows if one.tokens_in is not None],
            "tokens_out": [one.tokens_out for one in rows if one.tokens_out is not None],
            "total_tokens": [found for one in rows if (found := total(one)) is not None],
        }
        wanted = {f"{name}_{key}": find(values) for key, values in numbers.items() for name, find in ENDS.items()}
        assert page.aggregates == wanted


ENDS: dict[str, Callable[[list[int]], int]] = {"min": min, "max": max}


async def test_search_looks_in_models_paths_metadata_and_for_whole_ids(log: Records, given: list[Record]) -> None:
    async def found(text: str) -> int:
        return (await log.list(ACCOUNT, GATEWAY, LogQuery(search=text))).total_count

    assert await found("CLAUDE") == sum("claude" in one.model for one in given)
    assert await found("embeddings") == sum("embeddings" in one.path for one in given)
    assert await found('"u7"') == sum(user(one) == "u7" for one in given)
    assert await found(given[5].id) == 1
    assert await found("event-18") == 1
    assert await found("nothing like that") == 0


async def test_a_row_is_read_back_as_it_was(log: Records, given: list[Record]) -> None:
    for one in (given[0], given[BLOCK], given[-1]):
        row = await log.get(ACCOUNT, GATEWAY, one.id)
        assert row is not None
        wanted = [one.event_id or one.id, one.id]
        assert [row.record.event_id, row.record.request_id] == wanted
        row.record.event_id, row.record.request_id = one.event_id, one.request_id
        assert row.record == one


async def test_gateways_and_accounts_are_apart(log: Records, given: list[Record]) -> None:
    assert (await log.list(ACCOUNT, "other", LogQuery())).total_count == 5
    assert (await log.list("elsewhere", GATEWAY, LogQuery())).total_count == 0
    assert await log.get(ACCOUNT, "other", given[0].id) is None
    nothing = await log.list(ACCOUNT, "never", LogQuery(aggregates=True))
    assert nothing.rows == []
    assert set((nothing.aggregates or {}).values()) == {None}


@pytest.mark.parametrize(
    "query",
    [
        LogQuery(filters=(LogFilter("colour", "eq", ("red",)),)),
        LogQuery(filters=(LogFilter("cost", "contains", (5,)),)),
        LogQuery(filters=(LogFilter("cost", "gt", ("much",)),)),
        LogQuery(order_by="colour"),
    ],
)
async def test_what_cannot_be_asked_is_refused(log: Records, query: LogQuery) -> None:
    with pytest.raises(GroundfogError) as refused:
        await log.list(ACCOUNT, GATEWAY, query)
    assert (refused.value.code, refused.value.status) == (7001, 400)


async def test_averages(log: Records, given: list[Record]) -> None:
    costs = [one.cost for one in given if one.cost is not None]
    assert await log.measure(ACCOUNT, GATEWAY, (), "cost") == (pytest.approx(sum(costs) / len(costs)), len(costs))
    openai = [one.duration_ms for one in given if one.provider == "openai"]
    filters = (LogFilter("provider", "eq", ("openai",)),)
    wanted = (pytest.approx(sum(openai) / len(openai)), len(openai))
    assert await log.measure(ACCOUNT, GATEWAY, filters, "speed") == wanted
    assert await log.measure(ACCOUNT, GATEWAY, (), "feedback") == (None, 0)
    assert await log.measure(ACCOUNT, "never", (), "cost") == (None, 0)


async def test_rows_of_one_moment_stand_as_they_came_and_turned_round_newest_first(tmp_path: Path) -> None:
    records = open_records(tmp_path)
    sink = LogSink()
    same = [record(created_at=1_790_000_000.0) for _ in range(20)]
    records.store.write(sink.prepare("p", same)).result(30)
    sink.committed()
    came = [one.id for one in same]
    for descending, wanted in ((False, came), (True, came[::-1])):
        found: list[str] = []
        for number in (1, 2, 3):
            page = await records.list(ACCOUNT, GATEWAY, LogQuery(descending=descending, page=number, per_page=8))
            found += [row.record.id for row in page.rows]
        assert found == wanted
    records.store.close()
