"""The money of a realtime session: a response is reserved before it may begin, and settled when it says what it used.

What the caller asks for (`response.create`) is reserved before the frame goes on. Where the provider may begin by
itself (turn detection), one response more is held all the time. What has been reserved is never cut: when there is no
room for another response, no frame of the caller's goes on any more, and the session ends when what runs has ended.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.clock import Clock
from groundfog.gateway.realtime.frames import Came, Frames, Sent
from groundfog.gateway.realtime.turn import Turn
from groundfog.gateway.stages.spend import refusal
from groundfog.metering import cost, prices
from groundfog.metering.bounds import Bound
from groundfog.metering.bounds_realtime import Context, rates_of
from groundfog.metering.custom import read_custom
from groundfog.metering.ledger import Claim, Ledger, LimitReached, Reservation, Settlement
from groundfog.metering.prices import Rates
from groundfog.metering.usage import Media, Usage

AHEAD = 4
"""What is held for a response that has not begun grows by a quarter at least, since the context grows bit by bit."""


class Turns:
    """One session's responses: `asked` for, `running`, and one that is `free` for the provider to begin.

    `rate` counts responses beside the first, which the connection was counted for.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        frames: Frames,
        provider: str,
        custom: Mapping[str, Any] | None,
        rate: Claim | None,
    ) -> None:
        self.usage = Usage()
        """Of all responses together."""
        self.cost: int | None = None
        self.custom = False
        """The cost is by the caller's own prices."""
        self._ledger = ledger
        self._clock = clock
        self._frames = frames
        self._provider = provider
        self._custom = custom
        self._given = read_custom(custom) if custom else None
        self._rate = (rate,) if rate is not None else ()
        self._claims: Sequence[Claim] = ()
        given = self._given
        self._rates: Rates | None = rates_of(given, None) if given is not None and given.total is None else None
        self._model: str | None = None
        self._context = Context()
        self._asked: deque[Turn] = deque()
        self._running: dict[str, Turn] = {}
        self._free: Turn | None = None
        self._holding = asyncio.Lock()
        self._flat: Turn | None = None
        """Holds a caller's own total for the whole session."""
        self._responses = 0
        self._uncounted = 0
        """Responses that the provider began, and that the rate limit has not counted yet."""
        self._aside = 0
        """Cost beside responses, charged with the next one."""
        self._charges: list[Settlement] = []

    @property
    def idle(self) -> bool:
        """Nothing that was reserved for an answer is still to come."""
        return not self._running and not self._asked

    async def open(self, claims: Sequence[Claim], model: str | None) -> None:
        """Budgets and model, when they are known. Raises SPEND_LIMITED where a budget is used up."""
        self._claims = list(dict.fromkeys(claims))
        self._named(model, chosen=True)
        total = self._given.total if self._given is not None else None
        if total is None:
            (await self._reserve(1)).release()
        elif self._flat is None:
            flat = cost.price(self._provider, model, Usage(), self._custom).cost or 0
            self._flat = Turn(Bound(flat), await self._reserve(max(flat, 1)))

    def _named(self, model: str | None, *, chosen: bool = False) -> None:
        """The model that the caller has `chosen`; the provider's own word for it wins where that has a price."""
        if not model or model == self._model:
            return
        found = prices.rates(self._provider, model)
        if self._given is not None:
            found = rates_of(self._given, found) if self._given.total is None else None
        if chosen or found is not None or self._rates is None:
            self._model, self._rates = model, found

    def drop(self) -> None:
        """The session does not come about: nothing is charged."""
        if self._flat is not None:
            self._flat.settle(0)
            self._flat = None

    async def sent(self, sent: Sent) -> None:
        """Before a frame of the caller's goes on. Raises SPEND_LIMITED, RATE_LIMITED: it must not."""
        context = self._context
        context.text += sent.text
        context.audio += sent.audio
        context.image += sent.image
        context.whole = context.whole or sent.whole
        context.tools = context.tools or sent.tools
        if sent.starts:
            if self._responses:
                await self._count()
            self._responses += 1
            self._asked.append(await self._turn(sent.most or self._frames.most))
        await self._hold()

    async def came(self, came: Came | None, data: bytes) -> list[Settlement]:
        """Before a frame of the provider's goes on: what is to be charged now."""
        if self._running:
            tokens = self._frames.tokens(data)
            for turn in self._running.values():
                turn.tokens += tokens
        if came is None:
            return []
        self._named(came.model)
        if came.refused and self._asked:
            self._asked.popleft().settle(0)
        if came.aside and came.usage is not None:
            self._aside += self._add(came.usage, came.usage.model) or 0
            return []
        if came.begins:
            self._begin(came.response)
        if came.ends:
            self._end(came.response, came.usage)
        charges, self._charges = self._charges, []
        return charges

    async def follow(self, came: Came | None) -> None:
        """After a frame of the provider's has gone on. Raises SPEND_LIMITED, RATE_LIMITED: no response may follow."""
        if came is None:
            return
        while self._uncounted:
            self._uncounted -= 1
            await self._count()
        await self._hold()

    def close(self, *, left: bool) -> list[Settlement]:
        """The end: what is not settled yet is, and what was held goes back. `left`: it was the caller who went.

        Of a response that broke off: the most that what came of it can have cost. What was asked for and has not begun
        was read when the caller did not wait for it.
        """
        for turn in self._running.values():
            self._settle(turn, 0 if turn.bound is None else turn.bound.passed(turn.tokens))
        for turn in self._asked:
            self._settle(turn, turn.bound.input if left and turn.bound is not None else 0)
        if self._flat is not None and self._flat.bound is not None:
            self.cost, self.custom = self._flat.bound.input, True
            self._settle(self._flat, self.cost)
        self._settle(self._free or Turn(None), 0)
        self._running.clear()
        self._asked.clear()
        self._free = self._flat = None
        charges, self._charges = self._charges, []
        return charges

    def _begin(self, response: str) -> None:
        """A response has begun: one that was asked for, or the one that was held for the provider."""
        old = self._running.pop(response, None)
        if old is not None:
            self._settle(old, 0 if old.bound is None else old.bound.passed(old.tokens))
        if self._asked:
            self._running[response] = self._asked.popleft()
            return
        self._uncounted += 1 if self._responses else 0
        self._responses += 1
        turn, self._free = self._free, None
        # Nothing is held for what nobody could foresee; it is charged all the same.
        self._running[response] = turn or Turn(self._bound(None))

    def _end(self, response: str, usage: Usage | None) -> None:
        turn = self._running.pop(response, None)
        if turn is None:
            if usage is None:
                return
            turn = Turn(None)
        if usage is None:
            self._context.audio += turn.tokens
            self._settle(turn, 0 if turn.bound is None else turn.bound.passed(turn.tokens))
            return
        if usage.media is None and self._rates is not None and self._rates.audio_output is not None:
            # It does not tell text from sound, which is dearer.
            usage.media = Media(
                audio_in=usage.tokens_in or 0, audio_read=usage.cache_read, audio_out=usage.tokens_out or 0
            )
        self._context.answered(usage)
        total = self.usage
        total.tokens_in = (total.tokens_in or 0) + (usage.tokens_in or 0)
        total.tokens_out = (total.tokens_out or 0) + (usage.tokens_out or 0)
        total.cache_read += usage.cache_read
        total.cache_write += usage.cache_write
        self._settle(turn, self._add(usage, self._model) or 0)

    def _add(self, usage: Usage, model: str | None) -> int | None:
        """The price of a usage, added to the session's; None where it is unknown, or in the caller's own total."""
        if self._given is not None and self._given.total is not None:
            return None
        priced = cost.price(self._provider, model, usage, self._custom)
        if priced.cost is not None:
            self.cost = (self.cost or 0) + priced.cost
            self.custom = self.custom or priced.custom
        return priced.cost

    def _settle(self, turn: Turn, amount: int) -> None:
        amount, self._aside = amount + self._aside, 0
        settlements = turn.settle(amount)
        if not turn.parts and amount:
            now = self._clock.time()
            settlements = [Settlement(claim.bucket, claim.slot(now).start, amount, amount) for claim in self._claims]
        self._charges += settlements

    async def _hold(self) -> None:
        """Hold what the response may cost that the provider may begin next. Raises SPEND_LIMITED."""
        if not self._claims or self._flat is not None:
            return
        # Both directions come here; one of them holds for both.
        async with self._holding:
            while self._frames.auto:
                turn = self._free
                if turn is not None and turn.past:
                    self._free = None
                    turn.settle(0)
                    turn = None
                if turn is None:
                    self._free = await self._turn(self._frames.most)
                    continue
                bound = self._bound(self._frames.most)
                missing = 0 if bound is None else bound.worst - turn.held
                if bound is None or missing <= 0:
                    return
                turn.grow(bound, await self._more(missing, bound.worst // AHEAD))
            if self._free is not None:
                turn, self._free = self._free, None
                turn.settle(0)

    async def _turn(self, most: int | None) -> Turn:
        """Hold one response more. Where no bound is known only a used-up budget refuses."""
        if not self._claims or self._flat is not None:
            return Turn(self._bound(most))
        bound = self._bound(most)
        return Turn(bound, await self._reserve(1 if bound is None else bound.worst or 1))

    def _bound(self, most: int | None) -> Bound | None:
        return None if self._rates is None else self._context.bound(self._rates, most, len(self._running))

    async def _more(self, missing: int, ahead: int) -> Reservation:
        if ahead > missing:
            found = self._ledger.try_reserve(self._claims, ahead)
            if found is not None:
                return found
        return await self._reserve(missing)

    async def _reserve(self, amount: int) -> Reservation:
        found = self._ledger.try_reserve(self._claims, amount)
        if found is None:
            try:
                found = await self._ledger.reserve(self._claims, amount)
            except LimitReached as reached:
                raise refusal(reached) from reached
        return found

    async def _count(self) -> None:
        """One response more for the rate limit."""
        if self._rate:
            try:
                counted = self._ledger.try_reserve(self._rate, 1) or await self._ledger.reserve(self._rate, 1)
            except LimitReached as reached:
                raise errors.RATE_LIMITED(retry_after=reached.retry_after) from reached
            self._charges += counted.settle(1)
