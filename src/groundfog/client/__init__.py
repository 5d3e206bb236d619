"""The Python SDK: `AI` and `AsyncAI`, against a server or with a platform in the same process (docs/python.md)."""

from groundfog.client.asynchronous import AsyncAI
from groundfog.client.errors import (
    AIError,
    AuthenticationError,
    BadInputError,
    ConnectionFailedError,
    ContextExceededError,
    DeprecatedModelError,
    NoSuchModelError,
    NotFoundError,
    OutOfCapacityError,
    OverdueError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    StreamBrokenError,
)
from groundfog.client.request import Form, RunOptions
from groundfog.client.streams import AsyncStream, Stream
from groundfog.client.synchronous import AI

__all__ = [
    "AI",
    "AIError",
    "AsyncAI",
    "AsyncStream",
    "AuthenticationError",
    "BadInputError",
    "ConnectionFailedError",
    "ContextExceededError",
    "DeprecatedModelError",
    "Form",
    "NoSuchModelError",
    "NotFoundError",
    "OutOfCapacityError",
    "OverdueError",
    "PermissionDeniedError",
    "QuotaError",
    "RateLimitError",
    "RequestTimeoutError",
    "RunOptions",
    "ServerError",
    "Stream",
    "StreamBrokenError",
]
