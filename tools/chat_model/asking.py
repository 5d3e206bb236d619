"""Ask a GGUF file through groundfog's llama.cpp engine, with requests read and answered as the server does it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from groundfog.catalog import Catalog, Model
from groundfog.engines.base import Job, LoadOptions
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.base import JsonBody, Policy
from groundfog.tasks.text_generation import TASK
from groundfog.tasks.text_generation.types import Inputs, Output
from groundfog.weights.files import ModelFiles
from tools.chat_model.sample import Sample

MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
"""Whose request form is used: a model with JSON mode and tools."""


class Sink:
    """Keeps what one job is answered."""

    def __init__(self) -> None:
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def emit(self, delta: msgspec.Struct) -> None:
        """Nothing here is streamed."""

    def finish(self, output: msgspec.Struct | None) -> None:
        self.done.set_result(output)

    def fail(self, error: Exception) -> None:
        self.done.set_exception(error)


class Asked:
    """A loaded file. Use it as a context manager."""

    def __init__(self, file: Path, slots: int = 8) -> None:
        self.engine = LlamaCppEngine()
        self.description = self.engine.load(
            ModelFiles(format="gguf", main=str(file), folder=str(file.parent)), LoadOptions(model_id=MODEL, slots=slots)
        )
        self.slots = slots
        self.model: Model = Catalog.load().find(MODEL)

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.unload()

    async def ask(self, body: Mapping[str, Any]) -> Output:
        """Answer one native request. Raises what the engine failed with."""
        inputs, _ = TASK.decode(self.model, JsonBody(dict(body)), Policy())
        assert isinstance(inputs, Inputs)
        sink = Sink()
        await self.engine.infer([Job("text-generation", inputs, False, sink)])
        output = await sink.done
        assert isinstance(output, Output)
        return output

    async def ask_all(self, bodies: Sequence[Mapping[str, Any]]) -> list[Output | Exception]:
        """Answer all, as many at once as there are slots; a failure stands in the answer's place."""
        free = asyncio.Semaphore(self.slots)

        async def one(body: Mapping[str, Any]) -> Output | Exception:
            async with free:
                try:
                    return await self.ask(body)
                except Exception as error:
                    return error

        return await asyncio.gather(*(one(body) for body in bodies))


def body_of(sample: Sample, **more: Any) -> dict[str, Any]:
    """The request that asks for a dialogue's answer."""
    body: dict[str, Any] = {"messages": list(_turns(sample.messages)), "max_tokens": 256, "temperature": 0, **more}
    if sample.tools:
        body["tools"] = [{"type": "function", "function": dict(tool)} for tool in sample.tools]
    if sample.schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": dict(sample.schema)}
    return body


def _turns(messages: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    last = ""
    for number, message in enumerate(messages):
        turn = dict(message)
        if turn.get("tool_calls"):
            last = f"call_{number}"
            turn["tool_calls"] = [
                {
                    "id": last,
                    "type": "function",
                    "function": {"name": call["name"], "arguments": json.dumps(call["arguments"], ensure_ascii=False)},
                }
                for call in turn["tool_calls"]
            ]
        if turn["role"] == "tool":
            turn["tool_call_id"] = last
        yield turn
