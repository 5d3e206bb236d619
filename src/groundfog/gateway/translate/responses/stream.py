"""The events of OpenAI's Responses, made from the chunks of a chat completion."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat.answer import Raw
from groundfog.gateway.translate.responses import whole
from groundfog.gateway.translate.sse import named

_MESSAGE, _REASONING, _CALL = "message", "reasoning", "call"


class _Open:
    """The item that is being written."""

    __slots__ = ("call_id", "id", "index", "kind", "logprobs", "name", "texts")

    def __init__(self, kind: str, index: int, id: str, call_id: str = "", name: str = "") -> None:
        self.kind = kind
        self.index = index
        self.id = id
        self.call_id = call_id
        self.name = name
        self.texts: list[str] = []
        self.logprobs: list[Any] = []


class Writer:
    """Appends frames to `out`. Every event has its number."""

    __slots__ = ("_finish_reason", "_head", "_item", "_items", "_number", "_started", "_tool", "_usage")

    def __init__(self, head: Raw) -> None:
        self._head = head
        self._number = 0
        self._started = False
        self._item: _Open | None = None
        self._tool: int | None = None
        self._items: list[Raw] = []
        self._finish_reason: str | None = None
        self._usage: Any = None

    def take(self, chunk: Raw, out: list[bytes]) -> None:
        """The events of one chunk. Only the first choice can be said."""
        if not self._started:
            self._head["model"] = chunk.get("model") or self._head["model"]
            self._start(out)
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        for choice in chunk.get("choices") or []:
            if choice.get("index", 0) != 0:
                continue
            delta = choice.get("delta") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            if thought:
                self._enter(_REASONING, out)
                self._piece("response.reasoning_text.delta", thought, out)
            text = delta.get("content") or delta.get("refusal")
            if text:
                self._enter(_MESSAGE, out)
                self._piece("response.output_text.delta", text, out, (choice.get("logprobs") or {}).get("content"))
            for call in delta.get("tool_calls") or []:
                self._call(call, out)
            if choice.get("finish_reason"):
                self._finish_reason = choice["finish_reason"]

    def end(self, out: list[bytes]) -> None:
        """The events that close the answer."""
        if not self._started:
            self._start(out)
        self._close(out)
        answer = whole.ended(self._head, self._items, self._finish_reason, self._usage)
        kind = "response.incomplete" if answer["status"] == "incomplete" else "response.completed"
        self._event(kind, {"response": answer}, out)

    def fail(self, error: Raw, out: list[bytes]) -> None:
        """The events of an answer that an error ended."""
        if not self._started:
            self._start(out)
        shown = {"code": str(error.get("code") or error.get("type") or "server_error"), "message": error["message"]}
        failed = {**self._head, "status": "failed", "error": shown, "output": self._items}
        self._event("error", {**shown, "param": None}, out)
        self._event("response.failed", {"response": failed}, out)

    def _start(self, out: list[bytes]) -> None:
        self._started = True
        self._event("response.created", {"response": self._head}, out)
        self._event("response.in_progress", {"response": self._head}, out)

    def _event(self, kind: str, members: Raw, out: list[bytes]) -> None:
        out.append(named(kind, orjson.dumps({"type": kind, "sequence_number": self._number, **members})))
        self._number += 1

    def _piece(self, kind: str, text: str, out: list[bytes], logprobs: list[Any] | None = None) -> None:
        item = self._item
        assert item is not None
        item.texts.append(text)
        members: Raw = {"item_id": item.id, "output_index": item.index, "delta": text}
        if item.kind != _CALL:
            members["content_index"] = 0
        if item.kind == _MESSAGE:
            item.logprobs.extend(logprobs or [])
            members["logprobs"] = logprobs or []
        self._event(kind, members, out)

    def _enter(self, kind: str, out: list[bytes]) -> None:
        """Open a message or a thought unless one is open."""
        if self._item is not None and self._item.kind == kind:
            return
        self._close(out)
        index = len(self._items)
        name = self._head["id"].removeprefix("resp_")
        if kind == _MESSAGE:
            item = whole.message(f"msg_{name}_{index}", [], "in_progress")
            part = whole.text_part("")
        else:
            item = whole.reasoning(f"rs_{name}_{index}", None)
            part = {"type": "reasoning_text", "text": ""}
        self._item = _Open(kind, index, item["id"])
        self._event("response.output_item.added", {"output_index": index, "item": item}, out)
        place = {"item_id": item["id"], "output_index": index, "content_index": 0}
        self._event("response.content_part.added", {**place, "part": part}, out)

    def _call(self, call: Raw, out: list[bytes]) -> None:
        number = call.get("index", 0)
        function = call.get("function") or {}
        if self._item is None or self._item.kind != _CALL or number != self._tool:
            self._close(out)
            index = len(self._items)
            id = f"fc_{self._head['id'].removeprefix('resp_')}_{index}"
            call_id = call.get("id") or f"call_{index}"
            item = whole.call(id, call_id, function.get("name") or "", "", "in_progress")
            self._item = _Open(_CALL, index, id, call_id, item["name"])
            self._tool = number
            self._event("response.output_item.added", {"output_index": index, "item": item}, out)
        if function.get("arguments"):
            self._piece("response.function_call_arguments.delta", function["arguments"], out)

    def _close(self, out: list[bytes]) -> None:
        """End the open item and keep it for the whole answer."""
        item = self._item
        if item is None:
            return
        self._item = None
        text = "".join(item.texts)
        place: Raw = {"item_id": item.id, "output_index": item.index}
        if item.kind == _CALL:
            done = whole.call(item.id, item.call_id, item.name, text, "completed")
            members = {**place, "name": item.name, "arguments": text}
            self._event("response.function_call_arguments.done", members, out)
        elif item.kind == _MESSAGE:
            status = "incomplete" if self._finish_reason == "length" else "completed"
            part = whole.text_part(text, item.logprobs)
            done = whole.message(item.id, [part], status)
            place["content_index"] = 0
            self._event("response.output_text.done", {**place, "text": text, "logprobs": item.logprobs}, out)
            self._event("response.content_part.done", {**place, "part": part}, out)
        else:
            done = whole.reasoning(item.id, text)
            place["content_index"] = 0
            self._event("response.reasoning_text.done", {**place, "text": text}, out)
            self._event("response.content_part.done", {**place, "part": done["content"][0]}, out)
        self._items.append(done)
        self._event("response.output_item.done", {"output_index": item.index, "item": done}, out)
