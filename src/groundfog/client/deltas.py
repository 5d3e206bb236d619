"""The events of a stream as typed deltas, whatever shape the model answers in (spec §3.2, §3.3, §3.5, §3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from groundfog.tasks import visual_query
from groundfog.tasks.text_generation.types import Delta, FinishReason, TokenLogprob, ToolCallDelta, Usage

AnyDelta = Delta | visual_query.Delta


def from_event(data: bytes) -> list[AnyDelta]:
    """The deltas of one event's JSON; events that carry nothing for a reader give none."""
    event = msgspec.json.decode(data)
    if not isinstance(event, dict):
        return []
    if "choices" in event:
        return _chunk(event)
    if isinstance(event.get("type"), str) and event["type"].startswith("response."):
        return _response(event)
    if not _VISUAL.isdisjoint(event) and "response" not in event:
        return _visual(event)
    return _classic(event)


_VISUAL = frozenset(("answer", "caption", "reasoning", "metrics"))


def _classic(event: Mapping[str, Any]) -> list[AnyDelta]:
    text = event.get("response")
    delta = Delta(
        text=text if isinstance(text, str) else "" if text is None else msgspec.json.encode(text).decode(),
        tool_calls=_calls(event.get("tool_calls")),
        finish_reason=event.get("finish_reason"),
        usage=_usage(event.get("usage")),
    )
    return _unless_empty(delta)


def _chunk(event: Mapping[str, Any]) -> list[AnyDelta]:
    found: list[AnyDelta] = []
    usage = _usage(event.get("usage"))
    for choice in event["choices"]:
        given = choice.get("delta") or {}
        delta = Delta(
            index=choice.get("index", 0),
            text=given.get("content") or choice.get("text") or "",
            reasoning=given.get("reasoning_content") or given.get("reasoning") or "",
            tool_calls=_calls(given.get("tool_calls")) or _legacy_call(given.get("function_call")),
            finish_reason=choice.get("finish_reason"),
            logprobs=_logprobs(choice.get("logprobs")),
        )
        found += _unless_empty(delta)
    if usage is not None:
        if found:
            found[-1].usage = usage  # type: ignore[union-attr]
        else:
            found.append(Delta(usage=usage))
    return found


def _response(event: Mapping[str, Any]) -> list[AnyDelta]:
    match event["type"]:
        case "response.output_text.delta":
            return [Delta(text=event["delta"])]
        case "response.reasoning_text.delta":
            return [Delta(reasoning=event["delta"])]
        case "response.output_item.added" if event["item"].get("type") == "function_call":
            item = event["item"]
            return [Delta(tool_calls=[ToolCallDelta(event["output_index"], item["call_id"], item["name"])])]
        case "response.function_call_arguments.delta":
            return [Delta(tool_calls=[ToolCallDelta(event["output_index"], arguments=event["delta"])])]
        case "response.completed" | "response.incomplete":
            whole = event["response"]
            called = any(item.get("type") == "function_call" for item in whole.get("output", ()))
            finish: FinishReason = (
                "length" if event["type"] == "response.incomplete" else "tool_calls" if called else "stop"
            )
            return [Delta(finish_reason=finish, usage=_usage(whole.get("usage")))]
    return []


def _visual(event: Mapping[str, Any]) -> list[AnyDelta]:
    reasoning = event.get("reasoning") or {}
    metrics = event.get("metrics")
    return [
        visual_query.Delta(
            text=event.get("answer") or event.get("caption") or "",
            reasoning=reasoning.get("text", ""),
            finish_reason=event.get("finish_reason"),
            metrics=msgspec.convert(metrics, visual_query.Metrics) if metrics is not None else None,
        )
    ]


def _calls(given: Any) -> list[ToolCallDelta]:
    """Tool calls as OpenAI's pieces or whole and flat. The null piece that ends a classic stream gives none."""
    calls = []
    for place, call in enumerate(given or ()):
        function = call.get("function", call)
        arguments = function.get("arguments") or ""
        if not isinstance(arguments, str):
            arguments = msgspec.json.encode(arguments).decode()
        if function.get("name") or arguments:
            calls.append(ToolCallDelta(call.get("index", place), call.get("id"), function.get("name"), arguments))
    return calls


def _legacy_call(given: Any) -> list[ToolCallDelta]:
    return [ToolCallDelta(0, None, given.get("name"), given.get("arguments") or "")] if given else []


def _usage(given: Any) -> Usage | None:
    """Usage in the words of Chat Completions or of Responses."""
    if not given:
        return None
    prompt_details = given.get("prompt_tokens_details") or given.get("input_tokens_details") or {}
    completion_details = given.get("completion_tokens_details") or given.get("output_tokens_details") or {}
    return Usage(
        given.get("prompt_tokens", given.get("input_tokens", 0)),
        given.get("completion_tokens", given.get("output_tokens", 0)),
        prompt_details.get("cached_tokens") or 0,
        completion_details.get("reasoning_tokens") or 0,
    )


def _logprobs(given: Any) -> list[TokenLogprob] | None:
    if not given or not given.get("content"):
        return None
    return [_token(one, [_token(other, []) for other in one.get("top_logprobs") or ()]) for one in given["content"]]


def _token(given: Mapping[str, Any], top: list[TokenLogprob]) -> TokenLogprob:
    return TokenLogprob(given["token"], given["logprob"], given.get("bytes"), top)


def _unless_empty(delta: Delta) -> list[AnyDelta]:
    return [delta] if delta != Delta(index=delta.index) else []
