"""Gemini's Live protocol: the first frame names the model, and `usageMetadata` says what each generation used.

A generation begins when a turn is complete, when sound, video or text is streamed in and the model hears an end of it,
or when a tool's result is sent. Names may be in camel or in snake case, as everywhere in JSON of protocol buffers.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from groundfog.gateway.realtime.frames.base import LONG, Came, Sent, careful, count_of
from groundfog.gateway.translate.usage import shapes

CHARACTERS = 300
"""Base64 of sound at 8 kHz and 16 bits is 21,333 characters a second, of which Gemini makes 32 tokens: 667 for each."""
IMAGE_TOKENS = 1300
_RATE = re.compile(r"^audio/pcm;\s*rate=(\d{1,6})$")
_MARKS = (b'"usageMetadata"', b'"serverContent"', b'"toolCall"', b'"usage_metadata"', b'"server_content"')


class _Server(msgspec.Struct):
    content: Any = msgspec.field(default=None, name="serverContent")
    tool_call: Any = msgspec.field(default=None, name="toolCall")
    usage: Any = msgspec.field(default=None, name="usageMetadata")


_server = msgspec.json.Decoder(_Server)


class GoogleFrames:
    """One session."""

    named_later = True

    def __init__(self) -> None:
        self._listens = False
        self._audio = 0
        self._running = False
        self.most: int | None = None

    @property
    def auto(self) -> bool:
        return self._listens

    def sent(self, frame: str | bytes) -> Sent:
        if len(frame) > LONG:
            text = frame.encode() if isinstance(frame, str) else frame
            if b'"setup"' not in text and b"\\u" not in text:
                return self._skim(text)
        data, doubtful = careful(frame)
        sent = Sent()
        if not isinstance(data, dict):
            data = {}
        streamed = _member(data, "realtimeInput")
        if streamed is not None:
            self._listens = True
        if not doubtful and streamed is not None and len(data) == 1 and self._is_sound(streamed):
            before = self._audio
            self._audio += len(frame)
            sent.audio = self._audio // CHARACTERS + 1 - (before // CHARACTERS + (before > 0))
            return sent
        sent.text = len(frame)
        sent.image = IMAGE_TOKENS * (_pictures(data) if data else 0)
        setup, content = _member(data, "setup"), _member(data, "clientContent")
        if isinstance(setup, dict):
            self._set_up(setup, sent, doubtful)
        finished = isinstance(content, dict) and bool(content.get("turnComplete") or content.get("turn_complete"))
        sent.starts = finished or _member(data, "toolResponse") is not None or doubtful
        return sent

    def _skim(self, frame: bytes) -> Sent:
        """A frame that is too long to be taken apart while others wait: whatever may be in it is."""
        self._listens = True
        pictures = frame.count(b'"mimeType"') + frame.count(b'"mime_type"')
        asks = (b'"turnComplete"', b'"turn_complete"', b'"toolResponse"', b'"tool_response"')
        return Sent(text=len(frame), image=IMAGE_TOKENS * pictures, starts=any(name in frame for name in asks))

    def _is_sound(self, streamed: Any) -> bool:
        """Nothing but raw sound, of which the length is known."""
        if not isinstance(streamed, dict) or len(streamed) != 1:
            return False
        blob = _member(streamed, "audio")
        blobs = [blob] if blob is not None else _member(streamed, "mediaChunks")
        return isinstance(blobs, list) and all(_is_raw(each) for each in blobs)

    def _set_up(self, setup: dict[str, Any], sent: Sent, doubtful: bool) -> None:
        model = setup.get("model")
        sent.model = model.removeprefix("models/") if isinstance(model, str) else ""
        config = _member(setup, "generationConfig")
        most = count_of(_member(config, "maxOutputTokens")) if isinstance(config, dict) else None
        self.most = None if doubtful else most
        resumed = _member(setup, "sessionResumption")
        sent.whole = doubtful or (isinstance(resumed, dict) and bool(resumed.get("handle")))
        tools = setup.get("tools")
        if tools and not (isinstance(tools, list) and all(_is_callers(tool) for tool in tools)):
            sent.tools = sent.whole = True

    def came(self, data: bytes) -> Came | None:
        if not any(mark in data for mark in _MARKS):
            return None
        try:
            event = _server.decode(data)
        except (msgspec.DecodeError, UnicodeError):
            return None
        came = Came()
        # An interrupted turn is complete, too, and says so in a frame of its own.
        content = event.content if isinstance(event.content, dict) else {}
        if not self._running and (event.tool_call is not None or content.get("modelTurn") is not None):
            came.begins = self._running = True
        if isinstance(event.usage, dict):
            came.usage = shapes.usage(event.usage)
            came.begins = came.begins or not self._running
            came.ends, self._running = True, False
        elif self._running and content.get("turnComplete"):
            came.ends, self._running = True, False
        return came

    def tokens(self, data: bytes) -> int:
        return len(data) // CHARACTERS + 1 if b'"inlineData"' in data[:256] else len(data)


def _member(data: Any, name: str) -> Any:
    """A member by its camel case name, or the same in snake case."""
    if not isinstance(data, dict):
        return None
    if name in data:
        return data[name]
    return data.get(re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name))


def _is_raw(blob: Any) -> bool:
    if not isinstance(blob, dict):
        return False
    kind = _member(blob, "mimeType")
    if kind == "audio/pcm":
        return True
    found = _RATE.match(kind) if isinstance(kind, str) else None
    return found is not None and int(found[1]) >= 8000


def _pictures(data: Any) -> int:
    """Everything that is packed and no raw sound."""
    found, stack = 0, [data]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, dict):
            packed = _member(value, "mimeType") is not None
            found += packed and not _is_raw(value)
            stack.extend(value.values())
    return found


def _is_callers(tool: Any) -> bool:
    return isinstance(tool, dict) and all(name in ("functionDeclarations", "function_declarations") for name in tool)
