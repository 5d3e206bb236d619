"""Text generation: `types` is what travels, `decode` how requests are read, `shapes` how answers look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks.base import Body, Policy, Rendered, Streamer
from groundfog.tasks.text_generation import decode, schema
from groundfog.tasks.text_generation.shapes import chat, classic, completion, responses, responses_stream
from groundfog.tasks.text_generation.types import Delta, Inputs, Output

__all__ = ["TASK", "Delta", "Inputs", "Output", "TextGeneration"]


class TextGeneration:
    """The task of spec workers-ai §3.1–§3.6, in the form that each request chose."""

    name = "text-generation"
    cloudflare_task = "Text Generation"
    inputs: type[msgspec.Struct] = Inputs
    output: type[msgspec.Struct] = Output
    delta: type[msgspec.Struct] | None = Delta

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[msgspec.Struct, bool]:
        """Native inputs. Raises BAD_INPUT, STREAM_WITH_SCHEMA, INVALID_BASE64, NOT_IMPLEMENTED."""
        return decode.native(model, body, policy)

    def render(self, model: Model, inputs: msgspec.Struct, output: msgspec.Struct, request_id: str) -> Rendered:
        """The answer in the shape of the request's form. Raises JSON_MODE_FAILED (classic form)."""
        assert isinstance(inputs, Inputs)
        assert isinstance(output, Output)
        return Rendered(_RENDERERS[inputs.form](model, inputs, output, request_id))

    def streamer(self, model: Model, inputs: msgspec.Struct, request_id: str) -> Streamer:
        """The stream in the shape of the request's form."""
        assert isinstance(inputs, Inputs)
        return _STREAMERS[inputs.form](model, inputs, request_id)

    def input_schema(self, model: Model) -> dict[str, Any]:
        return schema.input_schema(model)

    def output_schema(self, model: Model) -> dict[str, Any]:
        return schema.output_schema(model)


_RENDERERS = {
    "classic": classic.render,
    "chat": chat.render,
    "completion": completion.render,
    "responses": responses.render,
}
_STREAMERS: Mapping[str, Callable[[Model, Inputs, str], Streamer]] = {
    "classic": classic.ClassicStreamer,
    "chat": chat.ChatStreamer,
    "completion": completion.CompletionStreamer,
    "responses": responses_stream.ResponsesStreamer,
}

TASK = TextGeneration()
