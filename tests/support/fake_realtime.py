"""A fake provider that speaks OpenAI's Realtime protocol: it answers at once, with the usage that a test sets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.support.fake_socket import FakeSocket

Usage = dict[str, Any]


def tokens(
    text_in: int = 0, audio_in: int = 0, text_out: int = 0, audio_out: int = 0, read: int = 0, audio_read: int = 0
) -> Usage:
    """A usage of OpenAI's Realtime. `read` and `audio_read` are parts of `text_in` and `audio_in`."""
    return {
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "image_tokens": 0,
            "cached_tokens": read + audio_read,
            "cached_tokens_details": {"text_tokens": read, "audio_tokens": audio_read, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }


class FakeRealtime:
    """`usages` are given out one by one, the last one again and again. `gate`: an answer waits in its middle for it."""

    def __init__(self, *usages: Usage) -> None:
        self.usages = list(usages)
        self.answered = 0
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.silent = False
        """Usage is left out."""

    async def __call__(self, there: FakeSocket) -> None:
        await self.say(there, {"type": "session.created", "session": {"model": "gpt-realtime-2025-08-28"}})
        while (message := await there.receive()) is not None:
            frame = json.loads(message)
            if frame["type"] == "response.create":
                await self.answer(there)
            elif frame["type"] == "session.update":
                await self.say(there, {"type": "session.updated", "session": frame["session"]})
            elif frame["type"] == "input_audio_buffer.commit":
                # What turn detection does when it hears the end of a turn.
                await self.answer(there)

    async def answer(self, there: FakeSocket) -> None:
        number, self.answered = self.answered, self.answered + 1
        id = f"resp_{id_of(there)}_{number}"
        await self.say(there, {"type": "response.created", "response": {"id": id}})
        await self.say(there, {"type": "response.output_audio.delta", "response_id": id, "delta": "A" * 400})
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        done: dict[str, Any] = {"id": id, "status": "completed"}
        if not self.silent:
            done["usage"] = self.usages[min(number, len(self.usages) - 1)]
        await self.say(there, {"type": "response.done", "response": done})

    async def say(self, there: FakeSocket, event: dict[str, Any]) -> None:
        await there.send(json.dumps(event))


def id_of(there: FakeSocket) -> int:
    return id(there)
