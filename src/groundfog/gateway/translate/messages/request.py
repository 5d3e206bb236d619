"""A request in Anthropic's Messages as a chat completion.

Cache marks go on to providers that have the like; OpenAI and those like it refuse them. Blocks of thinking in earlier
answers belong to the model that made them: they stay with the message for providers that take them back.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import orjson

from groundfog.gateway.translate.chat.request import bad, named

Raw = dict[str, Any]


class Source(msgspec.Struct):
    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None


class Text(msgspec.Struct, tag="text"):
    text: str
    cache_control: Raw | None = None


class Image(msgspec.Struct, tag="image"):
    source: Source
    cache_control: Raw | None = None


class Document(msgspec.Struct, tag="document"):
    source: Source
    title: str | None = None
    cache_control: Raw | None = None


class ToolUse(msgspec.Struct, tag="tool_use"):
    id: str
    name: str
    input: Raw


class ToolResult(msgspec.Struct, tag="tool_result"):
    tool_use_id: str
    content: str | list[Text | Image | Document] | None = None
    is_error: bool | None = None


class Thinking(msgspec.Struct, tag="thinking"):
    thinking: str
    signature: str = ""


class Redacted(msgspec.Struct, tag="redacted_thinking"):
    data: str = ""


Block = Text | Image | Document | ToolUse | ToolResult | Thinking | Redacted


class Message(msgspec.Struct):
    role: Literal["user", "assistant", "system"]
    content: str | list[Block]


class Tool(msgspec.Struct):
    name: str
    type: str | None = None
    description: str | None = None
    input_schema: Raw | None = None
    strict: bool | None = None
    cache_control: Raw | None = None


class ToolChoice(msgspec.Struct):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class ThinkingConfig(msgspec.Struct):
    type: str
    budget_tokens: int = 0


class Format(msgspec.Struct):
    type: Literal["json_schema"]
    schema: Raw


class OutputConfig(msgspec.Struct):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: Format | None = None


class Metadata(msgspec.Struct):
    user_id: str | None = None


class Request(msgspec.Struct, forbid_unknown_fields=True):
    model: str
    messages: list[Message]
    max_tokens: int
    cache_control: Any = None
    metadata: Metadata | None = None
    output_config: OutputConfig | None = None
    service_tier: Any = None
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    system: str | list[Text] | None = None
    temperature: float | None = None
    thinking: ThinkingConfig | None = None
    tool_choice: ToolChoice | None = None
    tools: list[Tool] | None = None
    top_k: int | None = None
    top_p: float | None = None


def read(data: Raw, *, marks: bool) -> Raw:
    """`data` as a chat completion, with cache marks or without.

    Raises CHAT_BAD_FORMAT with the name of the first field that it cannot say.
    """
    try:
        request = msgspec.convert({name: value for name, value in data.items() if value is not None}, Request)
    except msgspec.ValidationError as reason:
        raise bad(named(str(reason))) from None
    if not marks:
        _unmark(request)
    chat: Raw = {"model": request.model, "messages": _messages(request), "max_tokens": request.max_tokens}
    for name in ("temperature", "top_p", "top_k", "stream"):
        value = getattr(request, name)
        if value is not None:
            chat[name] = value
    if request.stop_sequences:
        chat["stop"] = request.stop_sequences
    if request.metadata is not None and request.metadata.user_id:
        chat["user"] = request.metadata.user_id
    _tools(request, chat)
    _effort(request, chat)
    return chat


def _unmark(request: Request) -> None:
    for tool in request.tools or []:
        tool.cache_control = None
    lists = [request.system, *(message.content for message in request.messages)]
    for blocks in lists:
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, Text | Image | Document):
                block.cache_control = None


def _tools(request: Request, chat: Raw) -> None:
    made: list[Raw] = []
    for index, tool in enumerate(request.tools or []):
        if tool.type not in (None, "custom"):
            raise bad(f"tools[{index}].type: {tool.type} runs at Anthropic only")
        function: Raw = {"name": tool.name, "parameters": tool.input_schema or {"type": "object", "properties": {}}}
        if tool.description:
            function["description"] = tool.description
        if tool.strict is not None:
            function["strict"] = tool.strict
        made.append(_marked({"type": "function", "function": function}, tool.cache_control))
    if not made:
        return
    chat["tools"] = made
    choice = request.tool_choice
    if choice is None:
        return
    if choice.type == "tool":
        chat["tool_choice"] = {"type": "function", "function": {"name": choice.name or ""}}
    else:
        chat["tool_choice"] = {"auto": "auto", "any": "required", "none": "none"}[choice.type]
    if choice.disable_parallel_tool_use:
        chat["parallel_tool_calls"] = False


def _effort(request: Request, chat: Raw) -> None:
    """Budgets and efforts as OpenAI's nearest effort."""
    config = request.output_config
    if config is not None and config.format is not None:
        schema = {"name": "answer", "schema": config.format.schema, "strict": True}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    if config is not None and config.effort is not None:
        chat["reasoning_effort"] = "xhigh" if config.effort == "max" else config.effort
    elif request.thinking is not None and request.thinking.type == "enabled":
        budget = request.thinking.budget_tokens
        chat["reasoning_effort"] = "low" if budget <= 2048 else "medium" if budget <= 8192 else "high"
    elif request.thinking is not None and request.thinking.type == "adaptive":
        chat["reasoning_effort"] = "medium"


