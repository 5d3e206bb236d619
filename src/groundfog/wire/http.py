"""HTTP pieces that every dialect uses: JSON answers, reply headers, and the one rendering of errors (spec §5.2)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import orjson

from groundfog import catalog, errors
from groundfog.call import Reply
from groundfog.errors import GroundfogError
from groundfog.metering import local
from groundfog.metering.money import neurons_text
from groundfog.wire.exchange import Dialect, Headers, Whole


def json_answer(value: Any, *, status: int = 200, headers: Headers | None = None) -> Whole:
    """A JSON answer of any value that orjson can encode."""
    return Whole(orjson.dumps(value), status=status, headers=headers or [])


def envelope(result: Any, *, info: dict[str, int] | None = None, headers: Headers | None = None) -> Whole:
    """A success in Cloudflare's envelope; `info` is the `result_info` of paged lists."""
    body: dict[str, Any] = {"result": result, "success": True, "errors": [], "messages": []}
    if info is not None:
        body["result_info"] = info
    return json_answer(body, headers=headers)


def reply_headers(reply: Reply, outputs: Sequence[msgspec.Struct] | None = None) -> Headers:
    """Headers of an answer that a model gave: request id, who answered, what a whole answer costs in neurons, and the
    date of a deprecated model. `outputs` are given where the answer is made of several.
    """
    call = reply.call
    headers = [(b"cf-ai-req-id", call.request_id.encode()), *_of_model(call.model.id, reply.source, reply.engine)]
    if outputs is None and reply.output is not None:
        outputs = (reply.output,)
    if outputs:
        neurons = local.neurons_of_all(call, outputs)
        if neurons is not None and call.model.id not in local.UNREPORTED:
            headers.append((b"cf-ai-neurons", neurons_text(neurons).encode()))
    return headers


@functools.cache
def _of_model(model_id: str, source: str, engine: str) -> tuple[tuple[bytes, bytes], ...]:
    """Headers that are alike for all answers of a model."""
    headers = [(b"groundfog-source", source.encode()), (b"groundfog-engine", engine.encode())]
    models = catalog.default()
    deprecation = models.deprecation(models.find(model_id))
    if deprecation is not None:
        headers.append((b"deprecation", deprecation.date.encode()))
    return tuple(headers)


def error_response(error: GroundfogError, dialect: Dialect, request_id: str) -> Whole:
    """An error as a caller of the dialect expects it. What to do next is in the header `groundfog-hint`."""
    headers: Headers = [(b"groundfog-hint", error.kind.next.encode("latin-1", "replace"))]
    if not error.kind.outer:
        headers.append((b"cf-ai-req-id", request_id.encode()))
    if dialect == "openai":
        headers.append((b"x-request-id", request_id.encode()))
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(error.retry_after))))
    return json_answer(_BODIES[dialect](error, request_id), status=error.status, headers=headers)


def rest_text(error: GroundfogError, request_id: str) -> str:
    """The message of the REST envelope: prefixes before it, the request id behind it (spec §5.2)."""
    if error.kind.outer:
        return error.description
    return f"{error.kind.prefix}{error.description} ({request_id})"


def _rest_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    if error.kind.outer:
        return {
            "success": False,
            "errors": [{"code": error.code, "message": error.description}],
            "messages": [],
            "result": None,
        }
    return {
        "errors": [{"message": rest_text(error, request_id), "code": error.code}],
        "success": False,
        "result": {},
        "messages": [],
    }


def _openai_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """Cloudflare's envelope and OpenAI's `error` in one object, so that clients of both can read it (spec §4)."""
    return {**_rest_body(error, request_id), "error": openai_error(error, request_id)}


def openai_error(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """OpenAI's `error` member; also what a stream says when the work fails after its first chunk."""
    return {
        "message": rest_text(error, request_id),
        "type": error.kind.openai_type,
        "param": None,
        "code": str(error.code),
    }


def _anthropic_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """Cloudflare's envelope and Anthropic's `error` in one object."""
    inner = {"type": _ANTHROPIC_TYPES.get(error.status, "api_error"), "message": rest_text(error, request_id)}
    return {**_rest_body(error, request_id), "type": "error", "error": inner}


_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
}


def _gateway_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """Spec ai-gateway §4.1, with what the Workers runtime reads beside it; policies have a form of their own (§3.7)."""
    if error.kind in (errors.POLICY_DENIED, errors.POLICY_LIMITED):
        return {"success": False, "error": {"message": error.description, **(error.detail or {})}}
    shown = [{"code": error.code, "message": error.description}]
    return {
        "success": False,
        "result": [],
        "messages": [],
        "error": shown,
        "errors": shown,
        "name": error.name,
        "httpCode": error.status,
        "internalCode": error.code,
        "message": error.description,
        "description": error.description,
    }


def _management_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """Spec ai-gateway §4.3; `path` names the field that is wrong."""
    shown: dict[str, Any] = {"code": error.code, "message": error.description}
    if error.path:
        shown["path"] = list(error.path)
    return {"success": False, "errors": [shown], "messages": [], "result": None}


def _binding_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """Spec §2.6; what is refused before a model was asked has the form of the outer API there too."""
    if error.kind.outer:
        return _binding_list_body(error, request_id)
    return {
        "internalCode": error.code,
        "message": f"{error.name}: {error.description}",
        "name": error.name,
        "description": error.description,
    }


def _binding_list_body(error: GroundfogError, request_id: str) -> dict[str, Any]:
    """models(), toMarkdown(), gateway paths (spec §2.7, §2.8)."""
    return {"errors": [{"code": error.code, "message": error.description}], "success": False}


_BODIES: dict[Dialect, Callable[[GroundfogError, str], dict[str, Any]]] = {
    "rest": _rest_body,
    "openai": _openai_body,
    "anthropic": _anthropic_body,
    "gateway": _gateway_body,
    "management": _management_body,
    "binding": _binding_body,
    "binding-list": _binding_list_body,
}
