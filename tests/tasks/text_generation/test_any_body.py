"""Whatever a body holds, it is read or refused with an error of the table; what is read survives a process border."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog.errors import GroundfogError
from groundfog.tasks import JsonBody, Policy
from groundfog.tasks.text_generation import TASK, Inputs, decode
from groundfog.tasks.text_generation.requests import CHAT, COMPLETION, RESPONSES
from tests.support.text_generation import GPT_OSS, VISION, model, read, refusal, user

# Small values, and the words that decoding looks for, so that odd combinations are likely.
WORDS = st.sampled_from(
    (
        *("user", "assistant", "tool", "text", "image_url", "input_audio", "function", "json_object", "json_schema"),
        *("auto", "none", "required", "data:image/png;base64,aGk=", '{"name":"f","arguments":{}}', "", "high", "x"),
    )
)
KEYS = st.sampled_from(
    (
        *("type", "role", "content", "text", "image_url", "url", "name", "function", "arguments", "tool_calls"),
        *("schema", "json_schema", "parameters", "id", "call_id", "output", "format", "data", "input_audio"),
        *("effort", "mode"),
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VALUES: Any = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def bodies(names: frozenset[str]) -> Any:
    return st.dictionaries(st.sampled_from(sorted(names)), VALUES, max_size=6)


def check(inputs: Any) -> None:
    assert isinstance(inputs, Inputs)
    assert (inputs.prompt is None) == bool(inputs.messages)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(inputs), type=Inputs) == inputs


@settings(max_examples=300, deadline=None)
@given(bodies(CHAT | RESPONSES | {"unheard_of"}), st.sampled_from([GPT_OSS, VISION]))
def test_native_bodies(body: dict[str, Any], model_id: str) -> None:
    with contextlib.suppress(GroundfogError):
        check(TASK.decode(model(model_id), JsonBody(body), Policy())[0])


@settings(max_examples=200, deadline=None)
@given(bodies(CHAT), VALUES)
def test_chat_bodies(body: dict[str, Any], turn: Any) -> None:
    with contextlib.suppress(GroundfogError):
        check(decode.chat(model(VISION), {**body, "messages": [*user(), turn], "prompt": None}, Policy())[0])


@settings(max_examples=200, deadline=None)
@given(bodies(COMPLETION), bodies(RESPONSES), VALUES)
def test_completion_and_responses_bodies(body: dict[str, Any], other: dict[str, Any], item: Any) -> None:
    with contextlib.suppress(GroundfogError):
        for inputs in decode.completion(model(VISION), {"prompt": "a", **body}, Policy())[0]:
            check(inputs)
    with contextlib.suppress(GroundfogError):
        check(
            decode.responses(model(VISION), {**other, "input": [{"role": "user", "content": "a"}, item]}, Policy())[0]
        )


def test_deep_nesting_is_refused_or_read() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}
    assert read(GPT_OSS, messages=user(), metadata={"a": 1}).form == "chat"
    code, text = refusal(GPT_OSS, messages=user(), metadata=deep, max_tokens="x")
    assert (code, text) == (5006, "the body is nested too deeply")


@pytest.mark.parametrize("number", [10**30, -(10**30)])
def test_numbers_that_no_machine_word_holds_are_refused(number: int) -> None:
    for field in ("seed", "random_seed", "max_tokens"):
        assert refusal(GPT_OSS, messages=user(), **{field: number})[0] == 5006
