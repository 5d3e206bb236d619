"""Typed inputs → the bodies that llama.cpp's server takes."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import orjson

from groundfog import errors
from groundfog.tasks.text_generation.types import AudioPart, ImagePart, Inputs, Message, Part, TextPart, Tool, ToolCall

_RANDOM_SEED = 0xFFFFFFFF
"""llama.cpp reads this seed as "take a random one"."""
_RESPONSE_FIELDS = ("index", "content", "stop", "stop_type", "tokens_predicted", "timings")
"""Of the last event; without a list it repeats the prompt and all settings."""
_ROLES = {"developer": "system", "function": "tool"}


@dataclasses.dataclass(frozen=True, slots=True)
class Media:
    """What the loaded files can read besides text."""

    images: bool = False
    audio: bool = False
    instead_of: str | None = None
    """The model that a stand-in answers for."""

    def refuse(self, what: str, part: str) -> errors.GroundfogError:
        """The error for a kind of input that is not read: `what` the model cannot do, and the `part` it would need."""
        if self.instead_of is not None:
            return errors.STAND_IN_UNABLE(model=self.instead_of, what=what)
        return errors.UPSTREAM_VALIDATION(what=f"The model's files have no {part} projector: it cannot {what}")


def conversation(inputs: Inputs) -> list[Message]:
    """The turns of a request; a prompt is the user's only turn."""
    return inputs.messages or [Message("user", inputs.prompt or "")]


def chat(inputs: Inputs, media: Media) -> dict[str, Any]:
    """Body for `/v1/chat/completions`: the model's template, its own tool format, its own reasoning format."""
    body = sampling(inputs)
    body.update(templated(inputs, media))
    body["stream_options"] = {"include_usage": True}
    body["reasoning_format"] = "auto"
    if inputs.logprobs:
        body["logprobs"] = True
        body["top_logprobs"] = max(inputs.top_logprobs, 1)
    return body


def completion(inputs: Inputs, prompt: str, media: list[bytes], grammar: str | None = None) -> dict[str, Any]:
    """Body for `/completion`: a prompt as it is, its media in the order of their markers."""
    body = sampling(inputs)
    body["prompt"] = prompt
    if media:
        encoded = [base64.b64encode(content).decode() for content in media]
        body["prompt"] = {"prompt_string": prompt, "multimodal_data": encoded}
    if grammar is not None:
        body["grammar"] = grammar
        # The end of the text is the only token that a complete answer leaves.
        body.pop("ignore_eos", None)
    if inputs.logprobs:
        body["n_probs"] = max(inputs.top_logprobs, 1)
    body["response_fields"] = _RESPONSE_FIELDS
    return body


def sampling(inputs: Inputs) -> dict[str, Any]:
    """The fields that both endpoints share."""
    body: dict[str, Any] = {
        "stream": True,
        "return_progress": True,
        "cache_prompt": True,
        "n_predict": -1 if inputs.max_tokens is None else inputs.max_tokens,
    }
    for field, value in (
        ("temperature", inputs.temperature),
        ("top_p", inputs.top_p),
        ("top_k", inputs.top_k),
        ("min_p", inputs.min_p),
        ("repeat_penalty", inputs.repetition_penalty),
        ("frequency_penalty", inputs.frequency_penalty),
        ("presence_penalty", inputs.presence_penalty),
    ):
        if value is not None:
            body[field] = value
    if inputs.seed is not None:
        body["seed"] = seed(inputs.seed)
    if stop := [text for text in inputs.stop if text]:
        body["stop"] = stop
    if inputs.ignore_eos:
        body["ignore_eos"] = True
    if inputs.logit_bias:
        body["logit_bias"] = _logit_bias(inputs.logit_bias)
    return body


def seed(value: int) -> int:
    """The API's seeds reach beyond 32 bits; equal seeds stay equal, and none becomes a random one."""
    return value % _RANDOM_SEED


def templated(inputs: Inputs, media: Media) -> dict[str, Any]:
    """What the chat template is filled from: turns, tools, arguments."""
    body: dict[str, Any] = {"messages": [_message(message, media) for message in conversation(inputs)]}
    if inputs.tools:
        body["tools"] = [_tool(tool) for tool in inputs.tools]
        body["tool_choice"] = "none" if inputs.tool_choice.mode == "none" else "auto"
        body["parallel_tool_calls"] = inputs.parallel_tool_calls
    arguments = dict(inputs.template_arguments)
    thinking = arguments.get("enable_thinking", arguments.get("thinking"))
    if inputs.reasoning_effort is not None:
        arguments.setdefault("reasoning_effort", inputs.reasoning_effort)
        if thinking is None and inputs.reasoning_effort == "none":
            thinking = False
    if isinstance(thinking, bool):
        arguments["enable_thinking"] = arguments["thinking"] = thinking
    if arguments:
        body["chat_template_kwargs"] = arguments
    return body


def media_of(inputs: Inputs) -> list[bytes]:
    """The bytes of all images and sounds, in order."""
    return [
        part.content
        for message in conversation(inputs)
        if isinstance(message.content, list)
        for part in message.content
        if isinstance(part, (ImagePart, AudioPart))
    ]


def _logit_bias(bias: dict[str, float]) -> list[list[float]]:
    try:
        return [[int(token), value] for token, value in bias.items()]
    except ValueError:
        raise errors.BAD_INPUT(what="Type mismatch of '/logit_bias', keys must be token ids") from None


def _tool(tool: Tool) -> dict[str, Any]:
    parameters = tool.parameters or {"type": "object", "properties": {}}
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}


def _message(message: Message, media: Media) -> dict[str, Any]:
    body: dict[str, Any] = {
        "role": _ROLES.get(message.role, message.role),
        "content": _content(message.content, media),
    }
    if message.name is not None:
        body["name"] = message.name
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    if message.reasoning is not None:
        body["reasoning_content"] = message.reasoning
    if message.tool_calls:
        body["tool_calls"] = [_call(call) for call in message.tool_calls]
    return body


def _call(call: ToolCall) -> dict[str, Any]:
    try:
        orjson.loads(call.arguments)
    except ValueError:
        raise errors.UPSTREAM_VALIDATION(what="Assistant tool call function.arguments must be valid JSON.") from None
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _content(content: str | list[Part] | None, media: Media) -> str | list[dict[str, Any]]:
    if content is None or isinstance(content, str):
        return content or ""
    if all(isinstance(part, TextPart) for part in content):
        return "\n".join(part.text for part in content if isinstance(part, TextPart))
    return [_part(part, media) for part in content]


def _part(part: Part, media: Media) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    data = base64.b64encode(part.content).decode()
    if isinstance(part, ImagePart):
        if not media.images:
            raise media.refuse("read images", "vision")
        return {"type": "image_url", "image_url": {"url": f"data:image/unknown;base64,{data}"}}
    if not media.audio:
        raise media.refuse("hear sounds", "audio")
    return {"type": "input_audio", "input_audio": {"data": data, "format": part.format}}
