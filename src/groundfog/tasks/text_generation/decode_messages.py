"""Messages of a request → `types.Message`: parts, images, calls of earlier turns and their results.

Sources: spec workers-ai §3.1, §3.6, §8.2, §8.3.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.text_generation import facts
from groundfog.tasks.text_generation.parts import FunctionCallIn, MessageIn, PartIn, ToolCallIn
from groundfog.tasks.text_generation.types import AudioPart, ImagePart, Message, Part, TextPart, ToolCall

_ROLES = {"developer": "system", "function": "tool"}
_TEXT_PARTS = frozenset(("text", "input_text", "output_text"))
_IMAGE_PARTS = frozenset(("image_url", "input_image"))


def messages(turns: Sequence[MessageIn], model: Model, places: Sequence[str] = ()) -> list[Message]:
    """The conversation. Raises BAD_INPUT for a part that cannot be read, naming it.

    `places` are the JSON Pointers of the turns, where they are not `/messages/0`, `/messages/1`, ….
    """
    out: list[Message] = []
    made = 0
    waiting: list[ToolCall] = []
    for index, turn in enumerate(turns):
        place = places[index] if places else f"/messages/{index}"
        role = _ROLES.get(turn.role, turn.role)
        message = Message(role, content(turn.content, f"{place}/content", model), name=turn.name)
        message.reasoning = turn.reasoning_content or turn.reasoning
        if role == "assistant":
            calls = _calls(turn, place)
            followed = index + 1 < len(turns) and turns[index + 1].role in ("tool", "function")
            if not calls and followed and isinstance(turn.content, str):
                calls = _written_call(turn.content)
                if calls:
                    message.content = None
            for call in calls:
                if not call.id:
                    # Nine letters and digits, which is what Mistral's templates insist on.
                    call.id, made = f"call{made:05d}", made + 1
            message.tool_calls = calls
            waiting = list(calls) or waiting
        elif role == "tool":
            message.tool_call_id = turn.tool_call_id or _answered(waiting, turn.name)
            waiting = [call for call in waiting if call.id != message.tool_call_id]
        if message.content is None and not message.tool_calls:
            if role != "assistant":
                raise errors.BAD_INPUT(what=f"'{place}/content' may be null only beside tool_calls")
            message.content = ""
        out.append(message)
    return out


def _answered(waiting: list[ToolCall], name: str | None) -> str | None:
    """The id of the call that a tool message without an id answers: the first open one of that name, or the first."""
    for call in waiting:
        if name is None or call.name == name:
            return call.id
    return waiting[0].id if waiting else None


def _calls(turn: MessageIn, place: str) -> list[ToolCall]:
    calls = [_call(call, f"{place}/tool_calls/{at}") for at, call in enumerate(turn.tool_calls or ())]
    if turn.function_call is not None:
        calls.append(_call(ToolCallIn(function=turn.function_call), f"{place}/function_call"))
    return calls


def _call(call: ToolCallIn, where: str) -> ToolCall:
    function = call.function or FunctionCallIn(call.name, call.arguments)
    if not function.name:
        raise errors.BAD_INPUT(what=f"required properties at '{where}' are 'name'")
    return ToolCall(function.name, arguments(function.arguments, where), call.id or "")


def arguments(given: str | dict[str, Any] | None, where: str) -> str:
    """Arguments of a call as JSON text, whichever way they were sent."""
    if isinstance(given, dict):
        return msgspec.json.encode(given).decode()
    if not given:
        return "{}"
    try:
        value = msgspec.json.decode(given)
    except msgspec.DecodeError:
        value = None
    if not isinstance(value, dict):
        raise errors.BAD_INPUT(what=f"'{where}/arguments' must be the JSON text of an object")
    return given


def _written_call(text: str) -> list[ToolCall]:
    """The call that an assistant's text is the JSON of, as embedded function calling replays it (spec §8.2, §8.3)."""
    if not text.lstrip().startswith("{"):
        return []
    try:
        call = msgspec.json.decode(text, type=ToolCallIn)
    except msgspec.DecodeError:
        return []
    function = call.function or FunctionCallIn(call.name, call.arguments)
    if not function.name or function.arguments is None:
        return []
    try:
        return [ToolCall(function.name, arguments(function.arguments, ""), call.id or "")]
    except errors.GroundfogError:
        return []


