"""A chat completion as it was asked for, typed. What is wrong with it is said with the field's name.

Fields of OpenAI's that say nothing about the answer (`user`, `metadata`, `store`, cache hints) may always be there. All
others are translated or refused (`refuse`), never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from groundfog import errors
from groundfog.errors import GroundfogError

Raw = dict[str, Any]


class Text(msgspec.Struct, tag="text"):
    """`cache_control` is Anthropic's, as other gateways take it."""

    text: str
    cache_control: Raw | None = None


class ImageUrl(msgspec.Struct):
    url: str
    detail: str | None = None


class Image(msgspec.Struct, tag="image_url"):
    image_url: ImageUrl | str
    cache_control: Raw | None = None

    @property
    def url(self) -> str:
        return self.image_url if isinstance(self.image_url, str) else self.image_url.url


class AudioData(msgspec.Struct):
    data: str
    format: str


class Audio(msgspec.Struct, tag="input_audio"):
    input_audio: AudioData


class FileData(msgspec.Struct):
    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class File(msgspec.Struct, tag="file"):
    file: FileData
    cache_control: Raw | None = None


class Refusal(msgspec.Struct, tag="refusal"):
    refusal: str


Part = Text | Image | Audio | File
Content = str | list[Text | Image | Audio | File | Refusal] | None


class Called(msgspec.Struct):
    name: str
    arguments: str = ""


class ToolCall(msgspec.Struct):
    """`extra_content.google.thought_signature` is how Google's own OpenAI endpoint hands signatures round."""

    function: Called
    id: str = ""
    type: str = "function"
    extra_content: Raw | None = None


class System(msgspec.Struct, tag_field="role", tag="system"):
    content: Content


class Developer(msgspec.Struct, tag_field="role", tag="developer"):
    content: Content


class User(msgspec.Struct, tag_field="role", tag="user"):
    content: Content


class Assistant(msgspec.Struct, tag_field="role", tag="assistant"):
    """`thinking_blocks`: Anthropic's signed thinking, as it stood in an earlier answer."""

    content: Content = None
    tool_calls: list[ToolCall] | None = None
    refusal: str | None = None
    thinking_blocks: list[Raw] | None = None
    function_call: Raw | None = None
    audio: Raw | None = None


class ToolResult(msgspec.Struct, tag_field="role", tag="tool"):
    tool_call_id: str
    content: Content = None


class FunctionResult(msgspec.Struct, tag_field="role", tag="function"):
    name: str
    content: Content = None


Message = System | Developer | User | Assistant | ToolResult | FunctionResult


class Function(msgspec.Struct):
    name: str
    description: str | None = None
    parameters: Raw | None = None
    strict: bool | None = None


class Tool(msgspec.Struct):
    type: str
    function: Function | None = None
    cache_control: Raw | None = None


class StreamOptions(msgspec.Struct):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class JsonSchema(msgspec.Struct):
    name: str = "answer"
    schema: Raw | None = None
    strict: bool | None = None
    description: str | None = None


class ResponseFormat(msgspec.Struct):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class Chat(msgspec.Struct, forbid_unknown_fields=True):
    """Everything that OpenAI documents, `top_k` and `thinking` (Anthropic's) besides."""

    model: str
    messages: list[Message]
    audio: Raw | None = None
    frequency_penalty: float | None = None
    function_call: Any = None
    functions: list[Raw] | None = None
    logit_bias: Raw | None = None
    logprobs: bool | None = None
    max_completion_tokens: int | None = None
    max_tokens: int | None = None
    metadata: Any = None
    modalities: list[str] | None = None
    moderation: Raw | None = None
    n: int | None = None
    parallel_tool_calls: bool | None = None
    prediction: Raw | None = None
    presence_penalty: float | None = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    response_format: ResponseFormat | None = None
    safety_identifier: str | None = None
    seed: int | None = None
    service_tier: str | None = None
    stop: str | list[str] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    thinking: Raw | None = None
    tool_choice: str | Raw | None = None
    tools: list[Tool] | None = None
    top_k: int | None = None
    top_logprobs: int | None = None
    top_p: float | None = None
    user: str | None = None
    verbosity: str | None = None
    web_search_options: Raw | None = None

    @property
    def limit(self) -> int | None:
        """The most tokens of the answer."""
        return self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens

    @property
    def stops(self) -> list[str]:
        return [self.stop] if isinstance(self.stop, str) else self.stop or []


_NEUTRAL: Raw = {
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
    "logprobs": False,
    "modalities": ["text"],
    "n": 1,
    "parallel_tool_calls": True,
    "top_logprobs": 0,
    "verbosity": "medium",
}
"""Values that ask for nothing."""
OPENAI_ONLY = (
    "audio",
    "function_call",
    "functions",
    "logit_bias",
    "modalities",
    "moderation",
    "prediction",
    "verbosity",
)
"""What none of the translated providers has. `functions` are the tools of 2023."""


def bad(what: str) -> GroundfogError:
    """The error for a request that cannot be translated; `what` begins with the field's name."""
    return errors.CHAT_BAD_FORMAT(what=what)


def read(data: Raw) -> Chat:
    """`data` typed. Raises CHAT_BAD_FORMAT with the path of the first wrong field."""
    try:
        chat = msgspec.convert(data, Chat)
    except msgspec.ValidationError as reason:
        raise bad(named(str(reason))) from None
    for index, message in enumerate(chat.messages):
        if isinstance(message, FunctionResult):
            raise bad(f"messages[{index}].role: `function` is outdated, use `tool`")
        if isinstance(message, Assistant) and (message.function_call is not None or message.audio is not None):
            raise bad(f"messages[{index}]: `function_call` and `audio` cannot be translated")
    if chat.service_tier not in (None, "auto", "default", "standard"):
        raise bad(f"service_tier: {chat.service_tier} is OpenAI's only")
    if chat.limit is not None and chat.limit < 1:
        raise bad("max_tokens: must be at least 1")
    return chat


def refuse(chat: Chat, provider: str, fields: Iterable[str]) -> None:
    """Raise CHAT_BAD_FORMAT for the first of `fields` that asks for something."""
    for field in (*fields, *OPENAI_ONLY, "web_search_options"):
        value = getattr(chat, field)
        if value is not None and value != _NEUTRAL.get(field):
            raise bad(f"{field}: {provider} has no such setting")


def named(reason: str) -> str:
    """msgspec's message with the field first: ``… - at `$.a` `` → `a: …`."""
    message, _, path = reason.partition(" - at `$")
    path = path.removesuffix("`").removeprefix(".")
    if not path:
        return message
    return f"{path}: {message}"


def texts(content: Content, where: str) -> list[Text]:
    """Content that may be nothing but text."""
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    found: list[Text] = []
    for index, part in enumerate(content):
        if isinstance(part, Refusal):
            found.append(Text(part.refusal))
        elif isinstance(part, Text):
            found.append(part)
        else:
            raise bad(f"{where}.content[{index}]: only text may stand here")
    return [part for part in found if part.text]


def parts(content: Content) -> list[Part]:
    """Content of a user's message."""
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    return [Text(part.refusal) if isinstance(part, Refusal) else part for part in content]


def instructions(chat: Chat) -> list[Text]:
    """System and developer messages, wherever they stand: the other dialects have one place for them."""
    return [
        text
        for index, message in enumerate(chat.messages)
        if isinstance(message, System | Developer)
        for text in texts(message.content, f"messages[{index}]")
    ]
