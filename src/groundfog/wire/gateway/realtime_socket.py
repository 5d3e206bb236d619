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
    try:
        chosen = opening.chosen(realtime.socket.subprotocol)
        headers = [(b"cf-aig-log-id", request.log_id.encode())] if request.log_id else []
        await opening.send({"type": "websocket.accept", "subprotocol": chosen, "headers": headers})
        up = asyncio.create_task(_to_provider(opening, realtime))
        down = asyncio.create_task(_to_caller(opening, realtime))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.wait((up, down))
        for task in (up, down):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
    except OSError as error:
        await realtime.end(error)
    finally:
        await realtime.end()


async def _to_provider(opening: Opening, realtime: Realtime) -> None:
    while (message := await opening.receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.receive":
            text = message.get("text")
            await realtime.socket.send(text if text is not None else message["bytes"])
    code = message.get("code") or NORMAL
    await realtime.socket.close(NORMAL if code in UNSENDABLE else code, message.get("reason") or "")


async def _to_caller(opening: Opening, realtime: Realtime) -> None:
    while (frame := await realtime.socket.receive()) is not None:
        realtime.counted(frame)
        kind = "text" if isinstance(frame, str) else "bytes"
        await opening.send({"type": "websocket.send", kind: frame})
    code, reason = realtime.socket.close_code or NORMAL, realtime.socket.close_reason or ""
    with contextlib.suppress(RuntimeError):
        # The caller may have closed in the same moment.
        sent = GOING_AWAY if code in UNSENDABLE else code
        await opening.send({"type": "websocket.close", "code": sent, "reason": reason})
