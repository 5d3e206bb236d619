"""The ledger against a simple exact model: lists of what is held and what is spent."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog.metering import ledger_store
from groundfog.metering.claims import Technique
from groundfog.metering.ledger import Claim, Ledger, LimitReached, Reservation, Settlement
from groundfog.store import Store
from tests.support.ledger import StillClock, apply, leased, ledger_database, spent

LIMIT = 200
CLAIMS: dict[Technique, list[Claim]] = {
    "fixed": [Claim("b", LIMIT, 60, "fixed")],
    "sliding": [Claim("b", LIMIT, 60, "sliding")],
}
PROCESSES = 3

processes = st.integers(0, PROCESSES - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), processes, st.integers(1, 120)),
        st.tuples(st.just("reserve"), processes, st.integers(1, 12)),
        st.tuples(st.just("settle"), st.integers(0, 20), st.integers(0, 100)),
        st.tuples(st.just("wait"), st.just(0), st.integers(1, 40)),
        st.tuples(st.just("apply"), processes, st.just(0)),
        st.tuples(st.just("give back"), processes, st.just(0)),
        st.tuples(st.just("kill"), processes, st.just(0)),
    ),
    max_size=40,
)


@dataclasses.dataclass
class Held:
    process: int
    slot: int
    amount: int
    reservation: Reservation


class World:
    """Several ledgers on one database, and what should be in it."""

    def __init__(self, store: Store, claims: list[Claim]) -> None:
        self.store = store
        self.claims = claims
        self.clock = StillClock()
        self.ledgers = [Ledger(store, self.clock) for _ in range(PROCESSES)]
        self.journals: list[list[Settlement]] = [[] for _ in range(PROCESSES)]
        self.held: list[Held] = []
        self.spent: list[tuple[int, int]] = []
        """(slot, amount)"""

    @property
    def slot(self) -> int:
        return self.claims[0].slot(self.clock.now).start

    def used(self) -> int:
        """What counts in the window now."""
        since = self.claims[0].slot(self.clock.now).since
        held = sum(one.amount for one in self.held if one.slot > since)
        return held + sum(amount for slot, amount in self.spent if slot > since)

    async def reserve(self, process: int, amount: int) -> None:
        used = self.used()
        try:
            reservation = await self.ledgers[process].reserve(self.claims, amount)
        except LimitReached:
            # Others may have leased a part of what is left.
            await self.return_idle()
            if used + amount <= LIMIT:
                reservation = await self.ledgers[process].reserve(self.claims, amount)
            else:
                return
        assert used + amount <= LIMIT, "overshot"
        self.held.append(Held(process, self.slot, amount, reservation))

    async def settle(self, which: int, percent: int) -> None:
        if not self.held:
            return
        one = self.held.pop(which % len(self.held))
        actual = one.amount * percent // 100
        settlements = one.reservation.settle(actual)
        self.journals[one.process] += settlements
        assert sum(settlement.amount for settlement in settlements) == actual
        if actual:
            self.spent.append((one.slot, actual))

    async def apply(self, process: int) -> None:
        journal, self.journals[process] = self.journals[process], []
        apply(self.store, self.ledgers[process], journal)

    async def kill(self, process: int) -> None:
        """Its journal is applied by somebody else; what it had reserved is free again."""
        dead, journal = self.ledgers[process].process, self.journals[process]

        def adopt(db: sqlite3.Connection) -> None:
            ledger_store.apply_settlements(db, dead, journal)
            ledger_store.release_dead(db, dead)

        self.store.write(adopt).result()
        self.journals[process] = []
        self.held = [one for one in self.held if one.process != process]
        self.ledgers[process] = Ledger(self.store, self.clock)

    async def return_idle(self) -> None:
        for ledger in self.ledgers:
            await ledger.give_back_idle()
            await ledger.give_back_idle()

    async def check_the_end(self) -> None:
        for process in range(PROCESSES):
            await self.apply(process)
        await self.return_idle()
        assert spent(self.store, "b") == sum(amount for _, amount in self.spent)
        assert leased(self.store, "b") == sum(one.amount for one in self.held)


async def play(technique: Technique, script: list[tuple[str, int, int]], store: Store) -> None:
    world = World(store, CLAIMS[technique])
    for what, which, number in script:
        if what == "reserve":
            await world.reserve(which, number)
        elif what == "settle":
            await world.settle(which, number)
        elif what == "wait":
            world.clock.now += number
        elif what == "apply":
            await world.apply(which)
        elif what == "give back":
            await world.ledgers[which].give_back_idle()
        else:
            await world.kill(which)
    await world.check_the_end()


@settings(max_examples=60)
@given(st.sampled_from(["fixed", "sliding"]), steps)
def test_nothing_is_overshot_lost_or_kept_back(technique: Technique, script: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, ledger_database(Path(folder)) as store:
        asyncio.run(play(technique, script, store))