def _messages(request: Request) -> list[Raw]:
    messages: list[Raw] = []
    if isinstance(request.system, str):
        messages.append({"role": "system", "content": request.system})
    elif request.system:
        parts = [_part(text, f"system[{index}]") for index, text in enumerate(request.system)]
        messages.append({"role": "system", "content": _plain(parts, "\n\n")})
    for index, message in enumerate(request.messages):
        where = f"messages[{index}].content"
        if isinstance(message.content, str):
            messages.append({"role": message.role, "content": message.content})
        elif message.role == "assistant":
            messages.append(_assistant(message.content, where))
        else:
            messages.extend(_user(message.content, where, message.role))
    return messages


def _assistant(blocks: list[Any], where: str) -> Raw:
    text: list[str] = []
    calls: list[Raw] = []
    thinking: list[Raw] = []
    for index, block in enumerate(blocks):
        if isinstance(block, Text):
            text.append(block.text)
        elif isinstance(block, ToolUse):
            function = {"name": block.name, "arguments": orjson.dumps(block.input).decode()}
            calls.append({"id": block.id, "type": "function", "function": function})
        elif isinstance(block, Thinking | Redacted):
            thinking.append(msgspec.to_builtins(block))
        else:
            raise bad(f"{where}[{index}].type: cannot stand in an assistant's message")
    message: Raw = {"role": "assistant", "content": "".join(text) or None}
    if calls:
        message["tool_calls"] = calls
    if thinking:
        message["thinking_blocks"] = thinking
    return message


def _user(blocks: list[Any], where: str, role: str) -> list[Raw]:
    """Results of tools are messages of their own, before the rest."""
    results: list[Raw] = []
    parts: list[Raw] = []
    for index, block in enumerate(blocks):
        if isinstance(block, ToolResult):
            results.append(_result(block, f"{where}[{index}]"))
        elif isinstance(block, Text | Image | Document):
            parts.append(_part(block, f"{where}[{index}]"))
        else:
            raise bad(f"{where}[{index}].type: cannot stand in a user's message")
    if parts:
        results.append({"role": role, "content": _plain(parts)})
    return results


def _result(block: ToolResult, where: str) -> Raw:
    content: Any = block.content or ""
    if not isinstance(content, str):
        content = _plain([_part(each, f"{where}.content[{index}]") for index, each in enumerate(content)])
    if block.is_error and isinstance(content, str) and not content.lower().startswith("error"):
        content = f"Error: {content}"
    return {"role": "tool", "tool_call_id": block.tool_use_id, "content": content}


def _plain(parts: list[Raw], between: str = "") -> str | list[Raw]:
    """Text alone as a text: some providers take no list of parts."""
    if all(part["type"] == "text" and "cache_control" not in part for part in parts):
        return between.join(part["text"] for part in parts)
    return parts


def _marked(part: Raw, mark: Raw | None) -> Raw:
    return part if mark is None else {**part, "cache_control": mark}


def _part(block: Text | Image | Document, where: str) -> Raw:
    made = {"type": "text", "text": block.text} if isinstance(block, Text) else _media(block, where)
    return _marked(made, block.cache_control)


def _media(block: Image | Document, where: str) -> Raw:
    source = block.source
    url = f"data:{source.media_type};base64,{source.data}"
    if isinstance(block, Image) and source.type == "url" and source.url is not None:
        return {"type": "image_url", "image_url": {"url": source.url}}
    if source.data is not None and source.type == "base64":
        if isinstance(block, Image):
            return {"type": "image_url", "image_url": {"url": url}}
        return {"type": "file", "file": {"filename": block.title or "document.pdf", "file_data": url}}
    if source.data is not None and source.type == "text":
        return {"type": "text", "text": source.data}
    raise bad(f"{where}.source.type: {source.type} can be read by Anthropic only")
