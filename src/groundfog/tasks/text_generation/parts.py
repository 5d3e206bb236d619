"""Messages and content parts as requests write them (spec workers-ai §3.1, §3.3, §3.5).

Members that no model reads (`refusal`, `annotations`, a vendor's own) are accepted: clients send whole answers back.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct


class PartIn(Struct):
    """One piece of a message's content. Which member is read follows from `type`."""

    type: Annotated[str, Meta(description="text, image_url, input_audio; or input_text, output_text, input_image.")]
    text: str | None = None
    image_url: str | dict[str, Any] | None = None
    input_audio: dict[str, Any] | None = None
    refusal: str | None = None
    file: dict[str, Any] | None = None


class FunctionCallIn(Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class ToolCallIn(Struct):
    """A call of an earlier turn, flat (`name`, `arguments`) or in OpenAI's form (`id`, `type`, `function`)."""

    id: str | None = None
    type: str | None = None
    name: str | None = None
    arguments: str | dict[str, Any] | None = None
    function: FunctionCallIn | None = None


class MessageIn(Struct):
    """One turn. `content` is text, parts, or a single part."""

    role: Annotated[str, Meta(description="system, user, assistant or tool.")]
    content: str | list[PartIn] | PartIn | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: list[ToolCallIn] | None = None
    function_call: FunctionCallIn | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class ItemIn(Struct):
    """One item of a Responses `input`: a message, a function call, its output, or reasoning."""

    type: str | None = None
    role: str | None = None
    content: str | list[PartIn] | None = None
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | list[PartIn] | None = None
    summary: list[Any] | None = None
