"""Grammars that force an answer into a JSON schema or a tool call (LLGuidance, compiled into llama.cpp)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from groundfog import errors
from groundfog.tasks.text_generation.types import Inputs, Tool

_HEADER = "%llguidance {}\n"
_JSON_STARTS = '{["-0123456789tfn'
_GUIDANCE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One spelling of white space: what models write anyway, and no endless blanks from weak ones."""
_MOST_CALLS = 16
_UNSUPPORTED = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$recursiveRef",
    "contentSchema",
)
_FORMATS = frozenset(
    "date-time time date duration email hostname ipv4 ipv6 uuid uri uri-reference unknown".split()  # noqa: SIM905
)
_SUBSCHEMA = ("items", "additionalProperties", "additionalItems", "unevaluatedItems", "not")
_SUBSCHEMA_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems", "items")
_SUBSCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions")


@dataclasses.dataclass(frozen=True, slots=True)
class Grammar:
    """`text` for llama.cpp; `starts` are the characters that an answer can begin with; `schemas` are what is in it."""

    text: str
    starts: str
    schemas: tuple[Any, ...]

    def refusal(self) -> errors.GroundfogError:
        """The error for a grammar that llama.cpp cannot compile, naming the keyword where it is known."""
        for schema in self.schemas:
            for what in unsupported(schema):
                return errors.NO_JSON_SCHEMA(what=what)
        return errors.NO_JSON_SCHEMA(what="the schema cannot be compiled to a grammar, or nothing matches it")


@dataclasses.dataclass(frozen=True, slots=True)
class CallFormat:
    """How a model writes a call: `before`, an object with the name and the arguments under `key`, `after`."""

    before: str = ""
    after: str = ""
    key: str = "arguments"

    @property
    def middle(self) -> str:
        """What stands between the name and the arguments."""
        return f', "{self.key}": '


def call_format(template: str | None) -> CallFormat:
    """The form that a chat template teaches."""
    if template and "<tool_call>" in template and '"arguments"' in template.replace('\\"', '"'):
        return CallFormat("<tool_call>\n", "\n</tool_call>")
    if template and '"parameters"' in template.replace('\\"', '"') and '"arguments"' not in template:
        return CallFormat(key="parameters")
    return CallFormat()


def for_json(schema: dict[str, Any] | None) -> Grammar:
    """An answer that is one JSON value of the schema; any object when there is none."""
    schema = schema if schema is not None else {"type": "object"}
    return Grammar(f"{_HEADER}start: {_json(schema)}\n", _JSON_STARTS, (schema,))


def for_calls(inputs: Inputs, form: CallFormat) -> Grammar:
    """An answer that is one call of the named tool, or calls of any of the tools."""
    tools = callable_tools(inputs)
    several = inputs.parallel_tool_calls and inputs.tool_choice.mode == "required"
    more = f' ("\\n" call){{0,{_MOST_CALLS - 1}}}' if several else ""
    rules = [f"start: call{more}", "call: " + " | ".join(f"call_{number}" for number in range(len(tools)))]
    schemas = []
    for number, tool in enumerate(tools):
        schema = {"type": "object", **tool.parameters}
        schemas.append(schema)
        head = _literal(f'{form.before}{{"name": {json.dumps(tool.name)}{form.middle}')
        rules.append(f"call_{number}: {head} arguments_{number} {_literal('}' + form.after)}")
        rules.append(f"arguments_{number}: {_json(schema)}")
    return Grammar(_HEADER + "\n".join(rules) + "\n", form.before[:1] or "{", tuple(schemas))


def callable_tools(inputs: Inputs) -> list[Tool]:
    """The tools that a forced call may name. Raises BAD_INPUT when there is none."""
    choice = inputs.tool_choice
    tools = [tool for tool in inputs.tools if choice.mode != "function" or tool.name == choice.name]
    if not tools:
        what = f"tool_choice names '{choice.name}', which is not in tools" if choice.name else "tool_choice needs tools"
        raise errors.BAD_INPUT(what=what)
    return tools


def unsupported(schema: Any, path: str = "") -> Iterator[str]:
    """What of a schema is known to be beyond the grammars, each with its place."""
    if not isinstance(schema, dict):
        return
    for keyword in _UNSUPPORTED:
        if keyword in schema and schema[keyword] is not False:
            yield f"'{keyword}' at '{path or '/'}' is not supported"
    kind = schema.get("format")
    if isinstance(kind, str) and kind not in _FORMATS:
        yield f"'format' {kind} at '{path or '/'}' is not supported"
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and any(mark in pattern for mark in ("(?=", "(?!", "(?<=", "(?<!", "\\1", "\\b")):
        yield f"'pattern' at '{path or '/'}' has look-around, a back reference or a word boundary"
    for keyword in _SUBSCHEMA:
        yield from unsupported(schema.get(keyword), f"{path}/{keyword}")
    for keyword in _SUBSCHEMA_LISTS:
        if isinstance(branches := schema.get(keyword), list):
            for number, branch in enumerate(branches):
                yield from unsupported(branch, f"{path}/{keyword}/{number}")
    for keyword in _SUBSCHEMA_MAPS:
        if isinstance(members := schema.get(keyword), dict):
            for name, member in members.items():
                yield from unsupported(member, f"{path}/{keyword}/{name}")
    if "oneOf" in schema:
        yield f"'oneOf' at '{path or '/'}' has branches that may overlap; use anyOf"


def _json(schema: dict[str, Any]) -> str:
    return "%json " + json.dumps({**schema, "x-guidance": _GUIDANCE})


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
