"""Typed text generation, the same for every dialect (spec workers-ai §3.1–§3.6, §4).

Classic, chat.completion, legacy completion and Responses requests are all read into `Inputs`; engines see nothing else.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Role = str
FinishReason = Literal["stop", "length", "tool_calls", "error"]


class TextPart(msgspec.Struct, tag="text", tag_field="type"):
    text: str


class ImagePart(msgspec.Struct, tag="image", tag_field="type"):
    """An image's bytes as they were sent (PNG, JPEG, WebP, …)."""

    content: bytes


class AudioPart(msgspec.Struct, tag="audio", tag_field="type"):
    content: bytes
    format: str


Part = TextPart | ImagePart | AudioPart


class ToolCall(msgspec.Struct):
    """A call that the model makes. `arguments` is the JSON text of an object."""

    name: str
    arguments: str
    id: str = ""


class Message(msgspec.Struct, omit_defaults=True):
    """One turn. `content` is text, or parts when something else than text is in it."""

    role: Role
    content: str | list[Part] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: list[ToolCall] = []
    reasoning: str | None = None


class Tool(msgspec.Struct):
    """A function the model may call; `parameters` is a JSON Schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}
    strict: bool = False


class ToolChoice(msgspec.Struct, frozen=True):
    """`auto`, `none`, `required`, or `function` with the function's name."""

    mode: Literal["auto", "none", "required", "function"] = "auto"
    name: str | None = None


class JsonFormat(msgspec.Struct):
    """JSON mode; `schema` is None for `json_object`."""

    schema: dict[str, Any] | None = None
    name: str | None = None
    strict: bool = False


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What the model is asked. Exactly one of `prompt` and `messages` is set.

    Units: `max_tokens` tokens (None: as many as the context window leaves). Sampling fields left None are the engine's
    defaults.
    """

    form: Literal["classic", "chat", "completion", "responses"] = "classic"
    """The form the request came in; decides the answer's shape on the native surfaces."""
    prompt: str | None = None
    messages: list[Message] = []
    raw: bool = False
    """Skip the chat template; the prompt goes to the model as it is."""
    max_tokens: int | None = None
    temperature: float | None = None
    """None: what the loaded model's facts say."""
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] = {}
    """Bias by token id (as text)."""
    stop: list[str] = []
    n: int = 1
    logprobs: bool = False
    top_logprobs: int = 0
    echo_prompt: bool = False
    """Legacy completions: repeat the prompt before the answer."""
    ignore_eos: bool = False
    skip_special_tokens: bool = False
    lora: str | None = None
    json_format: JsonFormat | None = None
    tools: list[Tool] = []
    tool_choice: ToolChoice = ToolChoice()
    parallel_tool_calls: bool = True
    reasoning_effort: str | None = None
    """One of the model's levels, `none` when thinking is switched off."""
    template_arguments: dict[str, Any] = {}
    """`chat_template_kwargs`."""
    include_usage: bool | None = None
    """`stream_options.include_usage`: None is Workers AI's own way, usage on the chunk that ends the answer."""
    legacy_functions: bool = False
    """The tools came as OpenAI's `functions`; a chat answer then shows `function_call`."""
    responses: dict[str, Any] | None = None
    """Fields of a Responses request that only its answer repeats (instructions, metadata, …)."""


class Usage(msgspec.Struct, omit_defaults=True):
    """Tokens of the model's own tokenizer."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class TokenLogprob(msgspec.Struct):
    token: str
    logprob: float
    bytes: list[int] | None = None
    top: list[TokenLogprob] = []


class Choice(msgspec.Struct, omit_defaults=True):
    """One whole answer."""

    text: str
    finish_reason: FinishReason
    reasoning: str | None = None
    tool_calls: list[ToolCall] = []
    logprobs: list[TokenLogprob] | None = None


class Output(msgspec.Struct):
    """`choices` has `inputs.n` elements."""

    choices: list[Choice]
    usage: Usage


class ToolCallDelta(msgspec.Struct, omit_defaults=True):
    """A piece of a tool call: the first piece of an `index` carries `id` and `name`, later ones text of `arguments`."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


class Delta(msgspec.Struct, omit_defaults=True):
    """A piece of an answer. The last delta of a stream carries `usage`, the last of a choice its `finish_reason`."""

    index: int = 0
    text: str = ""
    reasoning: str = ""
    tool_calls: list[ToolCallDelta] = []
    finish_reason: FinishReason | None = None
    logprobs: list[TokenLogprob] | None = None
    usage: Usage | None = None
