"""A chat completion as a request to Bedrock's Converse.

Pictures and files must come as data: Bedrock fetches nothing but objects of S3 (`s3://` addresses).
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from groundfog.gateway.translate.anthropic import models
from groundfog.gateway.translate.anthropic.request import tool_id
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
_IMAGES = {"image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "webp"}
_FILES = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
}
_FILE_NAME = re.compile(r"[^A-Za-z0-9 ()\[\]-]+")
_NOVA_EFFORTS = {"low": "low", "medium": "medium", "high": "high"}


def write(chat: Chat, provider: str = "aws-bedrock") -> Raw:
    """The body for `…/converse` and `…/converse-stream`. Raises CHAT_BAD_FORMAT for what Converse cannot say."""
    refuse(chat, provider, _MISSING)
    body: Raw = {"messages": _messages(chat)}
    system = instructions(chat)
    if system:
        body["system"] = [each for text in system for each in _text(text)]
    inference = {
        "maxTokens": chat.limit,
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "stopSequences": chat.stops or None,
    }
    inference = {name: value for name, value in inference.items() if value is not None}
    more = _more(chat)
    if _is_claude(chat.model):
        _for_claude(chat, inference, more)
    if inference:
        body["inferenceConfig"] = inference
    if more:
        body["additionalModelRequestFields"] = more
    _tools(chat, body)
    _format(chat, body)
    return body


def _is_claude(model: str) -> bool:
    return "claude" in model


def _for_claude(chat: Chat, inference: Raw, more: Raw) -> None:
    """As for Anthropic itself: 1 is its highest temperature and what it does without being told."""
    for name in ("temperature", "topP"):
        if inference.get(name, 0) >= 1:
            del inference[name]
    if more.get("thinking", {}).get("type") == "enabled":
        if "temperature" in inference:
            raise bad("temperature: Claude thinks only at 1")
        inference.setdefault("maxTokens", models.max_tokens(chat.model))


def _more(chat: Chat) -> Raw:
    """What only some models have."""
    more: Raw = {}
    if chat.top_k is not None:
        if _is_claude(chat.model):
            more["top_k"] = chat.top_k
        elif "nova" in chat.model:
            more["inferenceConfig"] = {"topK": chat.top_k}
        else:
            raise bad(f"top_k: {chat.model} has no such setting")
    if chat.thinking is not None:
        more["thinking"] = chat.thinking
    elif chat.reasoning_effort is not None:
        more.update(_thinking(chat, chat.reasoning_effort))
    return more


def _thinking(chat: Chat, effort: str) -> Raw:
    if _is_claude(chat.model):
        return models.thinking(chat.model, effort, chat.limit or models.max_tokens(chat.model))
    if "nova-2" in chat.model:
        if effort == "none":
            return {"reasoningConfig": {"type": "disabled"}}
        if effort in _NOVA_EFFORTS:
            return {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": effort}}
    raise bad(f"reasoning_effort: {chat.model} has no {effort}")


def _tools(chat: Chat, body: Raw) -> None:
    functions, choice = tools.read(chat)
    called = any(isinstance(message, Assistant) and message.tool_calls for message in chat.messages)
    if choice.mode == "none":
        if called:
            raise bad("tool_choice: Bedrock cannot leave tools unused in a conversation that used them")
        return
    if not functions:
        return
    if chat.parallel_tool_calls is False:
        raise bad("parallel_tool_calls: Bedrock cannot be held to one call at a time")
    made: list[Raw] = []
    for function, cache in functions:
        spec: Raw = {"name": function.name, "inputSchema": {"json": tools.schema(function)}}
        if function.description:
            spec["description"] = function.description
        if function.strict:
            spec["strict"] = True
        made.append({"toolSpec": spec})
        if cache is not None:
            made.append(_CACHE)
    config: Raw = {"tools": made}
    if choice.mode == "required":
        config["toolChoice"] = {"any": {}}
    elif choice.mode == "one":
        config["toolChoice"] = {"tool": {"name": choice.name}}
    elif choice.asked:
        config["toolChoice"] = {"auto": {}}
    body["toolConfig"] = config


def _format(chat: Chat, body: Raw) -> None:
    wanted = chat.response_format
    if wanted is None or wanted.type == "text":
        return
    if wanted.type == "json_object" or wanted.json_schema is None:
        raise bad("response_format.type: Bedrock has no json_object, use json_schema")
    if wanted.json_schema.schema is None:
        raise bad("response_format.json_schema.schema: is missing")
    schema: Raw = {"schema": orjson.dumps(wanted.json_schema.schema).decode(), "name": wanted.json_schema.name}
    if wanted.json_schema.description:
        schema["description"] = wanted.json_schema.description
    body["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}


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
            role = "user"
            content = [
                made for n, each in enumerate(parts(message.content)) for made in _part(each, f"{where}.content[{n}]")
            ]
        if not content:
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"].extend(content)
        else:
            messages.append({"role": role, "content": content})
    if not messages:
        raise bad("messages: there must be one that is not the system's")
    return messages


_CACHE: Raw = {"cachePoint": {"type": "default"}}


def _text(text: Text) -> list[Raw]:
    return [{"text": text.text}] if text.cache_control is None else [{"text": text.text}, _CACHE]


def _assistant(message: Assistant, where: str) -> list[Raw]:
    content = [_thought(each) for each in message.thinking_blocks or []]
    content.extend(made for text in texts(message.content, where) for made in _text(text))
    for index, call in enumerate(message.tool_calls or []):
        given = tools.arguments(call, f"{where}.tool_calls[{index}]")
        content.append({"toolUse": {"toolUseId": tool_id(call.id), "name": call.function.name, "input": given}})
    return content


def _thought(block: Raw) -> Raw:
    if block.get("type") == "redacted_thinking":
        return {"reasoningContent": {"redactedContent": block.get("data", "")}}
    text = {"text": block.get("thinking", ""), "signature": block.get("signature", "")}
    return {"reasoningContent": {"reasoningText": text}}


def _result(message: ToolResult, where: str) -> Raw:
    content: list[Raw] = []
    for n, each in enumerate(parts(message.content)):
        content.extend(_part(each, f"{where}.content[{n}]"))
    return {"toolResult": {"toolUseId": tool_id(message.tool_call_id), "content": content or [{"text": ""}]}}


def _part(part: Part, where: str) -> list[Raw]:
    if isinstance(part, Text):
        return _text(part)
    if isinstance(part, Audio):
        raise bad(f"{where}: Bedrock's Converse takes no sound")
    made = _image(part, where) if isinstance(part, Image) else _file(part, where)
    return [made] if part.cache_control is None else [made, _CACHE]


def _image(part: Image, where: str) -> Raw:
    found = media.inline(part.url, f"{where}.image_url.url")
    if found is None:
        if not part.url.lower().startswith("s3://"):
            raise bad(f"{where}.image_url.url: Bedrock fetches no web addresses, send a data URL")
        kind = _IMAGES.get(media.guess(part.url, "image/jpeg"), "jpeg")
        return {"image": {"format": kind, "source": {"s3Location": {"uri": part.url}}}}
    if found.mime_type not in _IMAGES:
        raise bad(f"{where}.image_url.url: Bedrock takes no {found.mime_type}")
    return {"image": {"format": _IMAGES[found.mime_type], "source": {"bytes": found.data}}}


def _file(part: File, where: str) -> Raw:
    found = media.file(part.file, f"{where}.file")
    if found.mime_type not in _FILES:
        raise bad(f"{where}.file: Bedrock takes no {found.mime_type}")
    name = _FILE_NAME.sub(" ", part.file.filename or "document").strip() or "document"
    return {"document": {"format": _FILES[found.mime_type], "name": name, "source": {"bytes": found.data}}}
