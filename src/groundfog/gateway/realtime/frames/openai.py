"""OpenAI's Realtime protocol, which Azure and xAI speak too: `response.done` says what a response used.

Responses begin because the caller sends `response.create`, or because the provider hears a turn end (turn detection,
which is on unless the session says otherwise), or goes on by itself (tools on its side, an idle timeout).
"""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.gateway.realtime.frames.base import LONG, Came, Sent, careful, count_of
from groundfog.gateway.translate.usage import shapes

APPEND, CREATE, UPDATE = "input_audio_buffer.append", "response.create", "session.update"
CHARACTERS = 500
"""Base64 of 100 ms, which are a token, is 1067 characters long at the least (8 kHz, 8 bits)."""
IMAGE_TOKENS = 20_000
_MARKS = (b'"response.done"', b'"response.created"', b'"session.', b'"error"', b'_transcription.completed"')
"""What the frames that matter have in them; most have none of these, and are not parsed."""
_TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
_BUSY = "conversation_already_has_active_response"


class _Client(msgspec.Struct):
    type: Any = None


class _Response(msgspec.Struct):
    id: Any = None
    usage: Any = None


class _Error(msgspec.Struct):
    code: Any = None
    event_id: Any = None


class _Server(msgspec.Struct):
    type: Any = None
    response: _Response | None = None
    session: Any = None
    error: _Error | None = None
    usage: Any = None


_client = msgspec.json.Decoder(_Client)
_server = msgspec.json.Decoder(_Server)


