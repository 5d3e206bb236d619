"""Limits that are never overshot: an upper bound is reserved before the work, what it really cost is settled after.

Each process takes *leases* from the database, so that most reservations are a subtraction in memory. Leases that nobody
used for a second go back; those of a process that died go back when its journal has been applied. What one process has
leased and not used is refused to the others meanwhile: at most a sixteenth of what was left.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import dataclasses
import sqlite3
import uuid
from collections.abc import Callable, Sequence

from groundfog.clock import Clock
from groundfog.errors import GroundfogError
from groundfog.metering import ledger_store
from groundfog.metering.claims import Claim, Period, Slot, Technique, named_interval
from groundfog.metering.ledger_store import MOST, Room
from groundfog.metering.settlement import Settlement
from groundfog.store import Store

__all__ = ["Claim", "Ledger", "LimitReached", "Period", "Reservation", "Settlement", "Technique", "named_interval"]

IDLE_S = 0.5
"""Leases are looked at so often; one that was not used since the last time goes back."""
AHEAD = 8
"""A lease that covered so many reservations is refilled before it is empty."""


class LimitReached(Exception):
    """The claim's bucket has no room: `spent` counts what is reserved, too. `retry_after` in seconds; None: never,
    since the amount alone is more than the limit.
    """

    def __init__(self, claim: Claim, spent: int, retry_after: float | None) -> None:
        super().__init__(f"{claim.bucket}: {spent} of {claim.limit}")
        self.claim = claim
        self.spent = spent
        self.retry_after = retry_after


class _Lease:
    """What this process may still reserve in one slot of a bucket."""

    __slots__ = ("available", "bucket", "end", "low", "slot", "touched")

    def __init__(self, bucket: str, slot: Slot) -> None:
        self.bucket = bucket
        self.slot = slot.start
        self.end = slot.end
        self.available = 0
        self.low = -1
        """Below this it is refilled in the background."""
        self.touched = True


class Reservation:
    """An amount that is held in every claim's bucket until it is settled."""

    __slots__ = ("_leases", "_ledger", "amount")

    def __init__(self, ledger: Ledger, leases: list[_Lease], amount: int) -> None:
        self._ledger = ledger
        self._leases = leases
        self.amount = amount

    def settle(self, actual: int) -> list[Settlement]:
        """What is to be charged: `actual`, also where that is more than was reserved. Once; then nothing is left.

        The charge counts when the record that carries it is applied; until then the lease covers it.
        """
        leases, self._leases = self._leases, []
        actual = min(actual, MOST)
        rest = self.amount - actual
        settlements: list[Settlement] = []
        for lease in leases:
            over = 0
            if rest > 0:
                lease.available += rest
                self._ledger.noted(lease)
            elif rest < 0:
                covered = min(lease.available, -rest)
                lease.available -= covered
                over = -rest - covered
            if actual:
                settlements.append(Settlement(lease.bucket, lease.slot, actual, over))
        return settlements

    @property
    def past(self) -> bool:
        """Made in a slot that is over: what it is settled with would count for that one."""
        now = self._ledger.now_ms()
        return any(now >= lease.end for lease in self._leases)

    def release(self) -> None:
        """Give all of it back."""
        self.settle(0)


@dataclasses.dataclass(slots=True)
class _Refusal:
    """Why there was no room, and how long that is known to be so: while nobody changed the database, until `until`."""

    version: int
    until: int
    free: int
    room: Room


