"""The universal WebSocket: many requests on one connection, each answered in frames (spec ai-gateway §1.9)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Request
from groundfog.gateway.response import Response
from groundfog.gateway.translate.sse import Splitter
from groundfog.wire.gateway import steps
from groundfog.wire.gateway.handshake import Opening
from groundfog.wire.gateway.surfaces import identify

MAX_AT_ONCE = 64
"""Requests of one connection that are answered at the same time; one more is refused."""
CREATE = "universal.create"
log = logging.getLogger("groundfog.wire")


class _Frame(msgspec.Struct):
    type: str
    request: msgspec.Raw


_FRAME = msgspec.json.Decoder(_Frame)
_METADATA: Mapping[bytes, str] = {
    b"cf-aig-cache-status": "cacheStatus",
    b"cf-aig-event-id": "eventId",
    b"cf-aig-log-id": "logId",
    b"cf-aig-step": "step",
    b"content-type": "contentType",
}


class UniversalSocket:
    """One connection. Whoever closes it cancels what is under way."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._gateways = opening.exchange.platform.gateways
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        opening = self._opening
        await opening.send({"type": "websocket.accept", "subprotocol": opening.chosen()})
        try:
            while (message := await opening.receive())["type"] != "websocket.disconnect":
                if message["type"] != "websocket.receive":
                    continue
                frame = message.get("text") or message.get("bytes") or b""
                if len(self._running) >= MAX_AT_ONCE:
                    # Here and not in a task: whoever does not read is not read from.
                    await self._refuse(frame)
                    continue
                task = asyncio.create_task(self._answer(frame))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        finally:
            for task in self._running:
                task.cancel()
            if self._running:
                await asyncio.wait(self._running)

    async def _answer(self, frame: str | bytes) -> None:
        """Answer one frame. What goes wrong is a frame too, except that nobody is there any more."""
        event_id = ""
        try:
            given, event_id = _read(frame)
            request = self._request(given, event_id)
            try:
                response = await self._gateways.run(request)
            except GroundfogError:
                event_id = request.event_id or event_id
                raise
            event_id = request.event_id or event_id
            await self._send_answer(response)
        except GroundfogError as error:
            await self._fail(event_id, error)
        except OSError as error:
            await self._fail(event_id, errors.PROVIDER_FAILED(what=str(error) or type(error).__name__))
        except Exception:
            log.exception("a request of WebSocket %s failed", self._opening.exchange.request_id)
            await self._fail(event_id, errors.GATEWAY_INTERNAL())

    async def _refuse(self, frame: str | bytes) -> None:
        """One request too many at the same time."""
        try:
            _, event_id = _read(frame)
        except GroundfogError as error:
            await self._fail("", error)
        else:
            await self._fail(event_id, errors.RATE_LIMITED())

    def _request(self, given: list[steps.Given], event_id: str) -> Request:
        opening, came = self._opening, self._opening.came
        # A key may have been revoked since the handshake.
        identity = identify(opening.exchange, came)
        if not identity.authenticated:
            raise errors.GATEWAY_UNAUTHORIZED()
        options = came.options()
        if event_id:
            options.event_id = event_id
        # Keys in the steps are taken out of them; the handshake's says who calls.
        built = steps.build_steps(given, options, [], came.user_agent)
        address = opening.address
        return Request(
            address.account,
            address.gateway,
            "websocket",
            identity,
            options,
            built,
            user_agent=came.user_agent,
        )

    async def _send_answer(self, response: Response) -> None:
        metadata: dict[str, Any] = {}
        for name, value in response.headers:
            if name in _METADATA:
                metadata[_METADATA[name]] = value.decode("latin-1")
        try:
            if metadata.get("contentType", "").startswith("text/event-stream") and response.status < 400:
                await self._send_stream(response, metadata)
                return
            body = await response.whole()
        finally:
            await response.aclose()
        shown = _shown(body, metadata)
        if response.status < 400:
            await self._send({"type": "universal.created", "metadata": metadata, "response": shown})
            return
        error = {"code": response.status, "message": f"the provider answered with status {response.status}"}
        await self._send({"type": "universal.error", "metadata": metadata, "error": error, "response": shown})

    async def _send_stream(self, response: Response, metadata: dict[str, Any]) -> None:
        """A frame for each event; the last one goes when the whole answer is recorded."""
        await self._send({"type": "universal.created", "metadata": metadata})
        short = {"eventId": metadata.get("eventId", "")}
        splitter = Splitter()
        async with contextlib.aclosing(response.drain()) as pieces:
            async for piece in pieces:
                for event in splitter.feed(piece):
                    await self._send_event(short, event)
        for event in splitter.finish():
            await self._send_event(short, event)
        await self._send({"type": "universal.done", "metadata": metadata})

    async def _send_event(self, metadata: dict[str, Any], event: bytes) -> None:
        if event.strip() == b"[DONE]":
            return
        await self._send({"type": "universal.stream", "metadata": metadata, "response": _parsed(event)})

    async def _fail(self, event_id: str, error: GroundfogError) -> None:
        shown = {"code": error.code, "message": error.description}
        try:
            await self._send({"type": "universal.error", "metadata": {"eventId": event_id}, "error": shown})
        except OSError:
            # The connection is gone, and with it whom to tell.
            return

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._opening.send({"type": "websocket.send", "text": orjson.dumps(frame).decode()})


def _read(frame: str | bytes) -> tuple[list[steps.Given], str]:
    """The steps of a frame, and the event id that the caller gave. Raises GATEWAY_INVALID."""
    try:
        decoded = _FRAME.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.GATEWAY_INVALID(what=f"the frame is not a {CREATE}: {error}") from None
    if decoded.type != CREATE:
        raise errors.GATEWAY_INVALID(what=f"frames are of type {CREATE}, not {decoded.type}", path=("type",))
    given = steps.given_steps(bytes(decoded.request))
    return given, next((step.event_id for step in given if step.event_id), "")


def _parsed(text: bytes) -> Any:
    """JSON as the provider wrote it, numbers and all; else a string."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return text.decode("utf-8", "replace")
    return orjson.Fragment(text)


def _shown(body: bytes, metadata: dict[str, Any]) -> Any:
    """A whole answer in a frame: JSON as it is, text as a string, other bytes in base64 (`metadata.encoding`)."""
    kind = metadata.get("contentType", "").partition(";")[0]
    if kind.endswith("json") or kind.startswith("text/") or not kind:
        return _parsed(body)
    metadata["encoding"] = "base64"
    return base64.b64encode(body).decode()