class OpenAIFrames:
    """One session."""

    named_later = False

    def __init__(self) -> None:
        self._heard = False
        """Sound has been sent."""
        self._alone = False
        """The session was told to go on by itself."""
        self._detects = True
        """Turn detection, as far as is known."""
        self._updates = 0
        """Changes of the session that the provider has not confirmed; until then the dearest is assumed."""
        self._most: int | None = None
        self._audio = 0
        self._asked: list[str | None] = []
        """`event_id` of what asked for a response that has not begun."""
        self._transcriber: str | None = None

    @property
    def auto(self) -> bool:
        return self._alone or (self._heard and (self._detects or self._updates > 0))

    @property
    def most(self) -> int | None:
        return None if self._updates else self._most

    def sent(self, frame: str | bytes) -> Sent:
        kind = self._plain_kind(frame)
        if kind == APPEND:
            self._heard = True
            before = self._audio
            self._audio += len(frame)
            return Sent(audio=self._audio // CHARACTERS + 1 - (before // CHARACTERS + (before > 0)))
        if len(frame) > LONG:
            return self._skim(frame.encode() if isinstance(frame, str) else frame)
        data, doubtful = careful(frame)
        return self._read(data if isinstance(data, dict) else {}, len(frame), doubtful)

    def _skim(self, frame: bytes) -> Sent:
        """A frame that is too long to be taken apart while others wait: whatever may be in it is."""
        escaped = b"\\u" in frame
        sent = Sent(text=len(frame), image=IMAGE_TOKENS * frame.count(b'"input_image"'))
        sent.whole = escaped or b'"item_reference"' in frame or b'"prompt"' in frame
        sent.starts = escaped or b'"response.create"' in frame
        if sent.starts:
            self._asked.append(None)
        if escaped or b'"session.update"' in frame:
            self._updates += 1
        if escaped or b'"mcp"' in frame:
            sent.tools = sent.whole = self._alone = True
        return sent

    def _plain_kind(self, frame: str | bytes) -> str | None:
        """The type of a frame of sound, of which there are many: only where nothing else can be meant."""
        escape, name = ("\\u", '"type"') if isinstance(frame, str) else (b"\\u", b'"type"')
        if frame.count(name) != 1 or escape in frame:  # type: ignore[arg-type, operator]
            return None
        try:
            kind = _client.decode(frame).type
        except (msgspec.DecodeError, UnicodeError):
            return None
        return kind if isinstance(kind, str) else None

    def _read(self, data: dict[str, Any], size: int, doubtful: bool) -> Sent:
        sent = Sent(text=size)
        kind = data.get("type")
        response, session, item = data.get("response"), data.get("session"), data.get("item")
        if kind == CREATE or (doubtful and response is not None) or (doubtful and not data):
            sent.starts = True
            event = data.get("event_id")
            self._asked.append(event if isinstance(event, str) else None)
            if isinstance(response, dict) and not doubtful:
                sent.most = _longest(response)
        if kind == UPDATE:
            self._updates += 1
            if isinstance(session, dict):
                detection = _listening(session).get("turn_detection")
                idle = isinstance(detection, dict) and detection.get("idle_timeout_ms")
                self._alone = self._alone or bool(idle)
        for part in (response, session, item):
            if isinstance(part, dict):
                self._look(part, sent)
        return sent

    def _look(self, part: dict[str, Any], sent: Sent) -> None:
        """What a part of a frame brings beside its own length."""
        sent.whole = sent.whole or isinstance(part.get("prompt"), dict)
        tools = part.get("tools")
        if isinstance(tools, list) and not all(_is_callers(tool) for tool in tools):
            sent.tools = sent.whole = self._alone = True
        stack: list[Any] = [part]
        while stack:
            value = stack.pop()
            if isinstance(value, list):
                stack.extend(value)
            elif isinstance(value, dict):
                kind = value.get("type")
                sent.image += IMAGE_TOKENS if kind == "input_image" else 0
                sent.whole = sent.whole or kind == "item_reference"
                stack.extend(value.values())

    def came(self, data: bytes) -> Came | None:
        if not any(mark in data for mark in _MARKS):
            return None
        try:
            event = _server.decode(data)
        except (msgspec.DecodeError, UnicodeError):
            return None
        kind, response = event.type, event.response
        id = response.id if response is not None and isinstance(response.id, str) else ""
        if kind == "response.created":
            if self._asked:
                self._asked.pop(0)
            return Came(id, begins=True)
        if kind == "response.done":
            raw = response.usage if response is not None else None
            return Came(id, ends=True, usage=shapes.usage(raw) if isinstance(raw, dict) else None)
        if kind in ("session.created", "session.updated") and isinstance(event.session, dict):
            return self._session(event.session, confirmed=kind == "session.updated")
        if kind == "error" and event.error is not None:
            return self._refused(event.error)
        if kind == _TRANSCRIBED and isinstance(event.usage, dict) and "input_tokens" in event.usage:
            return Came(usage=shapes.usage(event.usage, self._transcriber), aside=True)
        return None

    def _session(self, session: dict[str, Any], *, confirmed: bool) -> Came:
        self._updates = max(0, self._updates - confirmed)
        given = _listening(session)
        detection = given.get("turn_detection", {})
        self._detects = detection is not None and not (
            isinstance(detection, dict) and detection.get("create_response") is False
        )
        transcription = given.get("transcription", given.get("input_audio_transcription"))
        name = transcription.get("model") if isinstance(transcription, dict) else None
        self._transcriber = name if isinstance(name, str) else None
        self._most = _longest(session)
        model = session.get("model")
        return Came(model=model if isinstance(model, str) and model else None)

    def _refused(self, error: _Error) -> Came | None:
        """Whether it is about a response that was asked for."""
        if error.event_id is not None and error.event_id in self._asked:
            self._asked.remove(error.event_id)
        elif error.code == _BUSY and self._asked:
            self._asked.pop(0)
        else:
            return None
        return Came(refused=True)

    def tokens(self, data: bytes) -> int:
        return len(data) // CHARACTERS + 1 if b"audio.delta" in data[:256] else len(data)


def _listening(session: dict[str, Any]) -> dict[str, Any]:
    """What a session says about the caller's sound: in `audio.input`, before that at its top."""
    audio = session.get("audio")
    given = audio.get("input") if isinstance(audio, dict) else None
    return given if isinstance(given, dict) else session


def _is_callers(tool: Any) -> bool:
    """Whether the caller does the tool's work."""
    return isinstance(tool, dict) and tool.get("type") == "function"


def _longest(given: dict[str, Any]) -> int | None:
    """Tokens that a session or a response allows one answer; the name has changed once."""
    limits = [count_of(given.get(name)) for name in ("max_output_tokens", "max_response_output_tokens")]
    return max((limit for limit in limits if limit is not None), default=None)
