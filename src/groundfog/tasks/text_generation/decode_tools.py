"""Tools of a request in every shape → `types.Tool`, `types.ToolChoice` (spec workers-ai §3.1, §3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundfog import errors
from groundfog.tasks.text_generation import json_schemas
from groundfog.tasks.text_generation.requests import FunctionIn, ToolIn
from groundfog.tasks.text_generation.types import Tool, ToolChoice

_MODES = {"auto": "auto", "none": "none", "required": "required", "any": "required"}


def tools(given: Sequence[ToolIn]) -> list[Tool]:
    """Flat and OpenAI tools, mixed as they come. Raises BAD_INPUT for kinds other than functions, and for doubles."""
    out: list[Tool] = []
    for index, tool in enumerate(given):
        where = f"/tools/{index}"
        if tool.type not in (None, "function"):
            raise errors.BAD_INPUT(what=f"enum {tool.type} not in function at '{where}/type'")
        out.append(_tool(tool.function or _flat(tool, where), where, out))
    return out


def _flat(tool: ToolIn, where: str) -> FunctionIn:
    if tool.name is None:
        raise errors.BAD_INPUT(what=f"required properties at '{where}' are 'name'")
    return FunctionIn(tool.name, tool.description, tool.parameters, tool.strict)


def functions(given: Sequence[FunctionIn]) -> list[Tool]:
    """OpenAI's legacy `functions`. Raises BAD_INPUT for Cloudflare's, which carry code to run."""
    out: list[Tool] = []
    for index, function in enumerate(given):
        if function.code is not None:
            raise errors.BAD_INPUT(what=f"'/functions/{index}/code' is not run by this server: send tools instead")
        out.append(_tool(function, f"/functions/{index}", out))
    return out


def _tool(function: FunctionIn, where: str, before: Sequence[Tool]) -> Tool:
    if any(tool.name == function.name for tool in before):
        raise errors.BAD_INPUT(what=f"'{where}/name' repeats the name {function.name}")
    if function.parameters:
        json_schemas.check(function.parameters, f"{where}/parameters")
    return Tool(function.name, function.description or "", function.parameters or {}, bool(function.strict))


def choice(given: str | dict[str, Any] | None, offered: Sequence[Tool], field: str = "tool_choice") -> ToolChoice:
    """Every form of `tool_choice` and `function_call`. Raises BAD_INPUT for a tool that was not offered."""
    if given is None:
        return ToolChoice()
    if isinstance(given, str):
        mode = _MODES.get(given)
        if mode is None:
            raise errors.BAD_INPUT(what=f"enum {given} not in auto,none,required at '/{field}'")
        return _possible(ToolChoice(mode), offered, field)  # type: ignore[arg-type]
    kind = given.get("type", "function")
    if kind in _MODES:
        return choice(kind, offered, field)
    if kind != "function":
        raise errors.BAD_INPUT(what=f"enum {kind} not in function at '/{field}/type'")
    inner = given.get("function")
    name = inner.get("name") if isinstance(inner, dict) else given.get("name")
    if not isinstance(name, str):
        raise errors.BAD_INPUT(what=f"required properties at '/{field}/function' are 'name'")
    if all(tool.name != name for tool in offered):
        raise errors.BAD_INPUT(what=f"'/{field}' names the tool {name}, which is not in tools")
    return ToolChoice("function", name)


def _possible(chosen: ToolChoice, offered: Sequence[Tool], field: str) -> ToolChoice:
    if chosen.mode == "required" and not offered:
        raise errors.BAD_INPUT(what=f"'/{field}' is required, and no tools are given")
    return chosen


def allowed(given: dict[str, Any], offered: Sequence[Tool]) -> tuple[ToolChoice, list[Tool]]:
    """OpenAI's `allowed_tools` choice: the mode, and only the tools that it lists."""
    inner = given.get("allowed_tools")
    listing: dict[str, Any] = inner if isinstance(inner, dict) else given
    named = listing.get("tools")
    if not isinstance(named, list):
        raise errors.BAD_INPUT(what="required properties at '/tool_choice/allowed_tools' are 'mode,tools'")
    keep = [choice(tool if isinstance(tool, dict) else {"name": tool}, offered).name for tool in named]
    kept = [tool for tool in offered if tool.name in keep]
    return choice(listing.get("mode", "auto"), kept), kept
