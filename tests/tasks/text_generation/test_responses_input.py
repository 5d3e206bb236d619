"""Responses requests (spec §3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.tasks.text_generation.types import JsonFormat, ToolCall
from tests.support.text_generation import GPT_OSS, read, refusal


def ask(input: Any = "hi", **more: Any) -> Any:
    return read(GPT_OSS, input=input, **more)


def test_instructions_come_first() -> None:
    inputs = ask(instructions="Be short.", max_output_tokens=7, temperature=0.5, top_p=0.9)
    assert [(turn.role, turn.content) for turn in inputs.messages] == [("system", "Be short."), ("user", "hi")]
    assert (inputs.form, inputs.max_tokens, inputs.temperature, inputs.top_p) == ("responses", 7, 0.5, 0.9)


def test_items_become_one_conversation() -> None:
    items = [
        {"role": "developer", "content": "Be kind."},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
        {"type": "reasoning", "id": "rs", "summary": [], "content": [{"type": "reasoning_text", "text": "Ask."}]},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
        {"type": "function_call", "call_id": "c2", "name": "g", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "1"},
        {"type": "function_call_output", "call_id": "c2", "output": "2"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Fine."}]},
        {"role": "user", "content": "Thanks"},
    ]
    turns = ask(items).messages
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "tool", "tool", "assistant", "user"]
    assert turns[2].tool_calls == [ToolCall("f", "{}", "c1"), ToolCall("g", "{}", "c2")]
    assert turns[2].reasoning == "Ask."
    assert [turn.tool_call_id for turn in turns[3:5]] == ["c1", "c2"]
    assert turns[5].content == "Fine."


def test_flat_tools_and_the_format_of_the_text() -> None:
    schema = {"type": "object"}
    inputs = ask(
        tools=[{"type": "function", "name": "f", "parameters": schema, "strict": True}],
        tool_choice={"type": "function", "name": "f"},
        text={"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}},
        reasoning={"effort": "high"},
    )
    assert (inputs.tools[0].name, inputs.tools[0].strict, inputs.tool_choice.name) == ("f", True, "f")
    assert inputs.json_format == JsonFormat(schema, "n", True)
    assert inputs.reasoning_effort == "high"


def test_what_the_answer_repeats_is_kept() -> None:
    asked = ask(instructions="x", metadata={"a": "b"}, tools=[{"type": "function", "name": "f"}]).responses
    assert asked == {"instructions": "x", "metadata": {"a": "b"}, "tools": [{"type": "function", "name": "f"}]}


def test_an_image_for_a_text_model_names_the_item() -> None:
    part = {"type": "input_image", "image_url": "data:image/png;base64,aGk="}
    assert refusal(GPT_OSS, input=[{"role": "user", "content": [part]}])[1].startswith("'/input/0/content/0' is an")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"previous_response_id": "r"}, "'/previous_response_id' is not supported"),
        ({"conversation": "c"}, "'/conversation' is not supported"),
        ({"background": True}, "'/background' is not supported"),
        ({"truncation": "auto"}, "enum auto not in disabled at '/truncation'"),
        ({"include": ["file_search_call.results"]}, "enum file_search_call.results not in"),
        ({"tools": [{"type": "web_search"}]}, "enum web_search not in function at '/tools/0/type'"),
        ({"text": {"format": {"type": "json_schema", "name": "n"}}}, "required properties at '/text/format'"),
        ({"messages": []}, "Additional or unevaluated properties '/messages' at '/' not allowed"),
        ({"max_output_tokens": 0}, "'/max_output_tokens' must be >= 1"),
    ],
)
def test_what_needs_a_store_or_other_tools_is_refused(more: dict[str, Any], text: str) -> None:
    code, said = refusal(GPT_OSS, input="hi", **more)
    assert code == 5006
    assert said.startswith(text)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"type": "computer_call"}, "enum computer_call not in message,function_call,function_call_output,reasoning"),
        ({"type": "function_call", "name": "f"}, "required properties at '/input/0' are 'call_id,name,arguments'"),
        ({"type": "function_call_output", "call_id": "c"}, "required properties at '/input/0' are 'call_id,output'"),
        ({"role": "user"}, "required properties at '/input/0' are 'role,content'"),
    ],
)
def test_ill_formed_items_are_named(item: dict[str, Any], text: str) -> None:
    assert refusal(GPT_OSS, input=[item])[1].startswith(text)
