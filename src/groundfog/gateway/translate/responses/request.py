"""A request in OpenAI's Responses as a chat completion.

What needs OpenAI's own store or tools (earlier responses, conversations, prompts, files, searches) is refused by name.
Nothing is kept, whatever `store` says: a response's id cannot be asked for later.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from groundfog.gateway.translate.chat.request import bad, named

Raw = dict[str, Any]


class Text(msgspec.Struct):
    format: Raw | None = None
    verbosity: str | None = None


class Reasoning(msgspec.Struct):
    effort: str | None = None
    summary: str | None = None
    generate_summary: str | None = None


class Tool(msgspec.Struct):
    type: str
    name: str = ""
    description: str | None = None
    parameters: Raw | None = None
    strict: bool | None = None


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """What OpenAI documents, without what is refused (`_REFUSED`)."""

    model: str
    input: str | list[Raw]
    include: list[str] | None = None
    instructions: str | None = None
    max_output_tokens: int | None = None
    metadata: Any = None
    parallel_tool_calls: bool | None = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    reasoning: Reasoning | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: Any = None
    temperature: float | None = None
    text: Text | None = None
    tool_choice: str | Raw | None = None
    tools: list[Tool] | None = None
    top_logprobs: int | None = None
    top_p: float | None = None
    truncation: Literal["disabled"] | None = None
    user: str | None = None


_REFUSED = ("background", "context_management", "conversation", "max_tool_calls", "previous_response_id", "prompt")
_INCLUDED = frozenset({"reasoning.encrypted_content", "message.output_text.logprobs"})
_SAME = ("parallel_tool_calls", "service_tier", "stream", "temperature", "top_logprobs", "top_p", "user")


def read(data: Raw) -> Raw:
    """`data` as a chat completion. Raises CHAT_BAD_FORMAT with the name of the first field that it cannot say."""
    given = {name: value for name, value in data.items() if value is not None}
    for name in _REFUSED:
        value = given.pop(name, None)
        if value not in (None, False):
            raise bad(f"{name}: only OpenAI's own models have this")
    try:
        request = msgspec.convert(given, Request)
    except msgspec.ValidationError as reason:
        raise bad(named(str(reason))) from None
    for index, name in enumerate(request.include or []):
        if name not in _INCLUDED:
            raise bad(f"include[{index}]: {name} exists at OpenAI only")
    chat: Raw = {"model": request.model, "messages": _messages(request)}
    for name in _SAME:
        value = getattr(request, name)
        if value is not None:
            chat[name] = value
    if request.max_output_tokens is not None:
        chat["max_tokens"] = request.max_output_tokens
    if "message.output_text.logprobs" in (request.include or []) or request.top_logprobs:
        chat["logprobs"] = True
    if request.reasoning is not None and request.reasoning.effort is not None:
        chat["reasoning_effort"] = request.reasoning.effort
    _text(request.text, chat)
    _tools(request, chat)
    return chat


def _text(text: Text | None, chat: Raw) -> None:
    if text is None:
        return
    if text.verbosity is not None:
        chat["verbosity"] = text.verbosity
    if text.format is None or text.format.get("type") == "text":
        return
    format = dict(text.format)
    kind = format.pop("type", None)
    chat["response_format"] = {"type": kind, "json_schema": format} if kind == "json_schema" else {"type": kind}


def _tools(request: Request, chat: Raw) -> None:
    made: list[Raw] = []
    for index, tool in enumerate(request.tools or []):
        if tool.type != "function":
            raise bad(f"tools[{index}].type: {tool.type} runs at OpenAI only")
        given = {"description": tool.description, "parameters": tool.parameters, "strict": tool.strict}
        function = {"name": tool.name, **{name: value for name, value in given.items() if value is not None}}
        made.append({"type": "function", "function": function})
    if made:
        chat["tools"] = made
    choice = request.tool_choice
    if isinstance(choice, str):
        if made or choice == "required":
            chat["tool_choice"] = choice
    elif choice is not None:
        chat["tool_choice"] = _choice(choice)


def _choice(choice: Raw) -> Raw:
    kind = choice.get("type")
    if kind == "function":
        return {"type": "function", "function": {"name": choice.get("name")}}
    if kind == "allowed_tools":
        names = [tool.get("name") for tool in choice.get("tools") or [] if isinstance(tool, dict)]
        tools = [{"type": "function", "function": {"name": name}} for name in names]
        return {"type": "allowed_tools", "allowed_tools": {"mode": choice.get("mode", "auto"), "tools": tools}}
    raise bad(f"tool_choice.type: {kind} exists at OpenAI only")


def _messages(request: Request) -> list[Raw]:
    messages: list[Raw] = []
    if request.instructions:
        messages.append({"role": "system", "content": request.instructions})
    if isinstance(request.input, str):
        return [*messages, {"role": "user", "content": request.input}]
    for index, item in enumerate(request.input):
        where = f"input[{index}]"
        kind = item.get("type", "message")
        if kind == "message":
            messages.append(_message(item, where))
        elif kind == "function_call":
            _call(item, messages, where)
        elif kind == "function_call_output":
            output = item.get("output")
            content = output if isinstance(output, str) else _content(output, f"{where}.output")
            messages.append({"role": "tool", "tool_call_id": _name(item, "call_id", where), "content": content})
        elif kind != "reasoning":
            # What another model thought is no use to this one; everything else is asked for, and missing.
            raise bad(f"{where}.type: {kind} exists at OpenAI only")
    return messages


def _name(item: Raw, field: str, where: str) -> str:
    value = item.get(field)
    if not isinstance(value, str):
        raise bad(f"{where}.{field}: must be a text")
    return value


def _message(item: Raw, where: str) -> Raw:
    role = item.get("role")
    if role not in ("user", "assistant", "system", "developer"):
        raise bad(f"{where}.role: {role} is none of user, assistant, system, developer")
    content = item.get("content")
    made = content if isinstance(content, str) else _content(content, f"{where}.content")
    # Not every provider knows the developer's role.
    return {"role": "system" if role == "developer" else role, "content": made}


def _call(item: Raw, messages: list[Raw], where: str) -> None:
    """Calls of one answer stand in one message, with the text before them."""
    function = {"name": _name(item, "name", where), "arguments": item.get("arguments") or "{}"}
    call = {"id": _name(item, "call_id", where), "type": "function", "function": function}
    if messages and messages[-1]["role"] == "assistant":
        messages[-1].setdefault("tool_calls", []).append(call)
    else:
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})


def _content(content: Any, where: str) -> str | list[Raw]:
    if not isinstance(content, list):
        raise bad(f"{where}: must be a text or a list of parts")
    parts = [_part(part, f"{where}[{index}]") for index, part in enumerate(content)]
    if all(part["type"] == "text" for part in parts):
        return "".join(part["text"] for part in parts)
    return parts


def _part(part: Any, where: str) -> Raw:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind in ("input_text", "output_text", "text"):
        return {"type": "text", "text": _name(part, "text", where)}
    if kind == "refusal":
        return {"type": "text", "text": _name(part, "refusal", where)}
    if kind == "input_image" and part.get("image_url"):
        image = {"url": part["image_url"], **({"detail": part["detail"]} if part.get("detail") else {})}
        return {"type": "image_url", "image_url": image}
    if kind == "input_file" and part.get("file_data"):
        return {"type": "file", "file": {"filename": part.get("filename"), "file_data": part["file_data"]}}
    if kind == "input_audio" and part.get("input_audio"):
        return {"type": "input_audio", "input_audio": part["input_audio"]}
    raise bad(f"{where}.type: {kind} cannot be translated (files must be sent as data)")
