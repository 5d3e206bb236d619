"""Whatever JSON a client sends, it is read or refused with an error of the table; nothing else comes out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog import catalog, tasks
from groundfog.catalog import Model
from groundfog.errors import GroundfogError
from groundfog.tasks import BinaryBody, FormBody, FormPart, JsonBody, Policy

CATALOG = catalog.default()
OTHERS = [model for model in CATALOG.models if tasks.name_for(model) not in (None, "text-generation")]
ONE_OF_EACH = list({str(tasks.for_model(model).input_schema(model)): model for model in OTHERS}.values())

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner))
TEXTS = st.text(max_size=8)


def field_names(schema: Any) -> set[str]:
    """Every name of a field in a schema, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(field_names, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})) | set().union(*map(field_names, schema.values()), set())


def like(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that are often right: what the schema wants, or anything."""
    for keyword in ("oneOf", "anyOf"):
        branches = [branch for branch in schema.get(keyword, ()) if "required" not in branch or "type" in branch]
        if branches:
            return st.one_of(*map(like, branches), VALUES)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | TEXTS
    if "const" in schema:
        return st.just(schema["const"])
    match schema.get("type"):
        case "object":
            named = {name: like(part) for name, part in schema.get("properties", {}).items()}
            rest = schema.get("additionalProperties")
            if isinstance(rest, dict):
                return st.dictionaries(st.text("ab-", min_size=1, max_size=3), like(rest), max_size=3)
            required = {name: named.pop(name) for name in schema.get("required", ()) if name in named}
            return st.fixed_dictionaries(required, optional=named)
        case "array":
            return st.lists(like(schema.get("items", {})), max_size=4)
        case "integer":
            return st.integers(0, 40) | st.integers() | st.floats(0, 4)
        case "number":
            return st.floats(0, 4) | st.integers(0, 300)
        case "boolean":
            return st.booleans()
        case "string":
            return TEXTS | st.sampled_from(["QUJD", "data:image/png;base64,QUJD", "https://example.com"])
    return VALUES


def read_or_refuse(model: Model, body: JsonBody | BinaryBody | FormBody) -> None:
    task = tasks.for_model(model)
    try:
        inputs, _ = task.decode(model, body, Policy())
    except GroundfogError as error:
        assert 400 <= error.status < 500 or error.status == 501  # noqa: PT017
        return
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(inputs), type=task.inputs) == inputs


@pytest.mark.parametrize("model", ONE_OF_EACH, ids=lambda model: model.id)
@settings(max_examples=40)
@given(data=st.data())
def test_json_is_read_or_refused(model: Model, data: st.DataObject) -> None:
    schema = tasks.for_model(model).input_schema(model)
    given_json = data.draw(like(schema).filter(lambda value: isinstance(value, dict)))
    read_or_refuse(model, JsonBody(given_json))


@pytest.mark.parametrize("model", ONE_OF_EACH, ids=lambda model: model.id)
@settings(max_examples=20)
@given(data=st.data())
def test_raw_bytes_and_forms_are_read_or_refused(model: Model, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(field_names(tasks.for_model(model).input_schema(model))) or ["text"])
    query = data.draw(st.dictionaries(names, TEXTS | st.lists(TEXTS, min_size=1, max_size=2), max_size=3))
    content = data.draw(st.binary(max_size=20))
    read_or_refuse(model, BinaryBody(content, data.draw(st.sampled_from(["audio/wav", "multipart/form-data"])), query))
    parts = data.draw(st.lists(st.builds(FormPart, names, st.binary(max_size=9)), max_size=4))
    read_or_refuse(model, FormBody(parts, query))
