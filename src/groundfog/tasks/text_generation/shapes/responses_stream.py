"""The event stream of Responses: typed events with sequence numbers (spec workers-ai §3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.text_generation.shapes import common, responses
from groundfog.tasks.text_generation.types import Delta, Inputs, ToolCallDelta, Usage

Event = tuple[str, bytes]


class _Open:
    """The output item that is being written."""

    __slots__ = ("call_id", "id", "index", "kind", "name", "texts")

    def __init__(self, kind: str, index: int, item_id: str, call_id: str = "", name: str = "") -> None:
        self.kind = kind
        self.index = index
        self.id = item_id
        self.call_id = call_id
        self.name = name
        self.texts: list[str] = []


class ResponsesStreamer:
    """Deltas → `response.created` … `response.completed`. `events` also gives each event's type, for `event:` lines."""

    def __init__(self, model: Model, inputs: Inputs, request_id: str) -> None:
        self._request_id = request_id
        self._answer = responses.head(model, inputs, request_id)
        self._number = 0
        self._started = False
        self._item: _Open | None = None
        self._call: int | None = None
        self._output: list[responses.Item] = []
        self._finish_reason: str | None = None
        self._usage: Usage | None = None

    def feed(self, delta: msgspec.Struct) -> list[bytes]:
        return [data for _, data in self.events(delta)]

    def finish(self) -> list[bytes]:
        return [data for _, data in self.end()]

    def events(self, delta: msgspec.Struct) -> list[Event]:
        """The events of one delta."""
        assert isinstance(delta, Delta)
        out: list[Event] = [] if self._started else list(self._start())
        if delta.reasoning:
            out.extend(self._enter("reasoning"))
            out.append(self._piece("response.reasoning_text.delta", delta.reasoning))
        if delta.text:
            out.extend(self._enter("message"))
            out.append(self._piece("response.output_text.delta", delta.text))
        for piece in delta.tool_calls:
            out.extend(self._enter_call(piece))
            if piece.arguments:
                out.append(self._piece("response.function_call_arguments.delta", piece.arguments))
        if delta.finish_reason is not None:
            self._finish_reason = delta.finish_reason
        if delta.usage is not None:
            self._usage = delta.usage
        return out

    def end(self) -> list[Event]:
        """The events that close the answer."""
        out: list[Event] = [] if self._started else list(self._start())
        if not self._output and self._item is None:
            out.extend(self._enter("message"))
        out.extend(self._close())
        whole = responses.ended(self._answer, self._output, self._finish_reason, self._usage)
        kind = "response.incomplete" if whole["status"] == "incomplete" else "response.completed"
        out.append(self._event(kind, {"response": whole}))
        return out

    def failed(self, error: errors.GroundfogError) -> list[Event]:
        """The events of an answer that an error ended."""
        shown = {"code": str(error.code), "message": error.description}
        failed = {**self._answer, "status": "failed", "error": shown, "output": self._output}
        return [self._event("error", {**shown, "param": None}), self._event("response.failed", {"response": failed})]

    def _start(self) -> Iterator[Event]:
        self._started = True
        yield self._event("response.created", {"response": self._answer})
        yield self._event("response.in_progress", {"response": self._answer})

    def _event(self, kind: str, members: dict[str, Any]) -> Event:
        data = orjson.dumps({"type": kind, "sequence_number": self._number, **members})
        self._number += 1
        return kind, data

    def _piece(self, kind: str, text: str) -> Event:
        item = self._item
        assert item is not None
        item.texts.append(text)
        members: dict[str, Any] = {"item_id": item.id, "output_index": item.index, "delta": text}
        if item.kind != "call":
            members["content_index"] = 0
        if item.kind == "message":
            members["logprobs"] = []
        return self._event(kind, members)

    def _enter(self, kind: str) -> Iterator[Event]:
        """Open a reasoning or message item unless it is the open one."""
        if self._item is not None and self._item.kind == kind:
            return
        yield from self._close()
        index = len(self._output)
        if kind == "message":
            item = responses.message_item(self._request_id, index, None, "in_progress")
            part: dict[str, Any] = responses.text_part("")
        else:
            item = responses.reasoning_item(self._request_id, index, None)
            part = {"type": "reasoning_text", "text": ""}
        self._item = _Open(kind, index, item["id"])
        yield self._event("response.output_item.added", {"output_index": index, "item": item})
        place = {"item_id": item["id"], "output_index": index, "content_index": 0}
        yield self._event("response.content_part.added", {**place, "part": part})

    def _enter_call(self, piece: ToolCallDelta) -> Iterator[Event]:
        if piece.name is None or piece.index == self._call:
            return
        yield from self._close()
        index = len(self._output)
        made = common.call_id(piece.id, self._request_id, 0, piece.index)
        item = responses.call_item(self._request_id, index, made, piece.name, "", "in_progress")
        self._item = _Open("call", index, item["id"], made, piece.name)
        self._call = piece.index
        yield self._event("response.output_item.added", {"output_index": index, "item": item})

    def _close(self) -> Iterator[Event]:
        """End the open item and keep it for the whole answer."""
        item = self._item
        if item is None:
            return
        self._item = None
        text = "".join(item.texts)
        place: dict[str, Any] = {"item_id": item.id, "output_index": item.index}
        if item.kind == "call":
            done = responses.call_item(self._request_id, item.index, item.call_id, item.name, text, "completed")
            members = {**place, "name": item.name, "arguments": text}
            yield self._event("response.function_call_arguments.done", members)
        elif item.kind == "message":
            status = "incomplete" if self._finish_reason == "length" else "completed"
            done = responses.message_item(self._request_id, item.index, text, status)
            place["content_index"] = 0
            yield self._event("response.output_text.done", {**place, "text": text, "logprobs": []})
            yield self._event("response.content_part.done", {**place, "part": responses.text_part(text)})
        else:
            done = responses.reasoning_item(self._request_id, item.index, text)
            place["content_index"] = 0
            yield self._event("response.reasoning_text.done", {**place, "text": text})
            part = {"type": "reasoning_text", "text": text}
            yield self._event("response.content_part.done", {**place, "part": part})
        self._output.append(done)
        yield self._event("response.output_item.done", {"output_index": item.index, "item": done})
