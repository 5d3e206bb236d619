"""Tools, and how they are to be chosen, read from a chat completion once for all dialects."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import msgspec
import orjson

from groundfog.gateway.translate.chat.request import Assistant, Chat, Function, Raw, Tool, ToolCall, bad

Mode = Literal["auto", "none", "required", "one"]


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """`name` is set for `one`. None of it was asked for: `asked` is False and `mode` `auto`."""

    mode: Mode = "auto"
    name: str | None = None
    asked: bool = False


class _Named(msgspec.Struct):
    name: str


class _Allowed(msgspec.Struct):
    tools: list[Raw]
    mode: Literal["auto", "required"] = "auto"


class _ToolChoice(msgspec.Struct):
    type: str
    function: _Named | None = None
    allowed_tools: _Allowed | None = None


def read(chat: Chat) -> tuple[list[tuple[Function, Raw | None]], Choice]:
    """The functions that may be called (each with its cache mark), and the choice among them."""
    functions: list[tuple[Function, Raw | None]] = []
    for index, tool in enumerate(chat.tools or []):
        functions.append((_function(tool, index), tool.cache_control))
    given = chat.tool_choice
    if given is None:
        return functions, Choice()
    if isinstance(given, str):
        if given not in ("auto", "none", "required"):
            raise bad(f"tool_choice: {given} is none of auto, none, required")
        mode: Mode = "none" if given == "none" else "required" if given == "required" else "auto"
        choice = Choice(mode, None, True)
    else:
        functions, choice = _chosen(functions, given)
    if not functions and choice.mode in ("required", "one"):
        raise bad("tool_choice: there are no tools to choose from")
    return functions, choice


def _function(tool: Tool, index: int) -> Function:
    if tool.type != "function" or tool.function is None:
        raise bad(f"tools[{index}].type: only functions can be translated")
    return tool.function


def _chosen(
    functions: list[tuple[Function, Raw | None]], given: Raw
) -> tuple[list[tuple[Function, Raw | None]], Choice]:
    try:
        choice = msgspec.convert(given, _ToolChoice)
    except msgspec.ValidationError as reason:
        raise bad(f"tool_choice: {reason}") from None
    names = {function.name for function, _ in functions}
    if choice.type == "function" and choice.function is not None:
        if choice.function.name not in names:
            raise bad(f"tool_choice.function.name: there is no tool {choice.function.name}")
        return functions, Choice("one", choice.function.name, True)
    if choice.type == "allowed_tools" and choice.allowed_tools is not None:
        allowed = {_allowed_name(tool) for tool in choice.allowed_tools.tools}
        kept = [pair for pair in functions if pair[0].name in allowed]
        return kept, Choice(choice.allowed_tools.mode, None, True)
    raise bad(f"tool_choice.type: {choice.type} cannot be translated")


def _allowed_name(tool: Raw) -> str | None:
    function = tool.get("function")
    name: Any = function.get("name") if isinstance(function, dict) else tool.get("name")
    return name if isinstance(name, str) else None


def schema(function: Function) -> Raw:
    """The parameters' JSON schema; one without any, for a function that takes nothing."""
    given = function.parameters or {"properties": {}}
    return given if "type" in given else {"type": "object", **given}


def arguments(call: ToolCall, where: str) -> Raw:
    """What a call in an earlier answer was given, as an object."""
    if call.type != "function":
        raise bad(f"{where}.type: only functions can be translated")
    if not call.function.arguments.strip():
        return {}
    try:
        value = orjson.loads(call.function.arguments)
    except orjson.JSONDecodeError:
        raise bad(f"{where}.function.arguments: not JSON") from None
    if not isinstance(value, dict):
        raise bad(f"{where}.function.arguments: not a JSON object")
    return value


def names_of_calls(chat: Chat) -> dict[str, str]:
    """Id of each call in earlier answers → name of the function."""
    return {
        call.id: call.function.name
        for message in chat.messages
        if isinstance(message, Assistant)
        for call in message.tool_calls or []
    }
