"""A chat completion as a request to Google's `generateContent`.

- Web addresses of pictures become `fileData`; Google fetches them.
- A call in an earlier answer needs the signature that came with it (Gemini 3): `extra_content.google.thought_signature`
  of the call, as Google's own OpenAI endpoint has it. Where the caller dropped it, Google's documented stand-in goes.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from groundfog.gateway.translate.chat import media, tools
from groundfog.gateway.translate.chat.request import (
    Assistant,
    Audio,
    Chat,
    Developer,
    FunctionResult,
    Image,
    Part,
    System,
    Text,
    ToolCall,
    ToolResult,
    bad,
    instructions,
    parts,
    refuse,
    texts,
)

Raw = dict[str, Any]
_MISSING = ("thinking",)
_NO_SIGNATURE = "skip_thought_signature_validator"
_BUDGETS = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24_576}
_LEVELS = {"minimal": "minimal", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh"}
_AUDIO = {"wav": "audio/wav", "mp3": "audio/mp3"}
_VERSION = re.compile(r"gemini-(\d+)")


def write(chat: Chat, provider: str) -> Raw:
    """The body for `…:generateContent`. Raises CHAT_BAD_FORMAT for what Gemini has no word for."""
    refuse(chat, provider, _MISSING)
    body: Raw = {"contents": _contents(chat)}
    system = instructions(chat)
    if system:
        body["systemInstruction"] = {"parts": [{"text": text.text} for text in system]}
    _tools(chat, body)
    config = _config(chat)
    if config:
        body["generationConfig"] = config
    return body


def _config(chat: Chat) -> Raw:
    settings = {
        "temperature": chat.temperature,
        "topP": chat.top_p,
        "topK": chat.top_k,
        "maxOutputTokens": chat.limit,
        "stopSequences": chat.stops or None,
        "presencePenalty": chat.presence_penalty,
        "frequencyPenalty": chat.frequency_penalty,
        "seed": chat.seed,
    }
    config: Raw = {name: value for name, value in settings.items() if value is not None}
    if chat.n is not None and chat.n != 1:
        config["candidateCount"] = chat.n
    if chat.logprobs:
        config["responseLogprobs"] = True
        if chat.top_logprobs:
            config["logprobs"] = chat.top_logprobs
    elif chat.top_logprobs:
        raise bad("top_logprobs: needs logprobs")
    if chat.reasoning_effort is not None:
        config["thinkingConfig"] = _thinking(chat.model, chat.reasoning_effort)
    _format(chat, config)
    return config


def _thinking(model: str, effort: str) -> Raw:
    """Google's own mapping for its OpenAI endpoint: levels since Gemini 3, before that budgets."""
    found = _VERSION.search(model)
    if found is not None and int(found[1]) < 3:
        if effort not in _BUDGETS:
            raise bad(f"reasoning_effort: {model} has no {effort}")
        return {"thinkingBudget": _BUDGETS[effort], **({"includeThoughts": True} if effort != "none" else {})}
    if effort not in _LEVELS:
        raise bad(f"reasoning_effort: {model} has no {effort}")
    return {"thinkingLevel": _LEVELS[effort], "includeThoughts": True}


def _format(chat: Chat, config: Raw) -> None:
    wanted = chat.response_format
    if wanted is None or wanted.type == "text":
        return
    config["responseMimeType"] = "application/json"
    if wanted.type == "json_schema":
        if wanted.json_schema is None or wanted.json_schema.schema is None:
            raise bad("response_format.json_schema.schema: is missing")
        config["responseJsonSchema"] = wanted.json_schema.schema


def _tools(chat: Chat, body: Raw) -> None:
    functions, choice = tools.read(chat)
    if chat.parallel_tool_calls is False and functions:
        raise bad("parallel_tool_calls: Gemini cannot be held to one call at a time")
    if not functions:
        return
    declared: list[Raw] = []
    for function, _ in functions:
        made: Raw = {"name": function.name}
        if function.description:
            made["description"] = function.description
        if function.parameters is not None:
            made["parametersJsonSchema"] = tools.schema(function)
        declared.append(made)
    body["tools"] = [{"functionDeclarations": declared}]
    if choice.asked:
        calling: Raw = {"mode": {"auto": "AUTO", "none": "NONE", "required": "ANY", "one": "ANY"}[choice.mode]}
        if choice.name is not None:
            calling["allowedFunctionNames"] = [choice.name]
        body["toolConfig"] = {"functionCallingConfig": calling}


def _contents(chat: Chat) -> list[Raw]:
    names = tools.names_of_calls(chat)
    contents: list[Raw] = []
    for index, message in enumerate(chat.messages):
        where = f"messages[{index}]"
        if isinstance(message, System | Developer | FunctionResult):
            continue
        if isinstance(message, Assistant):
            role, made = "model", _assistant(message, where, chat.model)
        elif isinstance(message, ToolResult):
            role, made = "user", [_result(message, where, names)]
        else:
            role, made = "user", [_part(each, f"{where}.content[{n}]") for n, each in enumerate(parts(message.content))]
        if not made:
            continue
        if contents and contents[-1]["role"] == role:
            contents[-1]["parts"].extend(made)
        else:
            contents.append({"role": role, "parts": made})
    if not contents:
        raise bad("messages: there must be one that is not the system's")
    return contents


def _assistant(message: Assistant, where: str, model: str) -> list[Raw]:
    made: list[Raw] = [{"text": text.text} for text in texts(message.content, where)]
    for index, call in enumerate(message.tool_calls or []):
        given = tools.arguments(call, f"{where}.tool_calls[{index}]")
        part: Raw = {"functionCall": {"name": call.function.name, "args": given}}
        signature = _signature(call)
        if signature is not None:
            part["thoughtSignature"] = signature
        elif index == 0 and _signs(model):
            part["thoughtSignature"] = _NO_SIGNATURE
        made.append(part)
    return made


def _signature(call: ToolCall) -> str | None:
    google = (call.extra_content or {}).get("google")
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else None


def _signs(model: str) -> bool:
    found = _VERSION.search(model)
    return found is not None and int(found[1]) >= 3


def _result(message: ToolResult, where: str, names: dict[str, str]) -> Raw:
    name = names.get(message.tool_call_id)
    if name is None:
        raise bad(f"{where}.tool_call_id: no earlier answer has a call {message.tool_call_id}")
    text = "".join(each.text for each in texts(message.content, where))
    return {"functionResponse": {"name": name, "response": _object(text)}}


def _object(text: str) -> Raw:
    """A result as the object that Google wants: itself, or under `result`."""
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"result": text}
    return value if isinstance(value, dict) else {"result": value}


def _part(part: Part, where: str) -> Raw:
    if isinstance(part, Text):
        return {"text": part.text}
    if isinstance(part, Image):
        found = media.inline(part.url, f"{where}.image_url.url")
        if found is None:
            url = media.web(part.url, f"{where}.image_url.url")
            return {"fileData": {"fileUri": url, "mimeType": media.guess(url, "image/jpeg")}}
        return {"inlineData": {"mimeType": found.mime_type, "data": found.data}}
    if isinstance(part, Audio):
        kind = _AUDIO.get(part.input_audio.format)
        if kind is None:
            raise bad(f"{where}.input_audio.format: neither wav nor mp3")
        return {"inlineData": {"mimeType": kind, "data": part.input_audio.data}}
    found = media.file(part.file, f"{where}.file")
    return {"inlineData": {"mimeType": found.mime_type, "data": found.data}}
