"""The OpenAPI document, made from the route table and the tasks' schemas when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from groundfog import __version__, errors, tasks
from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.route import Route, route

_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
RUN = "/client/v4/accounts/{account}/ai/run/"


def document_routes(platform: Platform, rows: Sequence[Route]) -> list[Route]:
    """`GET /openapi.json` over the rows of every dialect."""
    kept: list[bytes] = []

    async def show(exchange: Exchange) -> Answer:
        if not kept:
            kept.append(orjson.dumps(document(platform, rows)))
        return Whole(kept[0])

    return [route("GET", "/openapi.json", show, scope=None, summary="This document")]


def document(platform: Platform, rows: Sequence[Route]) -> dict[str, Any]:
    """OpenAPI 3.1: a path per row, and one per model with the schemas of its task."""
    paths: dict[str, Any] = {}
    for row in rows:
        methods = {"GET", "POST"} if "*" in row.methods else row.methods
        item = paths.setdefault(_PARAMETER.sub(r"{\1}", row.path), {})
        for method in sorted(methods):
            item[method.lower()] = _operation(row)
    schemas: dict[str, Any] = {"Error": _error_schema()}
    for model in platform.catalog.models:
        try:
            task = tasks.for_model(model)
        except GroundfogError:
            continue
        refs = {
            side: _shared(schemas, f"{task.name}-{side}", schema)
            for side, schema in (("input", task.input_schema(model)), ("output", task.output_schema(model)))
        }
        paths[RUN + model.id] = {
            "post": {
                "summary": f"{task.cloudflare_task}: {model.id}",
                "deprecated": model.status == "deprecated",
                "parameters": [_path_parameter("account")],
                "requestBody": {"required": True, "content": {"application/json": {"schema": refs["input"]}}},
                "responses": {
                    "200": {"description": "The model's output", "content": _envelope_of(refs["output"])},
                    "default": _ERROR_RESPONSE,
                },
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "groundfog", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    }


_ERROR_RESPONSE = {
    "description": "An error of the table",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def _operation(row: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": row.summary,
        "tags": [row.dialect],
        "parameters": [_path_parameter(name) for name in _PARAMETER.findall(row.path)],
        "responses": {"200": {"description": "Success"}, "default": _ERROR_RESPONSE},
    }
    if row.scope is None:
        operation["security"] = []
    else:
        operation["description"] = f"Needs a key with the scope `{row.scope}`, where the server has keys."
    return operation


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _shared(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> dict[str, str]:
    """A reference to the schema; models of a task that have the same one share it."""
    candidate, number = name, 1
    while candidate in schemas and schemas[candidate] != schema:
        number += 1
        candidate = f"{name}-{number}"
    schemas[candidate] = schema
    return {"$ref": f"#/components/schemas/{candidate}"}


def _envelope_of(result: dict[str, str]) -> dict[str, Any]:
    properties = {
        "result": result,
        "success": {"const": True},
        "errors": {"type": "array", "items": {}},
        "messages": {"type": "array", "items": {}},
    }
    return {"application/json": {"schema": {"type": "object", "properties": properties}}}


def _error_schema() -> dict[str, Any]:
    codes = sorted({kind.code for kind in errors.KINDS.values()})
    error = {"type": "object", "properties": {"code": {"enum": codes}, "message": {"type": "string"}}}
    return {
        "type": "object",
        "properties": {"success": {"const": False}, "errors": {"type": "array", "items": error}},
    }
