"""What the cache answers again and again is kept once, and every log has its own bodies nevertheless."""

from __future__ import annotations

import random

import pytest

from groundfog.gateway.log_query import LogFilter, LogQuery
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records, bodies
from groundfog.gateway.records.bodies import REMEMBERED, REMEMBERED_BYTES, Kept
from tests.support.records import ACCOUNT, GATEWAY, NOON, record


def hit(number: int, text: bytes = b"hello", **fields: object) -> Record:
    """An answer of the cache; equal texts are made anew each time."""
    return record(
        cached=True,
        created_at=NOON + number,
        duration_ms=number,
        request_body=b"ask " + text,
        response_body=b"answer " + text,
        **fields,
    )


async def bodies_of(records: Records, one: Record) -> tuple[bytes | None, bytes | None]:
    row = await records.get(ACCOUNT, one.gateway, one.id, bodies=True)
    assert row is not None
    return row.record.request_body, row.record.response_body


def number_of(records: Records, table: str) -> int:
    return int(records.store.read(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


async def kept(records: Records, *given: Record) -> None:
    for one in given:
        await records.append(one)
        assert await records.applied()


async def test_what_the_cache_answers_often_is_kept_once_and_read_by_every_row(records: Records) -> None:
    given = [record(request_body=b"ask hello", response_body=b"answer hello"), *(hit(number) for number in range(5))]
    await kept(records, *given)
    assert number_of(records, "bodies") == 2
    for one in given:
        assert await bodies_of(records, one) == (b"ask hello", b"answer hello")


async def test_other_bodies_and_other_gateways_are_kept_apart(records: Records) -> None:
    given = [
        hit(1),
        hit(2, b"other"),
        hit(3, gateway="second"),
        hit(4, gateway="second"),
        record(cached=True, response_body=b"answer hello"),
        record(cached=True),
    ]
    await kept(records, *given)
    assert number_of(records, "bodies") == 4
    for one in given:
        assert await bodies_of(records, one) == (one.request_body, one.response_body)


async def test_bodies_outlive_the_row_that_brought_them_while_another_points_to_them(records: Records) -> None:
    given = [hit(number) for number in range(4)]
    await kept(records, *given)
    for number, left in ((0, 1), (2, 1), (1, 1), (3, 0)):
        fits = LogQuery(filters=(LogFilter("duration", "eq", (number,)),))
        assert await records.delete(ACCOUNT, GATEWAY, fits) == 1
        assert number_of(records, "bodies") == left
    assert number_of(records, "shared_bodies") == 0


async def test_what_was_deleted_is_kept_anew(records: Records) -> None:
    await kept(records, hit(1), hit(2))
    assert await records.delete(ACCOUNT, GATEWAY, LogQuery()) == 2
    again = hit(3)
    await kept(records, again)
    assert await bodies_of(records, again) == (again.request_body, again.response_body)


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_order_every_row_has_its_bodies_until_the_last_is_deleted(records: Records, seed: int) -> None:
    chance = random.Random(seed)
    there: dict[int, Record] = {}
    for number in range(60):
        one = hit(number, b"text %d" % chance.randrange(4))
        await records.append(one)
        there[number] = one
        if chance.random() < 0.4:
            gone = chance.sample(sorted(there), min(len(there), chance.randrange(1, 4)))
            fits = LogQuery(filters=(LogFilter("duration", "eq", tuple(gone)),))
            assert await records.delete(ACCOUNT, GATEWAY, fits) == len(gone)
            for place in gone:
                del there[place]
    for one in there.values():
        assert await bodies_of(records, one) == (one.request_body, one.response_body)
    pointing = records.store.read(
        lambda db: db.execute(
            "SELECT bodies_of, count(*) FROM logs WHERE bodies_of > 0 GROUP BY 1 ORDER BY 1"
        ).fetchall()
    )
    assert pointing == records.store.read(lambda db: db.execute("SELECT * FROM shared_bodies ORDER BY 1").fetchall())
    await records.delete(ACCOUNT, GATEWAY, LogQuery())
    assert (number_of(records, "bodies"), number_of(records, "shared_bodies")) == (0, 0)


def test_a_writer_remembers_so_much_and_no_more() -> None:
    known = Kept()
    known.add({(1, b"", b"%d" % number): number for number in range(REMEMBERED + 10)})
    assert known.find((1, b"", b"9")) is None
    assert known.find((1, b"", b"10")) == 10
    large = bytes(REMEMBERED_BYTES // 2)
    known.add({(1, b"a", large): 1, (1, b"b", large): 2})
    assert known.find((1, b"a", large)) is None
    assert known.find((1, b"b", large)) == 2
    known.add({(1, b"b", large): 3})
    assert known.find((1, b"b", large)) == 3


def test_bodies_of_no_row_are_none(records: Records) -> None:
    assert records.store.read(lambda db: bodies.read(db, 17)) == (None, None)
