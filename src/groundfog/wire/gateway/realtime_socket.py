"""A provider's own WebSocket, passed through frame by frame (spec ai-gateway §1.10)."""

from __future__ import annotations

import asyncio
import contextlib

from groundfog.errors import GroundfogError
from groundfog.gateway.realtime import Realtime
from groundfog.gateway.request import Request, Step
from groundfog.wire.gateway.handshake import Opening

NORMAL = 1000
GOING_AWAY = 1001
POLICY, SERVER_ERROR, TRY_LATER = 1008, 1011, 1013
UNSENDABLE = frozenset({1005, 1006, 1015})
"""Close codes that say what happened and are never sent."""
LONGEST_REASON = 123
"""Bytes that a closing frame holds (RFC 6455 §5.5)."""


async def serve(opening: Opening, limit: int) -> None:
    """Connect to the provider, then to the caller; whoever closes first ends both. `limit`: bytes of one frame.

    Raises `GroundfogError` before the caller's handshake is answered; after that, the connection is closed with it.
    """
    gateways, came, address = opening.exchange.platform.gateways, opening.came, opening.address
    options = came.options()
    step = Step(address.provider, address.rest, "GET", came.headers, b"", options, opening.query)
    request = Request(
        address.account,
        address.gateway,
        "websocket",
        opening.identity,
        options,
        [step],
        user_agent=came.user_agent,
    )
    opening.exchange.via = request
    realtime = await gateways.realtime(request, opening.protocols, limit)
    passage = Passage(opening, realtime)
    error: Exception | None = None
    try:
        chosen = opening.chosen(realtime.socket.subprotocol)
        headers = [(b"cf-aig-log-id", request.log_id.encode())] if request.log_id else []
        await opening.send({"type": "websocket.accept", "subprotocol": chosen, "headers": headers})
        error = await passage.run()
    finally:
        try:
            await realtime.end(error, left=passage.left)
        except GroundfogError as lost:
            # The handshake was answered long ago: nobody can be told but the log.
            opening.exchange.error = lost


class Passage:
    """Both directions of one connection."""

    def __init__(self, opening: Opening, realtime: Realtime) -> None:
        self.left = False
        """The caller closed first."""
        self._opening = opening
        self._realtime = realtime
        self._broken = False

    async def run(self) -> Exception | None:
        """Pass frames until one side closes, or no more may pass; gives what broke, if it did not end well."""
        tasks = [
            asyncio.create_task(work) for work in (self._to_provider(), self._to_caller(), self._realtime.over.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        refused = self._realtime.refused
        for task in tasks:
            if task.cancelled() or (error := task.exception()) is None or isinstance(error, OSError):
                continue
            if not isinstance(error, GroundfogError):
                raise error
            refused = refused or error
        if refused is not None:
            await self._close(*closing(refused))
            return refused
        return ConnectionResetError("the provider broke the connection off") if self._broken else None

    async def _to_provider(self) -> None:
        realtime, socket = self._realtime, self._realtime.socket
        while (message := await self._opening.receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                text = message.get("text")
                frame: str | bytes = text if text is not None else message["bytes"]
                if await realtime.sent(frame):
                    await socket.send(frame)
        self.left = self._realtime.socket.close_code is None
        code = message.get("code") or NORMAL
        await socket.close(NORMAL if code in UNSENDABLE else code, message.get("reason") or "")

    async def _to_caller(self) -> None:
        realtime, socket, send = self._realtime, self._realtime.socket, self._opening.send
        while (frame := await socket.receive()) is not None:
            came = await realtime.came(frame)
            await send({"type": "websocket.send", "text" if isinstance(frame, str) else "bytes": frame})
            await realtime.passed(came)
        code = socket.close_code or NORMAL
        self._broken = code in UNSENDABLE and not self.left
        await self._close(GOING_AWAY if code in UNSENDABLE else code, socket.close_reason)

    async def _close(self, code: int, reason: str) -> None:
        # The caller may have closed in the same moment.
        with contextlib.suppress(RuntimeError, OSError):
            await self._opening.send({"type": "websocket.close", "code": code, "reason": reason})


def closing(error: GroundfogError) -> tuple[int, str]:
    """Close code and reason of a refusal: what a request would be answered, as near as there is one (RFC 6455 §7.4)."""
    code = TRY_LATER if error.status == 429 else SERVER_ERROR if error.status >= 500 else POLICY
    return code, f"{error.code}: {error.description}".encode()[:LONGEST_REASON].decode(errors="ignore")
