"""Reading and showing native inputs without a server: what a dialect does with a task."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from groundfog import catalog, tasks
from groundfog.errors import GroundfogError
from groundfog.tasks import Body, JsonBody, Policy, Rendered


def decode(model_id: str, body: Body | dict[str, Any], policy: Policy | None = None) -> Any:
    """The typed inputs of a request to a model."""
    return decode_with_stream(model_id, body, policy)[0]


def decode_with_stream(model_id: str, body: Body | dict[str, Any], policy: Policy | None = None) -> tuple[Any, bool]:
    model = catalog.default().find(model_id)
    given = JsonBody(body) if isinstance(body, dict) else body
    return tasks.for_model(model).decode(model, given, policy or Policy())


def refusal(model_id: str, body: Body | dict[str, Any], policy: Policy | None = None) -> GroundfogError:
    """The error that a request is refused with."""
    try:
        decode(model_id, body, policy)
    except GroundfogError as error:
        return error
    raise AssertionError(f"{model_id} accepted {body!r}")


def refused_text(model_id: str, body: Body | dict[str, Any], policy: Policy | None = None) -> str:
    """What a 5006 says after its fixed beginning."""
    error = refusal(model_id, body, policy)
    assert error.code == 5006
    assert error.description.startswith("Bad input: Error: ")
    return error.description.removeprefix("Bad input: Error: ")


def render(model_id: str, inputs: msgspec.Struct, output: msgspec.Struct) -> Rendered:
    model = catalog.default().find(model_id)
    return tasks.for_model(model).render(model, inputs, output, "request")


def render_json(model_id: str, inputs: msgspec.Struct, output: msgspec.Struct) -> Any:
    rendered = render(model_id, inputs, output)
    assert rendered.is_json
    return orjson.loads(rendered.content)
