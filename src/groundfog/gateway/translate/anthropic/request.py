"""A chat completion as a request to Anthropic's Messages.

- System and developer messages become `system`, in their order, wherever they stood.
- Neighbours of the same role become one message; results of tools are the first blocks of a user's message.
- `temperature` above 1 becomes 1, which is Anthropic's highest (its own OpenAI endpoint does the same).
- `max_tokens` is required there: the most that the model may write, unless the caller says (`models.max_tokens`).
"""

from __future__ import annotations

import re
from typing import Any

from groundfog.gateway.translate.anthropic import models
from groundfog.gateway.translate.chat import media, tools
from groundfog.gateway.translate.chat.request import (
    Assistant,
    Audio,
    Chat,
    Developer,
    File,
    FunctionResult,
    Image,
    Part,
    System,
    Text,
    ToolResult,
    bad,
    instructions,
    parts,
    refuse,
    texts,
)

Raw = dict[str, Any]
_MISSING = ("frequency_penalty", "logprobs", "n", "presence_penalty", "seed", "top_logprobs")
_ID = re.compile(r"[^a-zA-Z0-9_-]")
_THINKING = ("thinking", "redacted_thinking")
NAME = "anthropic"


def write(chat: Chat, provider: str = NAME) -> Raw:
    """The body for `v1/messages`. Raises CHAT_BAD_FORMAT for what Anthropic has no word for."""
    refuse(chat, provider, _MISSING)
    limit = chat.limit or models.max_tokens(chat.model)
    body: Raw = {"model": chat.model, "max_tokens": limit, "messages": _messages(chat)}
    system = instructions(chat)
    if system:
        body["system"] = [block(text) for text in system]
    _settings(chat, body)
    _tools(chat, body)
    _thinking(chat, body, limit)
    _format(chat, body)
    if chat.stream:
        body["stream"] = True
    return body


def _settings(chat: Chat, body: Raw) -> None:
    # 1 is what all models do without being told; the newest refuse any other value, and the oldest API takes it.
    if chat.temperature is not None and chat.temperature < 1:
        body["temperature"] = chat.temperature
    if chat.top_p is not None and chat.top_p < 1:
        body["top_p"] = chat.top_p
    if chat.top_k is not None:
        body["top_k"] = chat.top_k
    if chat.stops:
        body["stop_sequences"] = chat.stops
    user = chat.safety_identifier or chat.user
    if user:
        body["metadata"] = {"user_id": user}


def _tools(chat: Chat, body: Raw) -> None:
    functions, choice = tools.read(chat)
    if not functions:
        return
    made: list[Raw] = []
    for function, cache in functions:
        tool: Raw = {"name": function.name, "input_schema": tools.schema(function)}
        if function.description:
            tool["description"] = function.description
        if function.strict:
            tool["strict"] = True
        if cache is not None:
            tool["cache_control"] = cache
        made.append(tool)
    body["tools"] = made
    one_by_one = chat.parallel_tool_calls is False
    if not choice.asked and not one_by_one:
        return
    kind = {"auto": "auto", "none": "none", "required": "any", "one": "tool"}[choice.mode]
    picked: Raw = {"type": kind}
    if choice.name is not None:
        picked["name"] = choice.name
    if one_by_one and kind != "none":
        picked["disable_parallel_tool_use"] = True
    body["tool_choice"] = picked


def _thinking(chat: Chat, body: Raw, limit: int) -> None:
    if chat.thinking is not None:
        body["thinking"] = chat.thinking
    elif chat.reasoning_effort is not None:
        body.update(models.thinking(chat.model, chat.reasoning_effort, limit))
    if body.get("thinking", {}).get("type") == "enabled" and "temperature" in body:
        raise bad("temperature: Claude thinks only at 1")


def _format(chat: Chat, body: Raw) -> None:
    wanted = chat.response_format
    if wanted is None or wanted.type == "text":
        return
    if wanted.type == "json_object":
        raise bad("response_format.type: Anthropic has no json_object, use json_schema")
    if wanted.json_schema is None or wanted.json_schema.schema is None:
        raise bad("response_format.json_schema.schema: is missing")
    if not models.has_schemas(chat.model):
        raise bad(f"response_format: {chat.model} has no structured answers")
    schema = {"type": "json_schema", "schema": wanted.json_schema.schema}
    body["output_config"] = {**body.get("output_config", {}), "format": schema}


def _messages(chat: Chat) -> list[Raw]:
    messages: list[Raw] = []
    for index, message in enumerate(chat.messages):
        where = f"messages[{index}]"
        if isinstance(message, System | Developer | FunctionResult):
            continue
        if isinstance(message, Assistant):
            role, content = "assistant", _assistant(message, where)
        elif isinstance(message, ToolResult):
            role, content = "user", [_result(message, where)]
        else:
            role, content = (
                "user",
                [_part(each, f"{where}.content[{n}]") for n, each in enumerate(parts(message.content))],
            )
        if not content:
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"].extend(content)
        else:
            messages.append({"role": role, "content": content})
    if not messages:
        raise bad("messages: there must be one that is not the system's")
    return messages


def _assistant(message: Assistant, where: str) -> list[Raw]:
    blocks = [each for each in message.thinking_blocks or [] if each.get("type") in _THINKING]
    blocks.extend(block(text) for text in texts(message.content, where))
    if message.refusal and not message.content:
        blocks.append(block(Text(message.refusal)))
    for index, call in enumerate(message.tool_calls or []):
        given = tools.arguments(call, f"{where}.tool_calls[{index}]")
        blocks.append({"type": "tool_use", "id": tool_id(call.id), "name": call.function.name, "input": given})
    return blocks


def _result(message: ToolResult, where: str) -> Raw:
    content = [_part(each, f"{where}.content[{n}]") for n, each in enumerate(parts(message.content))]
    result: Raw = {"type": "tool_result", "tool_use_id": tool_id(message.tool_call_id)}
    if content:
        result["content"] = content
    return result


def tool_id(id: str) -> str:
    """An id with the letters that Anthropic allows; the same for a call and its result."""
    return _ID.sub("_", id) or "call"


def block(text: Text) -> Raw:
    """A text with its cache mark."""
    made: Raw = {"type": "text", "text": text.text}
    if text.cache_control is not None:
        made["cache_control"] = text.cache_control
    return made


def _part(part: Part, where: str) -> Raw:
    if isinstance(part, Text):
        return block(part)
    if isinstance(part, Audio):
        raise bad(f"{where}: Anthropic takes no sound")
    made = _image(part, where) if isinstance(part, Image) else _file(part, where)
    if part.cache_control is not None:
        made["cache_control"] = part.cache_control
    return made


def _image(part: Image, where: str) -> Raw:
    found = media.inline(part.url, f"{where}.image_url.url")
    if found is None:
        url = media.web(part.url, f"{where}.image_url.url")
        return {"type": "image", "source": {"type": "url", "url": url}}
    return {"type": "image", "source": {"type": "base64", "media_type": found.mime_type, "data": found.data}}


def _file(part: File, where: str) -> Raw:
    found = media.file(part.file, f"{where}.file")
    made: Raw = {
        "type": "document",
        "source": {"type": "base64", "media_type": found.mime_type, "data": found.data},
    }
    if part.file.filename:
        made["title"] = part.file.filename
    return made
