"""Tools: chosen by the model, forced by grammar, fed back, streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.text_generation.types import Delta, Inputs, Message, Tool, ToolCall, ToolChoice
from tests.support import tiny_gguf
from tests.support.jobs import answer, stream

WEATHER = Tool(
    "get_weather",
    "The weather of a city",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "maxLength": 12},
            "days": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["city", "days"],
        "additionalProperties": False,
    },
)
CLOCK = Tool("now", "The time", {"type": "object", "properties": {}, "additionalProperties": False})
REQUIRED = ToolChoice("required")
CALL = (
    "<tool_call>",
    '\n{"name": "get_weather", ',
    '"arguments": {"city": ',
    '"Oslo", "days": 3',
    "}}",
    "\n</tool_call>",
)


def assembled(deltas: list[Delta]) -> list[ToolCall]:
    """The calls of a stream, put together as clients do it."""
    calls: list[ToolCall] = []
    for delta in deltas:
        for piece in delta.tool_calls:
            if piece.index == len(calls):
                assert piece.id
                assert piece.name
                calls.append(ToolCall(piece.name, piece.arguments, piece.id))
            else:
                assert piece.id is None
                calls[piece.index].arguments += piece.arguments
    return calls


def holds(call: ToolCall) -> bool:
    tool = {tool.name: tool for tool in (WEATHER, CLOCK)}[call.name]
    jsonschema.validate(json.loads(call.arguments), tool.parameters)
    return bool(call.id)


@pytest.fixture(scope="module", params=["a template with tools", "a template without tools"])
def any_engine(request: pytest.FixtureRequest, folder: Path, engine: LlamaCppEngine) -> Iterator[LlamaCppEngine]:
    if request.param == "a template with tools":
        yield engine
        return
    plain = LlamaCppEngine()
    path = tiny_gguf.build(folder / "chatml.gguf", template=tiny_gguf.CHATML)
    plain.load(tiny_gguf.files(path), _options())
    yield plain
    plain.unload()


@pytest.fixture(scope="module", params=["a template with tools", "a template without tools"])
def caller(request: pytest.FixtureRequest, folder: Path) -> Iterator[LlamaCppEngine]:
    """A model that says a few words and calls the weather, whatever it is asked."""
    with_tools = request.param == "a template with tools"
    path = tiny_gguf.build(
        folder / f"caller-{with_tools}.gguf",
        says=("Let me see. ", *CALL),
        template=tiny_gguf.HERMES if with_tools else tiny_gguf.CHATML,
    )
    engine = LlamaCppEngine()
    engine.load(tiny_gguf.files(path), _options())
    yield engine
    engine.unload()


def _options() -> Any:
    from groundfog.engines.base import LoadOptions

    return LoadOptions(model_id="@cf/test/caller", context_size=2048, slots=2)


async def test_a_named_function_is_called_with_valid_arguments(
    any_engine: LlamaCppEngine, hello: list[Message]
) -> None:
    for seed in (1, 2, 3):
        inputs = Inputs(
            messages=hello,
            max_tokens=300,
            seed=seed,
            temperature=1.0,
            tools=[CLOCK, WEATHER],
            tool_choice=ToolChoice("function", "get_weather"),
        )
        choice = (await answer(any_engine, inputs)).choices[0]
        assert [call.name for call in choice.tool_calls] == ["get_weather"]
        assert holds(choice.tool_calls[0])
        assert choice.finish_reason == "tool_calls"
        assert choice.text == ""


async def test_required_calls_some_function(any_engine: LlamaCppEngine, hello: list[Message]) -> None:
    names = set()
    for seed in range(1, 9):
        inputs = Inputs(
            messages=hello, max_tokens=1200, seed=seed, temperature=1.0, tools=[WEATHER, CLOCK], tool_choice=REQUIRED
        )
        choice = (await answer(any_engine, inputs)).choices[0]
        assert choice.tool_calls
        assert all(holds(call) for call in choice.tool_calls)
        assert len({call.id for call in choice.tool_calls}) == len(choice.tool_calls)
        names |= {call.name for call in choice.tool_calls}
    assert names <= {"get_weather", "now"}


async def test_several_calls_only_when_they_may_be_parallel(engine: LlamaCppEngine, hello: list[Message]) -> None:
    async def most_calls(parallel: bool) -> int:
        inputs = [
            Inputs(
                messages=hello,
                max_tokens=1200,
                seed=seed,
                temperature=1.0,
                tools=[WEATHER, CLOCK],
                tool_choice=REQUIRED,
                parallel_tool_calls=parallel,
            )
            for seed in range(1, 13)
        ]
        return max([len((await answer(engine, one)).choices[0].tool_calls) for one in inputs])

    assert await most_calls(parallel=True) > 1
    assert await most_calls(parallel=False) == 1


async def test_a_forced_call_is_streamed_in_pieces(any_engine: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=1200, seed=2, tools=[WEATHER, CLOCK], tool_choice=REQUIRED)
    deltas = await stream(any_engine, inputs)
    whole = (await answer(any_engine, inputs)).choices[0].tool_calls
    calls = assembled(deltas)
    assert [(call.name, call.arguments) for call in calls] == [(call.name, call.arguments) for call in whole]
    assert sum(len(delta.tool_calls) for delta in deltas) > len(calls)
    assert deltas[-1].finish_reason == "tool_calls"
    assert deltas[-1].usage is not None


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_a_forced_call_that_is_cut_is_an_error(
    engine: LlamaCppEngine, hello: list[Message], streamed: bool
) -> None:
    inputs = Inputs(messages=hello, max_tokens=8, tools=[WEATHER], tool_choice=REQUIRED)
    with pytest.raises(errors.GroundfogError, match=r"max_tokens \(8\)") as error:
        await (stream if streamed else answer)(engine, inputs)
    assert error.value.kind is errors.TOOL_CALL_IMPOSSIBLE


async def test_a_named_function_must_be_among_the_tools(engine: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=50, tools=[WEATHER], tool_choice=ToolChoice("function", "sing"))
    with pytest.raises(errors.GroundfogError, match="'sing'") as error:
        await answer(engine, inputs)
    assert error.value.kind is errors.BAD_INPUT


async def test_the_model_may_call_by_itself(caller: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=60, temperature=0, tools=[WEATHER, CLOCK], parallel_tool_calls=False)
    choice = (await answer(caller, inputs)).choices[0]
    assert choice.text.strip() == "Let me see."
    assert [(call.name, json.loads(call.arguments)) for call in choice.tool_calls] == [
        ("get_weather", {"city": "Oslo", "days": 3})
    ]
    assert choice.finish_reason == "tool_calls"


async def test_its_own_call_is_streamed(caller: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=60, temperature=0, tools=[WEATHER], parallel_tool_calls=False)
    deltas = await stream(caller, inputs)
    calls = assembled(deltas)
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [("get_weather", {"city": "Oslo", "days": 3})]
    assert "".join(delta.text for delta in deltas).strip() == "Let me see."
    assert deltas[-1].finish_reason == "tool_calls"


@pytest.mark.parametrize(
    "fields", [{}, {"tools": [WEATHER], "tool_choice": ToolChoice("none")}], ids=["none given", "none"]
)
async def test_without_tools_the_tags_are_text(
    caller: LlamaCppEngine, hello: list[Message], fields: dict[str, Any]
) -> None:
    choice = (await answer(caller, Inputs(messages=hello, max_tokens=60, temperature=0, **fields))).choices[0]
    assert choice.tool_calls == []
    assert "".join(CALL) in choice.text
    assert choice.finish_reason == "stop"


async def test_a_call_of_an_unknown_function_stays_text(folder: Path, load: Any, hello: list[Message]) -> None:
    path = tiny_gguf.build(folder / "unknown.gguf", says=CALL, template=tiny_gguf.CHATML)
    choice = (
        await answer(load(path, context=2048), Inputs(messages=hello, max_tokens=60, temperature=0, tools=[CLOCK]))
    ).choices[0]
    assert choice.tool_calls == []
    assert "get_weather" in choice.text


async def test_results_are_fed_back(any_engine: LlamaCppEngine, hello: list[Message]) -> None:
    asked = Inputs(messages=list(hello), max_tokens=1, tools=[WEATHER])
    before = (await answer(any_engine, asked)).usage.prompt_tokens
    call = ToolCall("get_weather", '{"city": "Oslo", "days": 3}', "call_1")
    turns = [
        *hello,
        Message("assistant", None, tool_calls=[call]),
        Message("tool", "twelve degrees and golden light", tool_call_id="call_1", name="get_weather"),
    ]
    fed = await answer(any_engine, Inputs(messages=turns, max_tokens=1, tools=[WEATHER]))
    assert fed.usage.prompt_tokens > before + 20


async def test_arguments_fed_back_must_be_json(any_engine: LlamaCppEngine, hello: list[Message]) -> None:
    turns = [*hello, Message("assistant", None, tool_calls=[ToolCall("now", "not JSON", "1")])]
    with pytest.raises(errors.GroundfogError, match="must be valid JSON") as error:
        await answer(any_engine, Inputs(messages=turns, max_tokens=1, tools=[CLOCK]))
    assert error.value.kind is errors.UPSTREAM_VALIDATION


async def test_tools_are_told_to_the_model(any_engine: LlamaCppEngine, hello: list[Message]) -> None:
    async def size(**fields: Any) -> int:
        return (await answer(any_engine, Inputs(messages=hello, max_tokens=1, **fields))).usage.prompt_tokens  # type: ignore[no-any-return]

    assert await size() < await size(tools=[CLOCK]) < await size(tools=[CLOCK, WEATHER])