def content(given: str | list[PartIn] | PartIn | None, where: str, model: Model) -> str | list[Part] | None:
    """Text where all parts are text (parts are joined by a line break), parts otherwise."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, PartIn):
        parts = [part(given, where, model)]
    else:
        parts = [part(one, f"{where}/{index}", model) for index, one in enumerate(given)]
    texts = [one.text for one in parts if isinstance(one, TextPart)]
    return "\n".join(texts) if len(texts) == len(parts) else parts


def part(given: PartIn, where: str, model: Model) -> Part:
    """One part. Raises BAD_INPUT for kinds that no model here reads."""
    if given.type in _TEXT_PARTS:
        if given.text is None:
            raise errors.BAD_INPUT(what=f"required properties at '{where}' are 'type,text'")
        return TextPart(given.text)
    if given.type in _IMAGE_PARTS:
        url = given.image_url.get("url") if isinstance(given.image_url, dict) else given.image_url
        if not isinstance(url, str):
            raise errors.BAD_INPUT(what=f"required properties at '{where}/image_url' are 'url'")
        if not url.startswith("data:"):
            raise errors.BAD_INPUT(what=f"'{where}/image_url' must be a data URI: URLs are not fetched")
        return image_part(data_uri(url, where), where, model)
    if given.type == "input_audio":
        audio = given.input_audio or {}
        data, kind = audio.get("data"), audio.get("format")
        if not isinstance(data, str) or not isinstance(kind, str):
            raise errors.BAD_INPUT(what=f"required properties at '{where}/input_audio' are 'data,format'")
        return AudioPart(from_base64(data), kind)
    if given.type == "refusal":
        return TextPart(given.refusal or "")
    raise errors.BAD_INPUT(what=f"enum {given.type} not in text,image_url,input_audio at '{where}/type'")


def image_part(data: bytes, where: str, model: Model) -> ImagePart:
    """Raises BAD_INPUT for a model that takes no images."""
    if not facts.sees_images(model):
        raise errors.BAD_INPUT(what=f"'{where}' is an image, and {model.id} takes text only")
    if not data:
        raise errors.BAD_INPUT(what=f"'{where}' is an empty image")
    return ImagePart(data)


def check_turns(turns: Sequence[Message]) -> None:
    """Llama Guard judges a dialogue: user and assistant by turns (spec §3.12). Raises BAD_INPUT."""
    for index, message in enumerate(turns):
        expected = ("user", "assistant")[index % 2]
        if message.role != expected:
            raise errors.BAD_INPUT(
                what=f"'/messages/{index}/role' must be {expected}: the roles user and assistant alternate"
            )


def image(given: str | list[int], model: Model) -> ImagePart:
    """The top-level `image`: byte values, base64 or a data URI (spec §3.6)."""
    if isinstance(given, list):
        return image_part(bytes(given), "/image", model)
    data = data_uri(given, "/image") if given.startswith("data:") else from_base64(given)
    return image_part(data, "/image", model)


def with_image(turns: list[Message], picture: ImagePart) -> list[Message]:
    """The conversation with the picture in front of the last user message's content."""
    for message in reversed(turns):
        if message.role == "user":
            given = message.content
            rest: list[Part] = [TextPart(given)] if isinstance(given, str) else list(given or ())
            message.content = [picture, *rest]
            return turns
    raise errors.BAD_INPUT(what="'/image' needs a message of the role user")


def data_uri(uri: str, where: str) -> bytes:
    """The bytes of a `data:` URI. Raises BAD_INPUT when it is not base64."""
    head, comma, data = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise errors.BAD_INPUT(what=f"'{where}' must be a data URI in base64 (data:image/png;base64,…)")
    return from_base64(data)


def from_base64(text: str) -> bytes:
    """Raises INVALID_BASE64. Line breaks and missing padding are forgiven."""
    packed = "".join(text.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise errors.INVALID_BASE64(type="string") from None
