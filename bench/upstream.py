"""A provider for the gateway's measurements: `python -m bench.upstream` answers every request with one chat completion.

A request whose body says `"stream":true` is answered with 64 frames, 20 ms apart.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from typing import cast

FRAMES, PACE_S = 64, 0.020
ANSWER = json.dumps(
    {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "The quick brown fox jumps over the lazy dog. " * 8},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 24, "completion_tokens": 80, "total_tokens": 104},
        "system_fingerprint": "fp_bench",
    }
).encode()
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def frame(number: int) -> bytes:
    """An OpenAI chunk."""
    delta = {"content": f" word{number}"} if number < FRAMES - 1 else {}
    event = {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}],
    }
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


def anthropic_frames() -> list[bytes]:
    """The same stream in Anthropic's form."""
    usage = {"input_tokens": 24, "output_tokens": 1}
    message = {"id": "msg_bench", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "content": []}
    start = {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f" word{number}"}}
        for number in range(FRAMES)
    ]
    stop = {"type": "content_block_stop", "index": 0}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": FRAMES}}
    events = [start, block, *deltas, stop, end, {"type": "message_stop"}]
    return [
        b"event: %s\ndata: %s\n\n" % (str(event["type"]).encode(), json.dumps(event, separators=(",", ":")).encode())
        for event in events
    ]


OPENAI = [*map(frame, range(FRAMES)), b"data: [DONE]\n\n"]
ANTHROPIC = anthropic_frames()


class Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            position = head.find(b"content-length:")
            length = int(head[position + 15 :].split(b"\r\n", 1)[0]) if position >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
            if b'"stream":true' in body:
                anthropic = b"/v1/messages" in head
                events = ANTHROPIC if anthropic else OPENAI
                self.task = asyncio.ensure_future(self.stream(events))
            else:
                self.transport.write(WHOLE)

    async def stream(self, events: list[bytes]) -> None:
        assert self.transport is not None
        self.transport.write(STREAM_HEAD)
        # uvloop's own clock counts whole milliseconds.
        start = time.perf_counter()
        for number, event in enumerate(events):
            await asyncio.sleep(max(0.0, start + number * PACE_S - time.perf_counter()))
            self.transport.write(b"%x\r\n%s\r\n" % (len(event), event))
        self.transport.write(b"0\r\n\r\n")


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = await asyncio.get_running_loop().create_server(Connection, sock=listener)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    sys.exit(uvloop.run(main()))
