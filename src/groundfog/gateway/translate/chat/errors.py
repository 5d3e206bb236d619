"""Errors of every provider, as OpenAI's."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat.answer import Raw, error

_BY_STATUS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def read(status: int, body: bytes) -> Raw:
    """An error answer of any provider, `{"error": {message, type, param, code}}`.

    Anthropic: `{type: error, error: {type, message}}`; Google: `{error: {code, message, status}}`, in an array when it
    streams; Bedrock: `{message}`; Workers AI: `{errors: [{code, message}]}`. Text that is none of these is the message.
    """
    kind = _BY_STATUS.get(status, "server_error" if status >= 500 else "api_error")
    try:
        data: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return error(body.decode("utf-8", "replace").strip()[:2000] or f"HTTP status {status}", kind)
    return of(data, kind) or error(f"HTTP status {status}", kind)


def of(data: Any, kind: str) -> Raw | None:
    """`read` for JSON that is parsed already; None where it is no error."""
    if isinstance(data, list):
        data = data[0] if data else None
    if not isinstance(data, dict):
        return None
    inside = data.get("error")
    if isinstance(inside, dict):
        code = inside.get("code", inside.get("status"))
        status = inside.get("status")
        given = inside.get("type") or (status.lower() if isinstance(status, str) else None)
        found = error(_text(inside.get("message")), given if isinstance(given, str) else kind, _code(code))
        if isinstance(inside.get("param"), str):
            found["error"]["param"] = inside["param"]
        return found
    if isinstance(inside, str):
        return error(inside, kind)
    listed = data.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        return error(_text(listed[0].get("message")), kind, _code(listed[0].get("code")))
    message = data.get("message") or data.get("Message") or data.get("detail")
    if message is None:
        return None
    given = data.get("__type")
    return error(_text(message), given if isinstance(given, str) else kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _code(value: Any) -> str | int | None:
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None
