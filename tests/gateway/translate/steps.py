"""Short ways to steps and translated answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from groundfog.gateway.options import Options
from groundfog.gateway.request import Step
from groundfog.gateway.translate import compat
from groundfog.gateway.translate.compat import Kind

HI: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]
KEY = [(b"authorization", b"Bearer sk-1"), (b"content-type", b"application/json")]


def step(model: str, kind: Kind = "chat", **body: Any) -> Step:
    """The step for a body; `messages` is `HI` unless it says something else."""
    if kind in ("chat", "messages"):
        body.setdefault("messages", HI)
    if kind == "messages":
        body.setdefault("max_tokens", 512)
    return compat.step({"model": model, **body}, kind, KEY, Options())


def sent(model: str, kind: Kind = "chat", **body: Any) -> dict[str, Any]:
    """What the provider gets."""
    data: dict[str, Any] = orjson.loads(step(model, kind, **body).body)
    return data


def whole(made: Step, answer: Any, status: int = 200) -> dict[str, Any]:
    """A whole answer as the caller gets it."""
    assert made.translation is not None
    data: dict[str, Any] = orjson.loads(made.translation.whole(status, orjson.dumps(answer)))
    return data


def streamed(made: Step, chunks: Iterable[bytes]) -> bytes:
    """A stream as the caller gets it."""
    assert made.translation is not None
    out = [made.translation.feed(chunk) for chunk in chunks]
    return b"".join(out) + made.translation.finish()


def events(stream: bytes) -> list[Any]:
    """The frames of a stream of OpenAI's, without `[DONE]`, which must be there."""
    data = [line.removeprefix(b"data: ") for line in stream.split(b"\n") if line.startswith(b"data: ")]
    assert data.pop() == b"[DONE]"
    return [orjson.loads(each) for each in data]