class Ledger:
    """The limits of this process, over a database that others may share. Not thread-safe: one event loop uses it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.process = uuid.uuid4().hex
        """Name of this process in the database; whoever journals its settlements must apply them under it."""
        self._store = store
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._old: list[_Lease] = []
        """Leases of slots that are over, or that others replaced, with something to give back."""
        self._refills: dict[str, asyncio.Future[None]] = {}
        self._demand: dict[str, int] = {}
        self._refusals: dict[str, _Refusal] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    def now_ms(self) -> int:
        """The clock by which slots begin and end."""
        return int(self._clock.time() * 1000)

    def try_reserve(self, claims: Sequence[Claim], amount: int) -> Reservation | None:
        """Reserve in memory; None when the database has to be asked (see `reserve`). Takes a microsecond."""
        now = int(self._clock.time() * 1000)
        leases: list[_Lease] = []
        for claim in claims:
            lease = self._leases.get(claim.bucket)
            if lease is None or lease.available < amount or now >= lease.end:
                return None
            leases.append(lease)
        for index, lease in enumerate(leases):
            lease.available -= amount
            lease.touched = True
            if lease.available < lease.low and lease.bucket not in self._refills:
                self._refill_ahead(claims[index], amount)
        return Reservation(self, leases, amount)

    async def reserve(self, claims: Sequence[Claim], amount: int) -> Reservation:
        """Hold `amount` in every bucket, or in none. No bucket may be named twice.

        Raises LimitReached for the first claim without room, and STORE_DOWN where the database would have to be asked.
        """
        if amount == 0:
            return Reservation(self, [], 0)
        while True:
            found = self.try_reserve(claims, amount)
            if found is not None:
                return found
            now = int(self._clock.time() * 1000)
            for claim in claims:
                lease = self._leases.get(claim.bucket)
                if lease is None or lease.available < amount or now >= lease.end:
                    await self._more(claim, amount)
                    break

    def noted(self, lease: _Lease) -> None:
        """Something came back to a lease."""
        lease.touched = True
        if self._leases.get(lease.bucket) is not lease:
            self._old.append(lease)
            self._watch()

    async def give_back_idle(self) -> None:
        """Give back what nobody used since the last time, and what belongs to slots that are over."""
        await self._refills_over()
        future = self._give_back(self._idle())
        if future is not None:
            await asyncio.wrap_future(future)

    async def stop(self) -> None:
        """Give everything back that is not reserved. Before the store is closed."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        await self._refills_over()
        for lease in self._leases.values():
            lease.touched = False
        await self.give_back_idle()

    async def _refills_over(self) -> None:
        if self._refills:
            await asyncio.wait(self._refills.values())

    async def _more(self, claim: Claim, amount: int) -> None:
        """Get more of a claim's bucket, together with everybody who waits for it. Raises LimitReached."""
        bucket = claim.bucket
        self._demand[bucket] = self._demand.get(bucket, 0) + amount
        try:
            refill = self._refills.get(bucket)
            if refill is None:
                self._refuse_if_known(claim, amount)
                refill = self._refill(claim, amount, self._demand[bucket])
            await asyncio.shield(refill)
        finally:
            self._demand[bucket] -= amount
            if not self._demand[bucket]:
                del self._demand[bucket]

    def _refuse_if_known(self, claim: Claim, amount: int) -> None:
        """Raises LimitReached when a look at the database, or the last one, shows that there is no room."""
        now = int(self._clock.time() * 1000)
        if amount > claim.limit or amount > MOST:
            raise LimitReached(claim, 0, None)
        mine = self._returnable(claim.bucket)
        known = self._refusals.get(claim.bucket)
        version = self._store.version()
        if (
            known is None
            or known.version != version
            or now >= known.until
            or known.room.limit != claim.limit
            or amount <= known.free + mine
        ):
            slot = claim.slot(now / 1000)
            room = self._store.read(lambda connection: ledger_store.room(connection, claim, slot))
            until = min((claim.refill_at(start) for start in room.held), default=now)
            known = _Refusal(version, until, room.limit - room.used, room)
            if amount <= known.free + mine:
                self._refusals.pop(claim.bucket, None)
                return
            self._refusals[claim.bucket] = known
        at = known.room.room_at(claim, amount - mine, now)
        raise LimitReached(claim, known.room.used - mine, max(0.001, ((at or now) - now) / 1000))

    def _returnable(self, bucket: str) -> int:
        """What this process has leased in the bucket and not reserved; a refill gives it back, or needs less for it."""
        lease = self._leases.get(bucket)
        mine = lease.available if lease is not None else 0
        return mine + sum(old.available for old in self._old if old.bucket == bucket)

    def _refill_ahead(self, claim: Claim, amount: int) -> None:
        # While the store is down there is still what is leased.
        with contextlib.suppress(GroundfogError):
            self._refill(claim, amount, amount)

    def _refill(self, claim: Claim, amount: int, want: int) -> asyncio.Future[None]:
        """Ask the database for more. The future says that it is over, not that there is more."""
        loop = asyncio.get_running_loop()
        slot = claim.slot(self._clock.time())
        lease = self._leases.get(claim.bucket)
        if lease is None or lease.slot != slot.start:
            if lease is not None:
                self._old.append(lease)
            lease = self._leases[claim.bucket] = _Lease(claim.bucket, slot)
        current = lease
        returned = [old for old in self._old if old.bucket == claim.bucket]
        self._old = [old for old in self._old if old.bucket != claim.bucket]
        given = _emptied(returned)
        need, want = max(1, amount - current.available), max(1, want - current.available)

        def work(connection: sqlite3.Connection) -> int:
            ledger_store.give_back(connection, self.process, given)
            return ledger_store.take(connection, self.process, claim, slot, need, want)

        try:
            written = self._store.write(work)
        except GroundfogError:
            self._put_back(returned, given)
            raise
        over: asyncio.Future[None] = loop.create_future()
        over.add_done_callback(_seen)
        self._refills[claim.bucket] = over

        def done() -> None:
            del self._refills[claim.bucket]
            error = written.exception()
            if error is not None:
                self._put_back(returned, given)
            else:
                granted = written.result()
                current.available += granted
                current.low = granted // 4 if granted >= AHEAD * amount else -1
                current.touched = True
                self._watch()
            if not over.done():
                if error is not None:
                    over.set_exception(error)
                else:
                    over.set_result(None)

        written.add_done_callback(lambda _: _call(loop, done))
        return over

    def _watch(self) -> None:
        if self._timer is None and not self._stopped:
            self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._look)

    def _look(self) -> None:
        self._timer = None
        # While the store is down they stay ours, and go back later.
        with contextlib.suppress(GroundfogError):
            self._give_back(self._idle())
        if self._leases or self._old:
            self._watch()

    def _idle(self) -> list[_Lease]:
        """Leases to give back, taken out of use."""
        now = int(self._clock.time() * 1000)
        idle, self._old = self._old, []
        for bucket, lease in list(self._leases.items()):
            if bucket in self._refills:
                continue
            if not lease.touched or now >= lease.end:
                del self._leases[bucket]
                idle.append(lease)
            lease.touched = False
        for bucket, refusal in list(self._refusals.items()):
            if now >= refusal.until:
                del self._refusals[bucket]
        return idle

    def _give_back(self, leases: list[_Lease]) -> concurrent.futures.Future[None] | None:
        leases = [lease for lease in leases if lease.available > 0]
        if not leases:
            return None
        given = _emptied(leases)
        try:
            written = self._store.write(lambda connection: ledger_store.give_back(connection, self.process, given))
        except GroundfogError:
            self._put_back(leases, given)
            raise
        loop = asyncio.get_running_loop()

        def done(future: concurrent.futures.Future[None]) -> None:
            if future.cancelled() or future.exception() is not None:
                _call(loop, lambda: self._put_back(leases, given))

        written.add_done_callback(done)
        return written

    def _put_back(self, leases: list[_Lease], given: list[tuple[str, int, int]]) -> None:
        """The database did not take it."""
        for lease, (_, _, amount) in zip(leases, given, strict=True):
            lease.available += amount
            self._old.append(lease)
        self._watch()


def _emptied(leases: list[_Lease]) -> list[tuple[str, int, int]]:
    """Take what is left of leases, to give it back: (bucket, slot, amount) of each."""
    given = [(lease.bucket, lease.slot, lease.available) for lease in leases]
    for lease in leases:
        lease.available = 0
    return given


def _call(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    """From the store's thread; a loop that has ended has nobody who waits."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(work)


def _seen(future: asyncio.Future[None]) -> None:
    """Where nobody waited for a refill, nobody has to hear that it failed: whoever needs it next asks again."""
    if not future.cancelled():
        future.exception()
