"""One form of a model's inputs: its fields as JSON Schema, and how a request body is read into checked values.

What is published and what is checked is the same description, so the two cannot drift (spec workers-ai §1.4, §5.3).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.tasks import binary, multipart, validate
from groundfog.tasks.base import BinaryBody, Body, FormBody, FormPart, JsonBody, Policy
from groundfog.tasks.schema import Schema

TOLERATED = frozenset({"options", "tags", "rejectIfBusy", "queueRequest", "returnRawResponse", "user"})
"""Request options that clients put among the inputs (spec §1.4, §2.3); they are no inputs, and never refused."""

LARGEST_INTEGER = 2**63 - 1
"""What inputs can hold on their way to an engine."""

ASYNC_FIELDS = frozenset({"requests", "request_id"})


@dataclasses.dataclass(frozen=True, eq=False)
class Form:
    """`fields` by name, in the order they are shown.

    `binary` is the field that a raw body is bound to; `aliases` maps another spelling (itself a field) to the field it
    means; `tolerated` are further names that are dropped without a word; `ignore_extras` drops every unknown name.
    """

    fields: Mapping[str, Schema]
    required: tuple[str, ...] = ()
    binary: str | None = None
    aliases: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tolerated: frozenset[str] = frozenset()
    ignore_extras: bool = False
    keywords: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Further keywords of the schema (`anyOf` over `required`, …)."""
    schema: Schema = dataclasses.field(init=False)
    """Schema of the object form."""
    _defaults: Mapping[str, Any] = dataclasses.field(init=False)
    _binaries: tuple[str, ...] = dataclasses.field(init=False)
    _integers: tuple[str, ...] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        schema: Schema = {"type": "object", "properties": dict(self.fields)}
        if self.required:
            schema["required"] = list(self.required)
        schema.update(self.keywords)
        object.__setattr__(self, "schema", schema)
        defaults = {name: field["default"] for name, field in self.fields.items() if "default" in field}
        object.__setattr__(self, "_defaults", defaults)
        binaries = tuple(name for name, field in self.fields.items() if validate.takes_bytes(field))
        object.__setattr__(self, "_binaries", binaries)
        # JSON knows one kind of number: 4.0 is an integer there.
        integers = tuple(name for name, field in self.fields.items() if field.get("type") == "integer")
        object.__setattr__(self, "_integers", integers)

    @property
    def published(self) -> Schema:
        """What `models/schema` shows: the object, or the raw bytes where the model takes them."""
        if self.binary is None:
            return self.schema
        raw = {"type": "string", "format": "binary", "description": f"The bytes of `{self.binary}` as the whole body"}
        return {"oneOf": [raw, self.schema]}

    def read(self, body: Body, policy: Policy) -> dict[str, Any]:
        """Checked values with defaults filled in; binary fields are bytes. Raises BAD_INPUT, INVALID_BASE64."""
        return self.check(self.given(body), policy)

    def check(self, given: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
        """The second half of `read`: `given` are fields as they came."""
        known = {name: value for name, value in given.items() if name in self.fields}
        if len(known) < len(given):
            self._look_at_unknown(given, policy)
        validate.check(self.schema, known)
        values = {**self._defaults, **known}
        for alias, name in self.aliases.items():
            if alias in known and known.get(name, known[alias]) != known[alias]:
                raise errors.BAD_INPUT(what=f"{name} and {alias} are mutually exclusive")
            if alias in known:
                values[name] = known[alias]
        for name in self._binaries:
            if name in values:
                values[name] = binary.to_bytes(values[name])
        for name in self._integers:
            if isinstance(values.get(name), float):
                values[name] = int(values[name])
            if abs(values.get(name) or 0) > LARGEST_INTEGER:
                raise errors.BAD_INPUT(what=f"'/{name}' must be <= {LARGEST_INTEGER}")
        return values

    def given(self, body: Body) -> dict[str, Any]:
        """The first half of `read`: fields of any kind of body; nulls are left out."""
        match body:
            case JsonBody(data=data):
                return {name: value for name, value in data.items() if value is not None}
            case FormBody(parts=parts, extra=extra):
                return {**self._coerced(extra), **self._of_parts(parts)}
            case BinaryBody(content=content, content_type=content_type, extra=extra):
                if content_type.lower().startswith("multipart/"):
                    return {**self._coerced(extra), **self._of_parts(multipart.parse(content, content_type))}
                if self.binary is None:
                    raise errors.BAD_INPUT(what=validate.mismatch(content, ("object",), ""))
                return {**self._coerced(extra), self.binary: content}
        raise TypeError(f"unknown body {type(body).__name__}")

    def _look_at_unknown(self, given: Mapping[str, Any], policy: Policy) -> None:
        """Raises for fields that are neither inputs nor tolerated, unless they are to be ignored."""
        if not ASYNC_FIELDS.isdisjoint(given.keys() - self.fields.keys()):
            raise errors.NOT_IMPLEMENTED(what="Asynchronous batches (`requests`, `request_id`) are not answered yet")
        strict = policy.unknown_fields == "strict"
        if policy.unknown_fields == "ignore" or (self.ignore_extras and not strict):
            return
        extra = [
            name
            for name, value in given.items()
            if name not in self.fields
            and name not in TOLERATED
            and (strict or name not in self.tolerated)
            and not (name == "stream" and value is False)
        ]
        if extra:
            raise errors.BAD_INPUT(what=validate.extra_properties(extra, ""))

    def _coerced(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs that came beside a body (query string, `userInputs`); unknown ones are ignored there (spec §1.4)."""
        found = {name: value for name, value in extra.items() if name in self.fields and value is not None}
        return {name: coerce(self.fields[name], value) for name, value in found.items()}

    def _of_parts(self, parts: Sequence[FormPart]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for part in parts:
            field = self.fields.get(part.name)
            if field is not None and validate.takes_bytes(field):
                values[part.name] = part.content
                continue
            try:
                decoded = part.content.decode()
            except UnicodeDecodeError:
                raise errors.BAD_INPUT(what=validate.mismatch(part.content, ("string",), f"/{part.name}")) from None
            values[part.name] = coerce(field, decoded) if field is not None else decoded
        return values


def content_type(body: Body, field: str) -> str | None:
    """The content type that the caller gave with the bytes of `field`, however they came."""
    match body:
        case BinaryBody(content_type=given):
            return given or None
        case JsonBody(data=data):
            return binary.content_type_of(data.get(field))
    return next((part.content_type for part in body.parts if part.name == field), None)


def coerce(schema: Schema, value: Any) -> Any:
    """Text of a query string or form as the type that the schema wants; unreadable text stays as it is.

    A repeated parameter (a list) stays a list where the schema takes one, otherwise its last value counts.
    """
    types = _types_of(schema)
    if isinstance(value, list | tuple):
        return [coerce(_items_of(schema), item) for item in value] if "array" in types else coerce(schema, value[-1])
    if not isinstance(value, str):
        return value
    if "boolean" in types and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if types == {"boolean"} and value in ("1", "0"):
        return value == "1"
    for name, convert in (("integer", int), ("number", float)):
        if name in types:
            try:
                return convert(value)
            except ValueError:
                continue
    if "array" in types and "string" not in types:
        return [coerce(_items_of(schema), value)]
    return value


def _types_of(schema: Schema) -> set[str]:
    named = schema.get("type", ())
    types = {named} if isinstance(named, str) else set(named)
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        types |= _types_of(branch)
    return types


def _items_of(schema: Schema) -> Schema:
    for branch in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if "items" in branch:
            items: Schema = branch["items"]
            return items
    return {}
