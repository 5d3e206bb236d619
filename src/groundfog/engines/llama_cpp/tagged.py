"""Tool calls for models whose chat template knows no tools: said in words, read from `<tool_call>` tags."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from groundfog.engines.llama_cpp.answer import Answer
from groundfog.engines.llama_cpp.events import ChatReader, Progress
from groundfog.tasks.text_generation.types import FinishReason, ToolCallDelta

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_INTRODUCTION = (
    "You may call functions to help the user. These are their signatures:\n<tools>\n{tools}\n</tools>\n"
    "To call one, answer with a JSON object of its name and arguments inside <tool_call></tool_call> tags:\n"
    '<tool_call>\n{{"name": "…", "arguments": {{…}}}}\n</tool_call>'
)


def knows_tools(template: str | None) -> bool:
    """Whether a chat template writes tools itself."""
    return template is not None and "tools" in template


def say(body: dict[str, Any]) -> None:
    """Move the tools of a request into its turns: signatures to the system, calls and results into tags."""
    tools, choice = body.pop("tools", []), body.pop("tool_choice", "none")
    body.pop("parallel_tool_calls", None)
    messages = body["messages"] = [_plain(message) for message in body["messages"]]
    if not tools or choice == "none":
        return
    introduction = _INTRODUCTION.format(tools="\n".join(json.dumps(tool["function"]) for tool in tools))
    if messages and messages[0]["role"] == "system" and isinstance(messages[0]["content"], str):
        messages[0]["content"] += "\n\n" + introduction
    else:
        messages.insert(0, {"role": "system", "content": introduction})


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """A turn without anything that only templates with tools understand."""
    if message["role"] == "tool":
        return {"role": "user", "content": f"<tool_response>\n{message['content']}\n</tool_response>"}
    calls = message.get("tool_calls")
    if not calls:
        return message
    texts = [message["content"]] if message["content"] else []
    for call in calls:
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        texts.append(f'{_OPEN}\n{{"name": {json.dumps(name)}, "arguments": {arguments}}}\n{_CLOSE}')
    return {"role": message["role"], "content": "\n".join(texts)}


@dataclasses.dataclass(slots=True)
class _Text:
    rest: str = ""
    inside: bool = False
    calls: int = 0


class TaggedReader(ChatReader):
    """Finds the calls in a chat's text. What is in tags but is no call of a known tool stays text."""

    def __init__(
        self,
        answer: Answer,
        offset: int,
        top_logprobs: int,
        on_prompt: Callable[[Progress], None],
        names: frozenset[str],
    ) -> None:
        super().__init__(answer, offset, top_logprobs, on_prompt)
        self._names = names
        self._texts: dict[int, _Text] = {}

    def piece(self, index: int, text: str) -> None:
        state = self._texts.setdefault(index, _Text())
        state.rest += text
        while self._step(index, state):
            pass

    def end(self, index: int, reason: FinishReason) -> None:
        state = self._texts.pop(index, _Text())
        self._pass(index, (_OPEN if state.inside else "") + state.rest)
        super().end(index, "tool_calls" if state.calls and reason == "stop" else reason)

    def _step(self, index: int, state: _Text) -> bool:
        """Understand a part of the rest; False when more text is needed."""
        if state.inside:
            content, tag, rest = state.rest.partition(_CLOSE)
            if not tag:
                return False
            state.inside, state.rest = False, rest
            self._call(index, state, content)
            return True
        text, tag, rest = state.rest.partition(_OPEN)
        if tag:
            state.inside, state.rest = True, rest
            self._pass(index, text)
            return True
        held = next((size for size in range(len(_OPEN) - 1, 0, -1) if state.rest.endswith(_OPEN[:size])), 0)
        cut = len(state.rest) - held
        self._pass(index, state.rest[:cut])
        state.rest = state.rest[cut:]
        return False

    def _call(self, index: int, state: _Text, content: str) -> None:
        try:
            call = orjson.loads(content)
            name, arguments = call["name"], call["arguments"]
        except (ValueError, KeyError, TypeError):
            name, arguments = None, None
        if name in self._names and isinstance(arguments, dict):
            piece = ToolCallDelta(state.calls, f"call_{uuid.uuid4().hex[:24]}", name, orjson.dumps(arguments).decode())
            state.calls += 1
            self.answer.tool_call(index, piece)
        else:
            self._pass(index, f"{_OPEN}{content}{_CLOSE}")

    def _pass(self, index: int, text: str) -> None:
        if text:
            self.answer.text(index, text)
