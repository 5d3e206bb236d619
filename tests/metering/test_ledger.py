"""The ledger: what is reserved, settled and given back, in one process."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.metering import ledger_store
from groundfog.metering.ledger import Claim, Ledger, LimitReached
from groundfog.store import Store
from tests.support.ledger import StillClock, apply, leased, ledger_database, spent

CENT = 10**10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ledger_database(tmp_path) as store:
        yield store


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ledger(store: Store, clock: StillClock) -> Ledger:
    return Ledger(store, clock)


async def refused(ledger: Ledger, claims: list[Claim], amount: int) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(claims, amount)
    return caught.value


async def test_one_cent_left_is_used_fully_and_never_overshot_by_200_at_once(ledger: Ledger) -> None:
    claim = [Claim("b", CENT, 60, "fixed")]

    async def one() -> bool:
        try:
            await ledger.reserve(claim, CENT // 10)
        except LimitReached:
            return False
        return True

    admitted = await asyncio.gather(*[one() for _ in range(200)])
    assert sum(admitted) == 10


async def test_a_fixed_window_is_full_until_it_ends(ledger: Ledger, store: Store, clock: StillClock) -> None:
    claim = [Claim("b", 3, 60, "fixed")]
    clock.now = 1_800_000_000.0 - 1_800_000_000 % 60 + 10
    for _ in range(3):
        apply(store, ledger, (await ledger.reserve(claim, 1)).settle(1))
    reached = await refused(ledger, claim, 1)
    assert reached.spent == 3
    assert reached.retry_after == pytest.approx(50)
    clock.now += 50.5
    await ledger.reserve(claim, 1)


async def test_a_sliding_window_frees_what_is_older_than_itself(
    ledger: Ledger, store: Store, clock: StillClock
) -> None:
    claim = [Claim("b", 3, 60, "sliding")]
    start = clock.now
    for at in (0, 20, 40):
        clock.now = start + at
        apply(store, ledger, (await ledger.reserve(claim, 1)).settle(1))
    clock.now = start + 50
    reached = await refused(ledger, claim, 1)
    assert reached.retry_after == pytest.approx(11, abs=0.01)
    assert (await refused(ledger, claim, 2)).retry_after == pytest.approx(31, abs=0.01)
    clock.now = start + 60.5
    await refused(ledger, claim, 1)
    clock.now = start + 61
    await ledger.reserve(claim, 1)
    await refused(ledger, claim, 1)


async def test_all_claims_or_none(ledger: Ledger, store: Store) -> None:
    wide, narrow = Claim("wide", 100, 60, "fixed"), Claim("narrow", 10, 60, "fixed")
    await ledger.reserve([wide, narrow], 10)
    reached = await refused(ledger, [wide, narrow], 5)
    assert reached.claim is narrow
    # Nothing of the refused one stayed in the wide bucket.
    await ledger.reserve([wide], 90)
    await refused(ledger, [wide], 1)


async def test_what_was_not_needed_is_there_for_the_next(ledger: Ledger) -> None:
    claim = [Claim("b", 100, 60, "fixed")]
    first = await ledger.reserve(claim, 100)
    await refused(ledger, claim, 1)
    (settled,) = first.settle(30)
    assert (settled.bucket, settled.amount, settled.over) == ("b", 30, 0)
    await ledger.reserve(claim, 70)
    await refused(ledger, claim, 1)


async def test_a_refused_or_failed_call_gives_everything_back(ledger: Ledger) -> None:
    claim = [Claim("b", 100, 60, "fixed")]
    reservation = await ledger.reserve(claim, 100)
    reservation.release()
    assert reservation.settle(50) == []
    await ledger.reserve(claim, 100)


async def test_more_than_was_reserved_is_charged(ledger: Ledger, store: Store) -> None:
    claim = [Claim("b", 100, 60, "fixed")]
    first, second = await ledger.reserve(claim, 20), await ledger.reserve(claim, 80)
    (settled,) = first.settle(50)
    assert (settled.amount, settled.over) == (50, 30)
    apply(store, ledger, [settled])
    assert spent(store, "b") == 50
    # The other reservation is still covered.
    assert leased(store, "b") == 80
    apply(store, ledger, second.settle(80))
    assert (spent(store, "b"), leased(store, "b")) == (130, 0)
    assert (await refused(ledger, claim, 1)).spent == 130


async def test_more_than_was_reserved_takes_first_what_is_leased(ledger: Ledger, store: Store) -> None:
    claim = [Claim("b", 1600, 60, "fixed")]
    reservation = await ledger.reserve(claim, 1)
    (settled,) = reservation.settle(60)
    assert (settled.amount, settled.over) == (60, 0)
    apply(store, ledger, [settled])
    assert (spent(store, "b"), leased(store, "b")) == (60, 40)


async def test_what_can_never_fit_says_so(ledger: Ledger) -> None:
    reached = await refused(ledger, [Claim("b", 100, 60, "fixed")], 101)
    assert reached.retry_after is None


async def test_a_reservation_of_an_earlier_slot_is_settled_there(
    ledger: Ledger, store: Store, clock: StillClock
) -> None:
    claim = [Claim("b", 100, 60, "fixed")]
    first = await ledger.reserve(claim, 100)
    clock.now += 60
    second = await ledger.reserve(claim, 100)
    (early,), (late,) = first.settle(70), second.settle(100)
    assert late.slot - early.slot == 60_000
    apply(store, ledger, [early, late])
    assert spent(store, "b") == 170


async def test_what_is_leased_in_one_slot_is_not_used_in_the_next(
    ledger: Ledger, store: Store, clock: StillClock
) -> None:
    claim = [Claim("b", 1600, 60, "fixed")]
    await ledger.reserve(claim, 1)
    assert ledger.try_reserve(claim, 1) is not None
    clock.now += 60
    assert ledger.try_reserve(claim, 1) is None
    (late,) = (await ledger.reserve(claim, 1)).settle(1)
    assert late.slot == claim[0].slot(clock.now).start
    # What was left of the old lease went back with the same transaction.
    assert leased(store, "b") == 2 + 100


async def test_leases_that_nobody_uses_go_back(ledger: Ledger, store: Store, clock: StillClock) -> None:
    other = Ledger(store, clock)
    claim = [Claim("b", 1600, 60, "fixed")]
    reservation = await ledger.reserve(claim, 1)
    assert leased(store, "b") == 100
    with pytest.raises(LimitReached):
        await other.reserve(claim, 1501)
    await ledger.give_back_idle()
    await ledger.give_back_idle()
    assert leased(store, "b") == 1
    whole = await other.reserve(claim, 1599)
    whole.release()
    reservation.release()
    await ledger.stop()
    await other.stop()
    assert leased(store, "b") == 0


async def test_they_go_back_by_themselves(ledger: Ledger, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await ledger.reserve([Claim("b", 1600, 60, "fixed")], 1)
    assert leased(store, "b") == 100
    given, loop, write = asyncio.Event(), asyncio.get_running_loop(), store.write

    def watched(work: Callable[[sqlite3.Connection], Any]) -> Future[Any]:
        future = write(work)
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(given.set))
        return future

    monkeypatch.setattr(store, "write", watched)
    await asyncio.wait_for(given.wait(), 10)
    assert leased(store, "b") == 1


async def test_most_reservations_need_no_database(ledger: Ledger, store: Store) -> None:
    claims = [Claim("rate", 10**6, 3600, "sliding"), Claim("spend", 10**9, 3600, "sliding")]
    (await ledger.reserve(claims, 1)).settle(1)
    commits = store.commits
    for _ in range(1000):
        reservation = ledger.try_reserve(claims, 1)
        assert reservation is not None
        reservation.settle(1)
    assert store.commits == commits


async def test_while_the_store_is_down_what_is_leased_is_served(ledger: Ledger, store: Store) -> None:
    claim = [Claim("b", 1600, 60, "fixed")]
    await ledger.reserve(claim, 1)
    store.close()
    await ledger.reserve(claim, 50)
    with pytest.raises(GroundfogError, match="store"):
        await ledger.reserve(claim, 60)


async def test_who_stops_waiting_takes_nothing_with_him(ledger: Ledger) -> None:
    claim = [Claim("b", 10, 60, "fixed")]
    waiting = [asyncio.create_task(ledger.reserve(claim, 1)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in waiting[:4]:
        task.cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in outcomes] == [True] * 4 + [False]
    assert len([await ledger.reserve(claim, 1) for _ in range(9)]) == 9
    await refused(ledger, claim, 1)


async def test_expired_slots_are_forgotten_after_a_day(ledger: Ledger, store: Store, clock: StillClock) -> None:
    claim = [Claim("b", 100, 60, "fixed")]
    apply(store, ledger, (await ledger.reserve(claim, 10)).settle(10))
    assert store.write(lambda db: ledger_store.forget_expired(db, clock.now + 86_000)).result() == 0
    assert store.write(lambda db: ledger_store.forget_expired(db, clock.now + 86_500)).result() == 1
    assert (spent(store, "b"), leased(store, "b")) == (0, 0)


async def test_a_settlement_that_comes_after_its_slot_was_forgotten_is_not_lost(ledger: Ledger, store: Store) -> None:
    settled = (await ledger.reserve([Claim("b", 100, 60, "fixed")], 10)).settle(10)
    store.write(lambda db: db.execute("DELETE FROM ledger_slots")).result()
    apply(store, ledger, settled)
    assert spent(store, "b") == 10
