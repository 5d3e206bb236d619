"""Grammars that force an answer into a JSON schema or a tool call (LLGuidance, compiled into llama.cpp)."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from groundfog import errors
from groundfog.engines.llama_cpp.closing import closed
from groundfog.tasks.text_generation.types import Inputs, Tool

_HEADER = "%llguidance {}\n"
_JSON_STARTS = '{["-0123456789tfn'
_GUIDANCE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One spelling of white space: what models write anyway, and no endless blanks from weak ones."""
_MOST_CALLS = 16
_UNSUPPORTED = frozenset(
    {
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
    }
)
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri", "unknown"}
)
_REMARKS = frozenset({"int32", "int64", "float", "double", "password"})
"""Formats of OpenAPI that no validator looks at."""
_MOST_ITEMS = 20_000
"""Bound of an array's length in a grammar; the time to compile one grows with it (0.3 s here, hours for 10^9)."""
_SUBSCHEMA = frozenset({"items", "additionalProperties", "additionalItems"})
_SUBSCHEMA_LISTS = frozenset({"anyOf", "oneOf", "allOf", "prefixItems", "items"})
_SUBSCHEMA_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions"})


@dataclasses.dataclass(frozen=True, slots=True)
class Grammar:
    """`text` for llama.cpp; `starts` are the characters that an answer can begin with."""

    text: str
    starts: str


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
    """The form that a chat template teaches; the one of `tagged` when it teaches none."""
    plain = (template or "").replace('\\"', '"')
    if "<tool_call>" in plain or "tools" not in plain:
        return CallFormat("<tool_call>\n", "\n</tool_call>")
    if '"parameters"' in plain and '"arguments"' not in plain:
        return CallFormat(key="parameters")
    return CallFormat()


def for_json(schema: dict[str, Any] | None) -> Grammar:
    """An answer that is one JSON value of the schema; any object when there is none."""
    schema = schema if schema is not None else {"type": "object"}
    return Grammar(f"{_HEADER}start: {_json(schema)}\n", _JSON_STARTS)


def for_calls(inputs: Inputs, form: CallFormat) -> Grammar:
    """An answer that is one call of the named tool, or calls of any of the tools."""
    tools = callable_tools(inputs)
    several = inputs.parallel_tool_calls and inputs.tool_choice.mode == "required"
    more = f' ("\\n" call){{0,{_MOST_CALLS - 1}}}' if several else ""
    rules = [f"start: call{more}", "call: " + " | ".join(f"call_{number}" for number in range(len(tools)))]
    for number, tool in enumerate(tools):
        head = _literal(f'{form.before}{{"name": {json.dumps(tool.name)}{form.middle}')
        rules.append(f"call_{number}: {head} arguments_{number} {_literal('}' + form.after)}")
        rules.append(f"arguments_{number}: {_json({'type': 'object', **tool.parameters})}")
    return Grammar(_HEADER + "\n".join(rules) + "\n", form.before[:1] or "{")


def callable_tools(inputs: Inputs) -> list[Tool]:
    """The tools that a forced call may name. Raises BAD_INPUT when there is none."""
    choice = inputs.tool_choice
    tools = [tool for tool in inputs.tools if choice.mode != "function" or tool.name == choice.name]
    if not tools:
        what = f"tool_choice names '{choice.name}', which is not in tools" if choice.name else "tool_choice needs tools"
        raise errors.BAD_INPUT(what=what)
    return tools


def prepared(schema: Any, path: str = "") -> Any:
    """The schema as LLGuidance takes it: without remarks that it would refuse.

    Raises NO_JSON_SCHEMA, naming the keyword and its place, for what is beyond the grammars.
    """
    if not isinstance(schema, dict):
        return schema
    ready: dict[str, Any] = {}
    for keyword, value in schema.items():
        where = f"{path}/{keyword}"
        if keyword in _UNSUPPORTED:
            if value is not False or keyword != "uniqueItems":
                raise _beyond(f"'{keyword}'", path)
        elif keyword == "format" and isinstance(value, str) and value not in _FORMATS:
            if value not in _REMARKS:
                raise _beyond(f"format '{value}'", path)
        elif keyword == "minItems" and value > _MOST_ITEMS:
            raise _beyond(f"'minItems' beyond {_MOST_ITEMS}", path)
        elif keyword == "maxItems":
            # A lower bound than the asked one: whatever is answered fits the schema.
            ready[keyword] = min(value, _MOST_ITEMS)
        elif keyword in _SUBSCHEMA_LISTS and isinstance(value, list):
            ready[keyword] = [prepared(branch, f"{where}/{number}") for number, branch in enumerate(value)]
        elif keyword in _SUBSCHEMA_MAPS and isinstance(value, dict):
            ready[keyword] = {name: prepared(member, f"{where}/{name}") for name, member in value.items()}
        elif keyword in _SUBSCHEMA:
            ready[keyword] = prepared(value, where)
        else:
            ready[keyword] = value
    return ready


def _beyond(what: str, path: str) -> errors.GroundfogError:
    return errors.NO_JSON_SCHEMA(what=f"{what} at '{path or '/'}' cannot be written as a grammar")


def _json(schema: dict[str, Any]) -> str:
    return "%json " + json.dumps({**closed(prepared(schema)), "x-guidance": _GUIDANCE})


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
