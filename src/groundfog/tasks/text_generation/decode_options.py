"""Everything of a request that is not its text: sampling, limits, JSON mode, tools, reasoning → fields of `Inputs`."""

from __future__ import annotations

from typing import Any

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.text_generation import decode_tools, facts, json_schemas
from groundfog.tasks.text_generation.requests import (
    ChatRequest,
    ClassicRequest,
    CompletionRequest,
    ResponseFormat,
    ToolIn,
)
from groundfog.tasks.text_generation.types import Inputs, JsonFormat, Message

_MAX_CHOICES = 128


def write(inputs: Inputs, request: ClassicRequest | ChatRequest, data: dict[str, Any], model: Model) -> None:
    """Fields that classic and chat requests share."""
    _sampling(inputs, request, model)
    inputs.max_tokens = _one_of(
        "max_tokens", request.max_tokens, "max_completion_tokens", request.max_completion_tokens
    )
    if inputs.max_tokens is None:
        inputs.max_tokens = facts.default_max_tokens(model)
    inputs.seed = _one_of("seed", request.seed, "random_seed", request.random_seed)
    if request.raw:
        inputs.raw = True
        if inputs.messages:
            inputs.prompt, inputs.messages = _joined(inputs.messages), []
    if request.response_format is not None or request.guided_json is not None:
        inputs.json_format = json_format(request.response_format, request.guided_json)
    if inputs.form == "completion" and (request.tools or request.functions):
        raise errors.BAD_INPUT(what="tools need messages: a completed prompt cannot carry calls")
    tools(inputs, request.tools, request.tool_choice)
    if request.functions:
        if inputs.tools:
            raise errors.BAD_INPUT(what="tools and functions are mutually exclusive")
        inputs.tools, inputs.legacy_functions = decode_tools.functions(request.functions), True
    inputs.parallel_tool_calls = request.parallel_tool_calls is not False
    asked_off = request.reasoning_effort is None and "reasoning_effort" in data
    reasoning(inputs, request.reasoning_effort, request.chat_template_kwargs, model, asked_off)


def write_chat(inputs: Inputs, request: ChatRequest) -> None:
    """Fields that only chat requests have. Raises BAD_INPUT for what no model here can give."""
    if request.modalities and request.modalities != ["text"]:
        raise errors.BAD_INPUT(what="'/modalities' may only be text: no model of this task answers with audio")
    for name in ("audio", "web_search_options"):
        if getattr(request, name) is not None:
            raise errors.BAD_INPUT(what=f"'/{name}' is not supported by this server")
    inputs.n = request.n or 1
    inputs.logprobs = bool(request.logprobs)
    inputs.top_logprobs = request.top_logprobs or 0
    if inputs.top_logprobs and not inputs.logprobs:
        raise errors.BAD_INPUT(what="'/top_logprobs' needs logprobs to be true")
    if request.function_call is not None:
        inputs.tool_choice = decode_tools.choice(request.function_call, inputs.tools, "function_call")


def tools(inputs: Inputs, given: list[ToolIn] | None, choice: str | dict[str, Any] | None) -> None:
    if given:
        inputs.tools = decode_tools.tools(given)
    if choice is None:
        return
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        inputs.tool_choice, inputs.tools = decode_tools.allowed(choice, inputs.tools)
    else:
        inputs.tool_choice = decode_tools.choice(choice, inputs.tools)


def _sampling(inputs: Inputs, request: ClassicRequest | ChatRequest | CompletionRequest, model: Model) -> None:
    inputs.temperature = request.temperature
    inputs.top_p = request.top_p
    inputs.top_k = request.top_k
    inputs.min_p = request.min_p
    inputs.repetition_penalty = request.repetition_penalty
    inputs.frequency_penalty = request.frequency_penalty
    inputs.presence_penalty = request.presence_penalty
    inputs.lora = request.lora
    inputs.ignore_eos = bool(request.ignore_eos)
    inputs.skip_special_tokens = bool(request.skip_special_tokens)
    if request.stop:
        inputs.stop = [request.stop] if isinstance(request.stop, str) else request.stop
    if request.logit_bias:
        for token in request.logit_bias:
            if not token.isdecimal():
                raise errors.BAD_INPUT(what=f"'/logit_bias/{token}' is not the number of a token")
        inputs.logit_bias = request.logit_bias
    if request.stream_options is not None:
        inputs.include_usage = request.stream_options.include_usage


def _one_of(name: str, value: int | None, other_name: str, other: int | None) -> int | None:
    """The value of a field that has two names. Raises BAD_INPUT when both are given and differ."""
    if value is not None and other is not None and value != other:
        raise errors.BAD_INPUT(what=f"{name} and {other_name} are mutually exclusive")
    return other if value is None else value


