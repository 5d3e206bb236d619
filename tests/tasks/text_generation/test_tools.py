"""Tools and the choice among them, in every shape (spec §3.1, §3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.tasks.text_generation.types import Tool, ToolChoice
from tests.support.text_generation import CHAT, CLASSIC, read, refusal, user

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FLAT = {"name": "weather", "description": "The weather", "parameters": SCHEMA}
OPENAI = {"type": "function", "function": FLAT}
RESPONSES = {"type": "function", **FLAT, "strict": True}


@pytest.mark.parametrize("tool", [FLAT, OPENAI])
@pytest.mark.parametrize("model", [CLASSIC, CHAT])
def test_both_shapes_of_a_tool_mean_the_same(model: str, tool: dict[str, Any]) -> None:
    assert read(model, messages=user(), tools=[tool]).tools == [Tool("weather", "The weather", SCHEMA)]


def test_shapes_may_be_mixed_and_descriptions_missing() -> None:
    tools = read(CLASSIC, messages=user(), tools=[{"name": "a"}, {"type": "function", "function": {"name": "b"}}]).tools
    assert [(tool.name, tool.description, tool.parameters) for tool in tools] == [("a", "", {}), ("b", "", {})]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, ToolChoice("auto")),
        ("auto", ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        ("any", ToolChoice("required")),
        ({"type": "function", "function": {"name": "weather"}}, ToolChoice("function", "weather")),
        ({"type": "function", "name": "weather"}, ToolChoice("function", "weather")),
        ({"type": "required"}, ToolChoice("required")),
    ],
)
def test_every_form_of_tool_choice(given: Any, meant: ToolChoice) -> None:
    assert read(CHAT, messages=user(), tools=[FLAT], tool_choice=given).tool_choice == meant


def test_allowed_tools_leaves_only_those() -> None:
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"name": "b"}]}}
    inputs = read(CHAT, messages=user(), tools=[{"name": "a"}, {"name": "b"}], tool_choice=choice)
    assert ([tool.name for tool in inputs.tools], inputs.tool_choice) == (["b"], ToolChoice("required"))


def test_legacy_functions_are_tools() -> None:
    inputs = read(CHAT, messages=user(), functions=[FLAT], function_call={"name": "weather"})
    assert inputs.legacy_functions
    assert (inputs.tools[0].name, inputs.tool_choice) == ("weather", ToolChoice("function", "weather"))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"tool_choice": "sometimes", "tools": [FLAT]}, "enum sometimes not in auto,none,required at '/tool_choice'"),
        ({"tool_choice": "required"}, "'/tool_choice' is required, and no tools are given"),
        (
            {"tool_choice": {"type": "function", "function": {"name": "x"}}, "tools": [FLAT]},
            "'/tool_choice' names the tool x, which is not in tools",
        ),
        ({"tool_choice": {"type": "custom"}, "tools": [FLAT]}, "enum custom not in function at '/tool_choice/type'"),
        ({"tools": [{"type": "web_search"}]}, "enum web_search not in function at '/tools/0/type'"),
        ({"tools": [{"description": "x"}]}, "required properties at '/tools/0' are 'name'"),
        ({"tools": [FLAT, OPENAI]}, "'/tools/1/name' repeats the name weather"),
        (
            {"functions": [{"name": "f", "code": "return 1"}]},
            "'/functions/0/code' is not run by this server: send tools instead",
        ),
        ({"functions": [FLAT], "tools": [FLAT]}, "tools and functions are mutually exclusive"),
    ],
)
def test_what_cannot_be_called_is_refused(body: dict[str, Any], text: str) -> None:
    assert refusal(CHAT, messages=user(), **body) == (5006, text)


def test_a_completed_prompt_has_no_tools() -> None:
    assert refusal(CHAT, prompt="hi", tools=[FLAT])[1].startswith("tools need messages")
