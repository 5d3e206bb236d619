"""The dialects that callers may speak, as chat completions and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

from groundfog.gateway.translate.chat.answer import Head
from groundfog.gateway.translate.messages.answer import MessagesSink
from groundfog.gateway.translate.messages.request import read as read_messages
from groundfog.gateway.translate.responses.answer import ResponsesSink
from groundfog.gateway.translate.responses.request import read as read_responses
from groundfog.gateway.translate.translation import ChatSink, Sink

Raw = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """A caller's request as a chat completion, and who writes the answer."""

    chat: Raw
    include_usage: bool
    sink: Callable[[Head], Sink]


def caller(kind: Literal["chat", "messages", "responses"], data: Raw, *, marks: bool) -> Dialect:
    """`data` in the caller's dialect; `marks`: the provider knows cache marks.

    Raises CHAT_BAD_FORMAT for what no chat completion can say.
    """
    if kind == "messages":
        return Dialect(read_messages(data, marks=marks), True, lambda head: MessagesSink(head))
    if kind == "responses":
        return Dialect(read_responses(data), True, lambda head: ResponsesSink(head, data))
    options = data.get("stream_options")
    include_usage = isinstance(options, dict) and options.get("include_usage") is True
    return Dialect(data, include_usage, lambda head: ChatSink())
