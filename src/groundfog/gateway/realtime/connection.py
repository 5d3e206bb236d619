"""An open realtime connection: frames are read as they pass, and never changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from groundfog.errors import GroundfogError
from groundfog.gateway.parts import Parts
from groundfog.gateway.realtime.frames import Came, Frames
from groundfog.gateway.realtime.turns import Turns
from groundfog.gateway.record import CHARGE, Draft, Record
from groundfog.gateway.response import Response
from groundfog.gateway.upstream.websocket import Socket
from groundfog.metering.ledger import Settlement

Admit = Callable[[str | None], Awaitable[None]]
"""Asks policies and budgets, for the model that the first frame names. Raises what they refuse."""


class Realtime:
    """`sent` before a frame goes to the provider, `came` and `passed` around one to the caller, `end` once.

    `refused` says why nothing of the caller's may go on any more; `over` is set when nothing that was reserved before
    is still to come.
    """

    def __init__(
        self,
        socket: Socket,
        response: Response,
        parts: Parts,
        draft: Draft,
        frames: Frames,
        turns: Turns,
        admit: Admit | None,
    ) -> None:
        self.socket = socket
        self.refused: GroundfogError | None = None
        self.over = asyncio.Event()
        self._response = response
        self._parts = parts
        self._draft = draft
        self._frames = frames
        self._turns = turns
        self._admit = admit
        self._admitted = admit is None

    async def sent(self, frame: str | bytes) -> bool:
        """Whether a frame of the caller's may go on."""
        self._draft.record.request_size += _bytes(frame)
        if self.refused is not None:
            return False
        try:
            sent = self._frames.sent(frame)
            if self._admit is not None and (sent.model is not None or not self._admitted):
                await self._admit(sent.model)
                self._admitted = True
            await self._turns.sent(sent)
        except GroundfogError as error:
            self._refuse(error)
            return False
        return self.refused is None

    async def came(self, frame: str | bytes) -> Came | None:
        """Read a frame of the provider's; what it says was used is on the disk before it goes on. Raises SPILL_FULL."""
        data = frame.encode() if isinstance(frame, str) else frame
        for observer in self._response.observers:
            observer.feed(data)
        came = self._frames.came(data)
        charges = await self._turns.came(came, data)
        if charges:
            try:
                await self._parts.records.append(self._charge(charges))
            except GroundfogError:
                # The connection's own row takes them, if it can be written.
                self._draft.record.settlements += charges
                raise
        return came

    async def passed(self, came: Came | None) -> None:
        """The frame has gone on: what may come next is reserved, or nothing may."""
        try:
            if self.refused is None:
                await self._turns.follow(came)
        except GroundfogError as error:
            self._refuse(error)
        if self.refused is not None and self._turns.idle:
            self.over.set()

    async def end(self, error: BaseException | None = None, *, left: bool = False) -> None:
        """Close the provider's side and write the row. `left`: it was the caller who went."""
        await self.socket.close()
        turns, record = self._turns, self._draft.record
        record.settlements += turns.close(left=left)
        used = turns.usage
        if used.tokens_in is not None:
            record.tokens_in = used.tokens_in + used.cache_read + used.cache_write
            record.tokens_out = used.tokens_out
            record.tokens_cached = used.cache_read or None
        record.cost, record.custom_cost = turns.cost, turns.custom
        await self._response.end(error or self.refused)

    def _refuse(self, error: GroundfogError) -> None:
        if self.refused is None:
            self.refused = error
        if self._turns.idle:
            self.over.set()

    def _charge(self, settlements: list[Settlement]) -> Record:
        """What was used so far, which counts from now on: the row is written when the connection ends."""
        row = self._draft.record
        return Record(
            id=self._parts.ids(),
            account=row.account,
            gateway=row.gateway,
            created_at=self._parts.clock.time(),
            provider=row.provider,
            model=row.model,
            request_type=CHARGE,
            event_id=row.event_id,
            request_id=row.request_id,
            settlements=settlements,
            logged=False,
        )


def _bytes(frame: str | bytes) -> int:
    return len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode())
