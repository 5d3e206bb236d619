"""A fake provider on loopback: answers as scripted, and has every fault that a real one can have.

    async with FakeUpstream() as upstream:
        upstream.on("/v1/chat/completions", json_answer({"id": "1"}))      # every request of a path
        upstream.queue(failing(500), json_answer({"ok": True}))            # the next requests, whatever their path
        … upstream.url, upstream.requests[-1].body …

A script is an `Answer`, or a function from the request to one. WebSockets are spoken on the same port: they are echoed,
or do what `on_socket` says.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gzip
import json
import os
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

from tests.support.fake_socket import FakeSocket, speak_websocket

Fault = Literal["hang", "reset", "close"]


@dataclasses.dataclass
class FakeRequest:
    """What came in. `target` is the request line's, byte for byte; names of headers are lower-case.

    `connection` numbers the connections, so that a test sees which requests shared one.
    """

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclasses.dataclass
class Answer:
    """One answer, and what goes wrong with it.

    `body` in several pieces is written piece by piece, `pace` seconds apart; `packet` cuts what is written, head too,
    into packets of so many bytes. `fault` strikes after `after` bytes of the body (None: after all of it), or, with
    `before_head`, instead of any answer. `interim` are statuses of 1xx answers that come first.
    """

    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes | Sequence[bytes] = b""
    framing: Literal["length", "chunked", "close", "none"] = "length"
    pace: float = 0.0
    packet: int | None = None
    delay: float = 0.0
    fault: Fault | None = None
    after: int | None = None
    before_head: bool = False
    interim: Sequence[int] = ()
    keep_alive: bool = True
    raw: bytes | None = None
    """Written instead of everything else, for answers that are no HTTP."""

    def pieces(self) -> list[bytes]:
        return [self.body] if isinstance(self.body, bytes) else list(self.body)


Script = Answer | Callable[[FakeRequest], Answer | Awaitable[Answer]]


def answer(body: bytes = b"", content_type: str = "text/plain", **rest: Any) -> Answer:
    headers = [("content-type", content_type), *rest.pop("headers", ())]
    return Answer(body=body, headers=headers, **rest)


def json_answer(data: Any, **rest: Any) -> Answer:
    return answer(json.dumps(data).encode(), "application/json", **rest)


def sse(frames: Sequence[Any], *, done: bool = True, **rest: Any) -> Answer:
    """A stream of events: strings and bytes are written as they are given after `data: `, other things as JSON."""
    pieces = [b"data: " + _frame(frame) + b"\n\n" for frame in frames]
    if done:
        pieces.append(b"data: [DONE]\n\n")
    return Answer(
        body=pieces,
        headers=[("content-type", "text/event-stream"), *rest.pop("headers", ())],
        framing=rest.pop("framing", "chunked"),
        **rest,
    )


def failing(status: int = 500, **rest: Any) -> Answer:
    return json_answer({"error": {"message": f"fake failure {status}", "type": "server_error"}}, status=status, **rest)


def rate_limited(retry_after: str = "1") -> Answer:
    return failing(429, headers=[("retry-after", retry_after)])


def redirect(url: str, status: int = 307) -> Answer:
    return Answer(status, [("location", url)])


def hang() -> Answer:
    """Takes the request and never says a word."""
    return Answer(fault="hang", before_head=True)


def hang_mid_stream(frames: Sequence[Any]) -> Answer:
    return sse(frames, done=False, fault="hang")


def reset_mid_frame(frames: Sequence[Any], cut: int = 10) -> Answer:
    """The last frame is cut `cut` bytes before its end, and the connection reset (RST)."""
    stream = sse(frames, done=False)
    return dataclasses.replace(stream, fault="reset", after=sum(map(len, stream.pieces())) - cut)


def half_characters(text: str) -> Answer:
    """One event whose text has characters of several bytes, each cut in the middle by a packet."""
    frame = b"data: " + json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n\n"
    pieces, start = [], 0
    for index, byte in enumerate(frame):
        if 0x80 <= byte < 0xC0 and frame[index - 1] >= 0xC0:
            pieces.append(frame[start:index])
            start = index
    return Answer(
        body=[*pieces, frame[start:]], headers=[("content-type", "text/event-stream")], framing="chunked", pace=0.001
    )


def one_byte_packets(frames: Sequence[Any]) -> Answer:
    return sse(frames, packet=1)


def duplicate_ids(text: str = "hello") -> Answer:
    """A chat stream in which every chunk has the same id and comes with the same event id twice."""
    frames = [
        {"id": "same", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": letter}}]}
        for letter in text
    ]
    pieces = [b"id: 1\ndata: " + _frame(frame) + b"\n\n" for frame in frames]
    return Answer(
        body=[*pieces, b"data: [DONE]\n\n"], headers=[("content-type", "text/event-stream")], framing="chunked"
    )


def big_frame(size: int = 40_000_000) -> Answer:
    """One event of this many bytes, and the end."""
    return sse([b'{"text":"' + b"x" * size + b'"}'])


def gzipped(body: bytes, content_type: str = "application/json") -> Answer:
    return answer(gzip.compress(body), content_type, headers=[("content-encoding", "gzip")])


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FakeUpstream:
    """`requests` in the order of their coming; `connections` is how many were opened, `open` how many are."""

    def __init__(self, ssl: Any = None) -> None:
        self.requests: list[FakeRequest] = []
        self.sockets: list[FakeSocket] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self._ssl = ssl
        self._paths: dict[str, Script] = {}
        self._queue: deque[Script] = deque()
        self._default: Script = json_answer({"ok": True})
        self._socket_script: Callable[[FakeSocket], Awaitable[None]] | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"{'https' if self._ssl else 'http'}://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def on(self, path: str, script: Script) -> None:
        """Answer every request of this path (without query) so."""
        self._paths[path] = script

    def queue(self, *scripts: Script) -> None:
        """Answer the next requests so, whatever their path."""
        self._queue.extend(scripts)

    def otherwise(self, script: Script) -> None:
        """Answer so what nothing else is said about; without it `{"ok": true}`."""
        self._default = script

    def on_socket(self, script: Callable[[FakeSocket], Awaitable[None]]) -> None:
        """What is done with each WebSocket, instead of echoing."""
        self._socket_script = script

    async def requested(self, count: int) -> FakeRequest:
        """Wait until so many requests have come; the last of them."""
        await self._until(lambda: len(self.requests) >= count)
        return self.requests[count - 1]

    async def left_alone(self) -> None:
        """Wait until no connection is open."""
        await self._until(lambda: self.open == 0)

    async def start(self) -> FakeUpstream:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=1 << 20, ssl=self._ssl, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drop_connections(self) -> None:
        """Close every connection, idle ones too, as a server does that restarts."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close_now(self) -> None:
        """Close every connection before anybody's event loop can notice."""
        for writer in self._writers:
            with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as twin:
                twin.shutdown(socket.SHUT_RDWR)

    async def __aenter__(self) -> FakeUpstream:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _until(self, true: Callable[[], bool]) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(true), 20)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        self.open += 1
        number = self.connections
        try:
            while await self._one(reader, writer, number):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # The client went away, or the test ended.
        finally:
            writer.close()
            self._writers.discard(writer)
            self._tasks.discard(task)
            self.open -= 1
            with contextlib.suppress(asyncio.CancelledError):
                await self._notify()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        request = _parse(head, number)
        if request.header("upgrade") == "websocket":
            fake = await speak_websocket(head, request.target, request.headers, reader, writer)
            if fake is not None:
                self.sockets.append(fake)
                await self._notify()
                await (self._socket_script or FakeSocket.echo)(fake)
                await fake.close()
            return False
        request.body = await _body(request, reader, writer)
        self.requests.append(request)
        await self._notify()
        script = self._queue.popleft() if self._queue else self._paths.get(request.path, self._default)
        found = script if isinstance(script, Answer) else script(request)
        found = found if isinstance(found, Answer) else await found
        await self._send(found, request, reader, writer)
        return found.keep_alive and found.framing != "close" and found.fault is None

    async def _send(
        self, found: Answer, request: FakeRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if found.delay:
            await asyncio.sleep(found.delay)
        if not found.before_head:
            async for piece in _wire(found, request):
                for packet in _packets(piece, found.packet):
                    writer.write(packet)
                    await writer.drain()
                    if found.packet:
                        await asyncio.sleep(0)
        if found.fault == "hang":
            await reader.read()  # until the client hangs up
        elif found.fault == "reset":
            await asyncio.sleep(0.01)
            reset(writer)


async def _wire(found: Answer, request: FakeRequest) -> AsyncIterator[bytes]:
    """What is written for an answer, piece by piece."""
    if found.raw is not None:
        yield found.raw
        return
    for status in found.interim:
        yield f"HTTP/1.1 {status} Interim\r\nx-interim: yes\r\n\r\n".encode()
    pieces = found.pieces()
    lines = [f"HTTP/1.1 {found.status} Fake", *(f"{name}: {value}" for name, value in found.headers)]
    if found.framing == "length":
        lines.append(f"content-length: {sum(map(len, pieces))}")
    elif found.framing == "chunked":
        lines.append("transfer-encoding: chunked")
    if found.framing == "close" or not found.keep_alive:
        lines.append("connection: close")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if request.method == "HEAD" or found.framing == "none":
        yield head
        return
    budget = found.after
    whole = len(pieces) == 1 and found.framing == "length" and found.pace == 0 and budget is None
    if whole:
        yield head + pieces[0]
        return
    yield head
    for index, piece in enumerate(pieces):
        if index and found.pace:
            await asyncio.sleep(found.pace)
        cut = piece if budget is None else piece[:budget]
        if found.framing == "chunked" and piece:
            # The announced length is the whole piece's: what is cut is cut within a chunk.
            yield f"{len(piece):x}\r\n".encode() + cut + (b"\r\n" if cut == piece else b"")
        else:
            yield cut
        if budget is not None:
            budget -= len(cut)
            if budget <= 0:
                return
    if found.framing == "chunked" and found.fault is None:
        yield b"0\r\n\r\n"


def _packets(data: bytes, size: int | None) -> list[bytes]:
    return [data] if not size else [data[start : start + size] for start in range(0, len(data), size)]


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _frame(frame: Any) -> bytes:
    if isinstance(frame, bytes):
        return frame
    return frame.encode() if isinstance(frame, str) else json.dumps(frame).encode()


def _parse(head: bytes, number: int) -> FakeRequest:
    line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = line.split(" ", 2)
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (field.partition(":") for field in fields)]
    return FakeRequest(method, target, headers, b"", number)


async def _body(request: FakeRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    if request.header("expect") == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.header("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body
    return await reader.readexactly(int(request.header("content-length") or 0))


def origin(url: str) -> str:
    """Scheme, host and port of a URL: what connections are shared by."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