def _joined(turns: list[Message]) -> str:
    """The texts of a conversation that goes to the model without a template."""
    texts: list[str] = []
    for message in turns:
        if isinstance(message.content, str):
            texts.append(message.content)
        elif message.content is not None:
            raise errors.BAD_INPUT(what="raw takes text only: no images, no audio")
    return "\n".join(texts)


def json_format(given: ResponseFormat | None, guided: dict[str, Any] | None) -> JsonFormat | None:
    """JSON mode from `response_format` (bare schema or OpenAI's wrapper) or `guided_json`."""
    if given is None or given.type == "text":
        if guided is None:
            return None
        json_schemas.check(guided, "/guided_json")
        return JsonFormat(guided)
    if guided is not None:
        raise errors.BAD_INPUT(what="response_format and guided_json are mutually exclusive")
    schema = given.json_schema if given.json_schema is not None else given.schema
    where = "/response_format/json_schema" if given.json_schema is not None else "/response_format/schema"
    if schema is None:
        if given.type == "json_schema":
            raise errors.BAD_INPUT(what="required properties at '/response_format' are 'type,json_schema'")
        return JsonFormat()
    if isinstance(schema.get("schema"), dict) and "type" not in schema:
        json_schemas.check(schema["schema"], where + "/schema")
        return JsonFormat(schema["schema"], schema.get("name"), bool(schema.get("strict")))
    if "name" in schema and not schema.keys() - {"name", "strict", "description", "schema"}:
        raise errors.BAD_INPUT(what="required properties at '/response_format/json_schema' are 'schema'")
    json_schemas.check(schema, where)
    return JsonFormat(schema)


def reasoning(
    inputs: Inputs, level: str | None, arguments: dict[str, Any] | None, model: Model, asked_off: bool = False
) -> None:
    """`reasoning_effort` and `chat_template_kwargs` (spec §3.4). `asked_off`: the effort was given as null."""
    known = facts.effort(model)
    if level is None and not arguments and not asked_off:
        inputs.reasoning_effort = known.default if known else None
        return
    given = dict(arguments or {})
    switch = given.get("enable_thinking", given.get("thinking"))
    can_be_off = known.can_be_off if known else bool(model.properties.reasoning)
    resolved: str | None
    if level is not None:
        resolved = known.resolve(level) if known else (level if level in facts.ANY_EFFORT else None)
        if resolved is None:
            names = ",".join((*known.levels, *(alias for alias, _ in known.aliases)) if known else facts.ANY_EFFORT)
            raise errors.BAD_INPUT(what=f"enum {level} not in {names} at '/reasoning_effort'")
    elif can_be_off and (asked_off or switch is False):
        resolved = "none"
    else:
        resolved = known.default if known else None
    inputs.reasoning_effort = resolved
    if resolved == "none":
        switch = False
    if switch is not None:
        # Templates of different vendors read one name or the other (spec §10).
        given.setdefault("enable_thinking", switch)
        given.setdefault("thinking", switch)
    inputs.template_arguments = given


def completion_inputs(request: CompletionRequest, model: Model) -> Inputs:
    """A legacy completion without its prompt. Raises BAD_INPUT for what cannot be done."""
    if request.suffix:
        raise errors.BAD_INPUT(what="'/suffix' is not supported: no model here fills in the middle")
    if request.best_of is not None and request.best_of != (request.n or 1):
        raise errors.BAD_INPUT(what="'/best_of' must be equal to n")
    inputs = Inputs(form="completion", raw=True, n=request.n or 1, echo_prompt=bool(request.echo))
    _sampling(inputs, request, model)
    inputs.seed = request.seed
    inputs.max_tokens = request.max_tokens or facts.default_max_tokens(model)
    if request.logprobs is not None:
        inputs.logprobs, inputs.top_logprobs = True, request.logprobs
    if request.response_format is not None:
        inputs.json_format = json_format(request.response_format, None)
    return inputs


def prompts(request: CompletionRequest) -> list[str]:
    """The prompts of a legacy completion: one text or several. Raises BAD_INPUT for arrays of tokens."""
    given = [request.prompt] if isinstance(request.prompt, str) else request.prompt
    if not given:
        raise errors.BAD_INPUT(what="Length of '/prompt' must be >= 1")
    texts: list[str] = []
    for prompt in given:
        if not isinstance(prompt, str):
            raise errors.BAD_INPUT(what="'/prompt' must be text: arrays of tokens are not supported")
        if not prompt:
            raise errors.BAD_INPUT(what="Length of '/prompt' must be >= 1")
        texts.append(prompt)
    if len(texts) * (request.n or 1) > _MAX_CHOICES:
        raise errors.BAD_INPUT(what=f"'/prompt' and n ask for more than {_MAX_CHOICES} choices")
    return texts
