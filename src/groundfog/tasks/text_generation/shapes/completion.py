"""The text_completion shape and its chunks (spec workers-ai §3.3; OpenAI's legacy Completions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson

from groundfog.catalog import Model
from groundfog.tasks.text_generation.shapes import common
from groundfog.tasks.text_generation.types import Choice, Delta, Inputs, Output, TokenLogprob, Usage


def render(model: Model, inputs: Inputs, output: Output, request_id: str) -> bytes:
    """A `text_completion` object."""
    return render_all(model, [inputs], [output], request_id)


def render_all(model: Model, inputs: Sequence[Inputs], outputs: Sequence[Output], request_id: str) -> bytes:
    """One object for several prompts: their choices one after the other, their usage added up."""
    choices: list[dict[str, Any]] = []
    for asked, output in zip(inputs, outputs, strict=True):
        for choice in output.choices:
            choices.append({"index": len(choices), **_choice(asked, choice)})
    used = total([output.usage for output in outputs])
    answer = common.head(model, request_id, "cmpl", "text_completion")
    return orjson.dumps({**answer, "choices": choices, "usage": common.usage(used)})


def total(parts: Sequence[Usage]) -> Usage:
    """The sum of several usages."""
    return Usage(
        sum(part.prompt_tokens for part in parts),
        sum(part.completion_tokens for part in parts),
        sum(part.cached_tokens for part in parts),
        sum(part.reasoning_tokens for part in parts),
    )


def _choice(inputs: Inputs, choice: Choice) -> dict[str, Any]:
    start = (inputs.prompt or "") if inputs.echo_prompt else ""
    shown: dict[str, Any] = {
        "text": start + choice.text,
        "logprobs": _logprobs(choice.logprobs, len(start)),
        "finish_reason": choice.finish_reason,
    }
    if choice.reasoning is not None:
        shown["reasoning_content"] = choice.reasoning
    return shown


def _logprobs(given: Sequence[TokenLogprob] | None, offset: int) -> dict[str, Any] | None:
    """Log probabilities as legacy Completions shows them; offsets are in characters of `text`."""
    if given is None:
        return None
    offsets: list[int] = []
    for one in given:
        offsets.append(offset)
        offset += len(one.token)
    return {
        "tokens": [one.token for one in given],
        "token_logprobs": [one.logprob for one in given],
        "top_logprobs": [{other.token: other.logprob for other in one.top} for one in given],
        "text_offset": offsets,
    }


class CompletionStreamer:
    """`text_completion` chunks; usage as in `ChatStreamer`."""

    def __init__(self, model: Model, inputs: Inputs, request_id: str) -> None:
        self._inputs = inputs
        self._head = orjson.dumps(common.head(model, request_id, "cmpl", "text_completion"))[:-1]
        self._open = self._head + b',"choices":[{"index":'
        self._offsets: dict[int, int] = {}
        self._finished: dict[int, str] = {}
        self._usage: Usage | None = None

    def feed(self, delta: msgspec.Struct) -> list[bytes]:
        assert isinstance(delta, Delta)
        events: list[bytes] = []
        index = delta.index
        if index not in self._offsets:
            start = (self._inputs.prompt or "") if self._inputs.echo_prompt else ""
            self._offsets[index] = len(start)
            if start:
                events.append(self._chunk(index, {"text": start, "logprobs": None, "finish_reason": None}))
        if delta.reasoning:
            thought = {"text": "", "reasoning_content": delta.reasoning, "logprobs": None, "finish_reason": None}
            events.append(self._chunk(index, thought))
        if delta.text or delta.logprobs:
            shown = _logprobs(delta.logprobs, self._offsets[index])
            events.append(self._chunk(index, {"text": delta.text, "logprobs": shown, "finish_reason": None}))
            self._offsets[index] += len(delta.text)
        if delta.finish_reason is not None:
            self._finished[index] = delta.finish_reason
        if delta.usage is not None:
            self._usage = delta.usage
        return events

    def _chunk(self, index: int, choice: dict[str, Any]) -> bytes:
        # The object of the choice goes on after its index.
        return self._open + b"%d," % index + orjson.dumps(choice)[1:] + b"]}"

    def finish(self) -> list[bytes]:
        events = [
            self._chunk(index, {"text": "", "logprobs": None, "finish_reason": reason})
            for index, reason in sorted(self._finished.items())
        ]
        return common.with_usage(events, self._head, self._inputs, self._usage)
