"""The bodies that text generation reads, described once: msgspec converts with them, `schema` publishes them.

`ClassicRequest` is spec workers-ai §3.1, `ChatRequest` §3.3 (OpenAI Chat Completions), `CompletionRequest` OpenAI's
legacy Completions, `ResponsesRequest` §3.5. Every field may be null, which means absent.

Harmless fields, accepted without effect because nothing in this program could act on them: `model`, `user`, `metadata`,
`store`, `service_tier`, `prediction`, `prompt_cache_key` (and `_retention`, `_options`: prefixes are cached unasked),
`safety_identifier`, `safe_prompt`, `verbosity`, `max_tool_calls`. `options` belongs to the dialect.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from groundfog.tasks.text_generation import parts

Number = Annotated[float, Meta(ge=-2, le=2)]
Text = Annotated[str, Meta(min_length=1)]
Tokens = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Seed = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class FunctionIn(Struct):
    """A function as a tool describes it. `code` is Cloudflare's legacy server-side function."""

    name: Annotated[str, Meta(min_length=1, description="Name of the function.")]
    description: Annotated[str, Meta(description="What the function does.")] | None = None
    parameters: Annotated[dict[str, Any], Meta(description="JSON Schema of the arguments.")] | None = None
    strict: bool | None = None
    code: Annotated[str, Meta(description="Not supported: no code of a request is run.")] | None = None


class ToolIn(Struct):
    """Either shape of a tool: flat (`name`, `description`, `parameters`) or OpenAI's (`type`, `function`)."""

    type: str | None = None
    function: FunctionIn | None = None
    name: Text | None = None
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class ResponseFormat(Struct):
    """JSON mode. `json_schema` is a bare JSON Schema or OpenAI's `{name, schema, strict}`."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None
    schema: dict[str, Any] | None = None


class StreamOptions(Struct):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class _Common(Struct, kw_only=True):
    """Fields that the classic and the chat schema share."""

    stream: Annotated[bool, Meta(description="Answer with server-sent events.")] | None = None
    raw: Annotated[bool, Meta(description="Skip the chat template.")] | None = None
    top_k: Annotated[int, Meta(ge=1, le=50)] | None = None
    min_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Meta(ge=0, le=2)] | None = None
    frequency_penalty: Number | None = None
    presence_penalty: Number | None = None
    max_completion_tokens: Annotated[Tokens, Meta(description="Another name of max_tokens.")] | None = None
    random_seed: Annotated[Seed, Meta(description="Another name of seed.")] | None = None
    stop: Annotated[Text | list[Text], Meta(description="Texts that end the answer.")] | None = None
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    lora: Annotated[str, Meta(min_length=1, description="Name of the adapter.")] | None = None
    image: (
        Annotated[str | list[Annotated[int, Meta(ge=0, le=255)]], Meta(description="Bytes, base64 or a data URI.")]
        | None
    ) = None
    response_format: ResponseFormat | None = None
    guided_json: Annotated[dict[str, Any], Meta(description="Deprecated: use response_format.")] | None = None
    tools: list[ToolIn] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: list[FunctionIn] | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    ignore_eos: bool | None = None
    skip_special_tokens: bool | None = None
    stream_options: StreamOptions | None = None
    safe_prompt: bool | None = None
    options: dict[str, Any] | None = None
    model: str | None = None
    user: str | None = None


class ClassicRequest(_Common, kw_only=True):
    """The body of classic models (spec §3.1)."""

    prompt: Annotated[str, Meta(min_length=1, description="Text for the model to answer.")] | None = None
    messages: Annotated[list[parts.MessageIn], Meta(min_length=1, description="The conversation so far.")] | None = None
    max_tokens: Annotated[Tokens, Meta(description="Most tokens of the answer.")] | None = None
    temperature: Annotated[float, Meta(ge=0, le=5)] | None = None
    top_p: Annotated[float, Meta(ge=0.001, le=1)] | None = None
    seed: Annotated[int, Meta(ge=1, le=9_999_999_999)] | None = None


class ChatRequest(_Common, kw_only=True):
    """The body of chat.completion models and of OpenAI's Chat Completions (spec §3.3)."""

    prompt: Annotated[str, Meta(min_length=1, description="Text for the model to complete.")] | None = None
    messages: Annotated[list[parts.MessageIn], Meta(min_length=1, description="The conversation so far.")] | None = None
    max_tokens: Annotated[Tokens, Meta(description="Most tokens of the answer.")] | None = None
    temperature: Annotated[float, Meta(ge=0, le=5)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    seed: Seed | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    function_call: str | dict[str, Any] | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    web_search_options: dict[str, Any] | None = None
    prediction: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    store: bool | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    prompt_cache_options: dict[str, Any] | None = None
    safety_identifier: str | None = None
    verbosity: str | None = None


class CompletionRequest(Struct, kw_only=True):
    """OpenAI's legacy Completions: the prompt goes to the model as it is."""

    prompt: str | list[Any]
    stream: bool | None = None
    max_tokens: Tokens | None = None
    temperature: Annotated[float, Meta(ge=0, le=5)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=1, le=50)] | None = None
    min_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Meta(ge=0, le=2)] | None = None
    frequency_penalty: Number | None = None
    presence_penalty: Number | None = None
    seed: Seed | None = None
    stop: Text | list[Text] | None = None
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    best_of: Annotated[int, Meta(ge=1, le=128)] | None = None
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    echo: bool | None = None
    suffix: str | None = None
    lora: Text | None = None
    response_format: ResponseFormat | None = None
    ignore_eos: bool | None = None
    skip_special_tokens: bool | None = None
    stream_options: StreamOptions | None = None
    options: dict[str, Any] | None = None
    model: str | None = None
    user: str | None = None


class ReasoningIn(Struct):
    effort: str | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None


class TextFormatIn(Struct):
    """`text.format` of a Responses request."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None
    description: str | None = None


class TextIn(Struct):
    format: TextFormatIn | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ResponsesRequest(Struct, kw_only=True):
    """The body of OpenAI's Responses (spec §3.5). Nothing is stored, so nothing can be continued by id."""

    input: str | list[parts.ItemIn]
    instructions: str | None = None
    reasoning: ReasoningIn | None = None
    max_output_tokens: Tokens | None = None
    temperature: Annotated[float, Meta(ge=0, le=5)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    tools: list[ToolIn] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    text: TextIn | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    truncation: Literal["auto", "disabled"] | None = None
    include: list[str] | None = None
    background: bool | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    metadata: dict[str, Any] | None = None
    store: bool | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    prompt_cache_options: dict[str, Any] | None = None
    safety_identifier: str | None = None
    max_tool_calls: int | None = None
    options: dict[str, Any] | None = None
    model: str | None = None
    user: str | None = None


def names(request: type[Struct]) -> frozenset[str]:
    """The fields that a body of this kind may have."""
    return frozenset(request.__struct_fields__)


CLASSIC = names(ClassicRequest)
VENDOR_NAMES = frozenset(
    {"tool_choice", "random_seed", "safe_prompt", "parallel_tool_calls", "reasoning_effort", "chat_template_kwargs"}
)
"""What clients send to classic models beside the schema (spec §3.1); refused where the policy is `strict`."""
CLASSIC_STRICT = CLASSIC - VENDOR_NAMES
CHAT = names(ChatRequest)
COMPLETION = names(CompletionRequest)
RESPONSES = names(ResponsesRequest)
