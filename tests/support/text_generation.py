"""Short ways to read and show text-generation requests without a server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from groundfog import catalog
from groundfog.catalog import Model
from groundfog.errors import GroundfogError
from groundfog.tasks import JsonBody, Policy
from groundfog.tasks.text_generation import TASK, Delta, Inputs

CLASSIC = "@cf/meta/llama-3.1-8b-instruct"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
VISION = "@cf/meta/llama-3.2-11b-vision-instruct"
GUARD = "@cf/meta/llama-guard-3-8b"
CHAT = "@cf/zai-org/glm-4.7-flash"
KIMI = "@cf/moonshotai/kimi-k2.6"
GPT_OSS = "@cf/openai/gpt-oss-120b"

REQUEST_ID = "7d0c3f0e-1111-4222-8333-944455566677"


def model(model_id: str) -> Model:
    return catalog.default().find(model_id)


def read(model_id: str, policy: Policy | None = None, /, **body: Any) -> Inputs:
    """The inputs of a native request."""
    inputs, _ = TASK.decode(model(model_id), JsonBody(body), policy or Policy())
    assert isinstance(inputs, Inputs)
    return inputs


def refusal(model_id: str, policy: Policy | None = None, /, **body: Any) -> tuple[int, str]:
    """Code and text of the error that a native request meets."""
    with pytest.raises(GroundfogError) as caught:
        TASK.decode(model(model_id), JsonBody(body), policy or Policy())
    return caught.value.code, caught.value.description.removeprefix("Bad input: Error: ")


def shown(model_id: str, inputs: Inputs, output: Any) -> Any:
    """The native answer, parsed."""
    rendered = TASK.render(model(model_id), inputs, output, REQUEST_ID)
    assert rendered.content_type == "application/json"
    return json.loads(rendered.content)


def streamed(model_id: str, inputs: Inputs, deltas: Iterable[Delta]) -> list[Any]:
    """The events of a native stream, parsed."""
    streamer = TASK.streamer(model(model_id), inputs, REQUEST_ID)
    events = [event for delta in deltas for event in streamer.feed(delta)]
    return [json.loads(event) for event in (*events, *streamer.finish())]


def user(content: Any = "hi") -> list[dict[str, Any]]:
    return [{"role": "user", "content": content}]
