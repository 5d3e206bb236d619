"""What the SDK raises: one class per kind of trouble, all of them `AIError` and so `GroundfogError`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundfog import errors
from groundfog.errors import GroundfogError, Kind


class AIError(GroundfogError):
    """An error of a call. `code` is Cloudflare's internal code, `status` the HTTP status, `next` what to do now.

    `request_id` is None when no request was made of it; `retry_after` is in seconds, where the server said so.
    """

    def __init__(
        self, kind: Kind, description: str, *, request_id: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(kind, description, retry_after=retry_after)
        self.request_id = request_id

    @property
    def next(self) -> str:
        """What to do about it, in one sentence."""
        return self.kind.next

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.kind, self.description, self.request_id, self.retry_after))


class BadInputError(AIError):
    """400, 413, 422: the request is wrong and will not get better by itself."""


class NoSuchModelError(BadInputError):
    """5007: nobody knows the model."""


class ContextExceededError(BadInputError):
    """5021: prompt and answer do not fit into the context window."""


class AuthenticationError(AIError):
    """401: no key, or none that is known."""


class PermissionDeniedError(AIError):
    """403: the key may not do this."""


class NotFoundError(AIError):
    """404."""


class RequestTimeoutError(AIError):
    """408: the server's deadline has passed, or the SDK's own `timeout`."""


class OverdueError(RequestTimeoutError):
    """The SDK's own `timeout` has passed. It is not tried again: the caller has waited long enough."""


class DeprecatedModelError(AIError):
    """410: the model is no longer answered for."""


class RateLimitError(AIError):
    """429: too much at once."""


class OutOfCapacityError(RateLimitError):
    """3040: no slot is free at present."""


class QuotaError(RateLimitError):
    """3036, 4006: the allocation is used up; trying again does not help."""


class ServerError(AIError):
    """5xx."""


class ConnectionFailedError(ServerError):
    """The server cannot be reached, or hung up before it answered."""


class StreamBrokenError(ServerError):
    """The stream ended before the answer was whole. What came until then is all there is."""


_BY_KEY = {"STREAM_BROKEN": StreamBrokenError, "CONNECTION_FAILED": ConnectionFailedError}
_BY_CODE: dict[int, type[AIError]] = {
    3036: QuotaError,
    3040: OutOfCapacityError,
    4006: QuotaError,
    5021: ContextExceededError,
}
_BY_STATUS: dict[int, type[AIError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    410: DeprecatedModelError,
    429: RateLimitError,
}


def typed(error: GroundfogError, request_id: str | None = None) -> AIError:
    """An error of the table as the SDK's class for it."""
    if isinstance(error, AIError):
        return error
    kind = error.kind
    return class_of(kind)(kind, error.description, request_id=request_id, retry_after=error.retry_after)


def overdue(request_id: str | None) -> OverdueError:
    """The error for a `timeout` that has passed on this side."""
    kind = errors.TIMEOUT
    return OverdueError(kind, kind.message, request_id=request_id)


def class_of(kind: Kind) -> type[AIError]:
    if kind.key in _BY_KEY:
        return _BY_KEY[kind.key]
    if kind.code == errors.NO_SUCH_MODEL.code and kind.status == errors.NO_SUCH_MODEL.status:
        return NoSuchModelError
    found = _BY_CODE.get(kind.code) or _BY_STATUS.get(kind.status)
    return found or (ServerError if kind.status >= 500 else BadInputError)


def from_answer(
    status: int, code: int, message: str, *, request_id: str | None, hint: str | None, retry_after: float | None
) -> AIError:
    """The error of an HTTP answer. A code that the table does not have gets a row of its own."""
    kind, description = _row(status, code, message, request_id, hint)
    return class_of(kind)(kind, description, request_id=request_id, retry_after=retry_after)


def _row(status: int, code: int, message: str, request_id: str | None, hint: str | None) -> tuple[Kind, str]:
    bare = message.removesuffix(f" ({request_id})") if request_id else message
    candidates = [kind for kind in errors.KINDS.values() if kind.code == code and kind.status == status]
    # Rows of the same code differ in their message; the hint tells them apart best.
    for kind in sorted(candidates, key=lambda kind: (kind.next != hint, -len(kind.prefix))):
        return kind, bare.removeprefix(kind.prefix)
    name = "SERVER_ERROR" if status >= 500 else "REFUSED"
    advice = hint or ("Try again, or look into the server's log." if status >= 500 else "Do as the message says.")
    return Kind(name, code, status, "AiError", "{what}", advice), _without_prefixes(bare)


def _without_prefixes(message: str) -> str:
    while message.startswith("AiError: "):
        message = message.removeprefix("AiError: ")
    return message


def envelope_error(body: Any) -> tuple[int, str] | None:
    """(code, message) of a decoded error body, in Cloudflare's envelope, the binding's form or OpenAI's."""
    return next(_found(body), None) if isinstance(body, dict) else None


def _found(body: dict[str, Any]) -> Iterator[tuple[int, str]]:
    listed = body.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        yield _integer(listed[0].get("code")), str(listed[0].get("message", ""))
    if "internalCode" in body:
        yield _integer(body["internalCode"]), str(body.get("description", body.get("message", "")))
    if isinstance(body.get("error"), dict):
        yield _integer(body["error"].get("code")), str(body["error"].get("message", ""))


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _rebuilt(
    kind_class: type[AIError], kind: Kind, description: str, request_id: str | None, retry_after: float | None
) -> AIError:
    return kind_class(kind, description, request_id=request_id, retry_after=retry_after)
