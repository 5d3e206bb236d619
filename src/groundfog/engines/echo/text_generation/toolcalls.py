"""Whether the echo calls a tool, which one, and with what."""

from __future__ import annotations

import re

import msgspec

from groundfog import errors
from groundfog.engines.echo.json_values import generate
from groundfog.engines.echo.json_values.budget import Budget
from groundfog.engines.echo.seeds import Random
from groundfog.engines.echo.text_generation.prompt import Prompt
from groundfog.tasks.text_generation.types import Inputs, Tool, ToolCall

_VERBS = frozenset(
    ("get", "set", "fetch", "find", "look", "lookup", "search", "query", "read", "list", "show", "create", "make",
     "do", "run", "call", "the", "a")
)  # fmt: skip


def choose(inputs: Inputs, prompt: Prompt, seed: int, budget: Budget) -> list[ToolCall]:
    """The calls of one choice: none when the mode is `none`, or `auto` and nothing names a tool or results are in.

    `required` and `function` always give a call. Raises NO_JSON_SCHEMA when no valid arguments can be made.
    """
    mode = inputs.tool_choice.mode
    if mode == "none" or (mode == "auto" and prompt.results):
        return []
    if mode == "function":
        chosen = [tool for tool in inputs.tools if tool.name == inputs.tool_choice.name]
        if not chosen:
            names = ",".join(tool.name for tool in inputs.tools)
            raise errors.BAD_INPUT(what=f"enum {inputs.tool_choice.name} not in {names}")
    else:
        chosen = [tool for tool in inputs.tools if names_tool(prompt.text, tool.name)]
        if not chosen and mode == "required":
            chosen = inputs.tools[:1]
        if not inputs.parallel_tool_calls:
            chosen = chosen[:1]
    random = Random(seed)
    return [_call(tool, prompt, seed, random, budget) for tool in chosen]


def names_tool(text: str, name: str) -> bool:
    """Whether a text names a tool: its name as it is, or all its words but verbs like `get` (`weather`: getWeather)."""
    lowered = text.lower()
    if name.lower() in lowered:
        return True
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+", name)]
    telling = [part for part in parts if part not in _VERBS]
    found = set(re.findall(r"\w+", lowered))
    return bool(telling) and all(part in found or f"{part}s" in found for part in telling)


def _call(tool: Tool, prompt: Prompt, seed: int, random: Random, budget: Budget) -> ToolCall:
    schema = tool.parameters or {"type": "object", "properties": {}}
    if "type" not in schema:
        schema = {**schema, "type": "object"}
    arguments = generate(schema, seed, prompt.text, budget)
    return ToolCall(tool.name, msgspec.json.encode(arguments).decode(), f"call_{random.hex(24)}")
