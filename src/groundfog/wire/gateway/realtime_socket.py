"""A provider's own WebSocket, passed through frame by frame (spec ai-gateway §1.10)."""

from __future__ import annotations

import asyncio
import contextlib

from groundfog.gateway.realtime import Realtime
from groundfog.gateway.request import Request, Step
from groundfog.wire.gateway.handshake import Opening

NORMAL = 1000
GOING_AWAY = 1001
UNSENDABLE = frozenset({1005, 1006, 1015})
"""Close codes that say what happened and are never sent."""


async def serve(opening: Opening, limit: int) -> None:
    """Connect to the provider, then to the caller; whoever closes first ends both. `limit`: bytes of one frame.

    Raises `GroundfogError` before the caller's handshake is answered.
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
    error: OSError | None = None
    try:
        chosen = opening.chosen(realtime.socket.subprotocol)
        headers = [(b"cf-aig-log-id", request.log_id.encode())] if request.log_id else []
        await opening.send({"type": "websocket.accept", "subprotocol": chosen, "headers": headers})
        error = await Passage(opening, realtime).run()
    finally:
        await realtime.end(error)


class Passage:
    """Both directions of one connection."""

    def __init__(self, opening: Opening, realtime: Realtime) -> None:
        self._opening = opening
        self._realtime = realtime
        self._left = False
        """The caller closed first."""
        self._broken = False

    async def run(self) -> OSError | None:
        """Pass frames until one side closes; gives what broke, if it did not end well."""
        tasks = (asyncio.create_task(self._to_provider()), asyncio.create_task(self._to_caller()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, OSError):
                raise error
        return ConnectionResetError("the provider broke the connection off") if self._broken else None

    async def _to_provider(self) -> None:
        socket = self._realtime.socket
        while (message := await self._opening.receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.receive":
                text = message.get("text")
                await socket.send(text if text is not None else message["bytes"])
        self._left = True
        code = message.get("code") or NORMAL
        await socket.close(NORMAL if code in UNSENDABLE else code, message.get("reason") or "")

    async def _to_caller(self) -> None:
        socket, send = self._realtime.socket, self._opening.send
        while (frame := await socket.receive()) is not None:
            self._realtime.counted(frame)
            await send({"type": "websocket.send", "text" if isinstance(frame, str) else "bytes": frame})
        code = socket.close_code or NORMAL
        self._broken = code in UNSENDABLE and not self._left
        # The caller may have closed in the same moment.
        with contextlib.suppress(RuntimeError, OSError):
            sent = GOING_AWAY if code in UNSENDABLE else code
            await send({"type": "websocket.close", "code": sent, "reason": socket.close_reason})
