"""How hard a request looks, without asking a model: the auto router's only measure (spec ai-gateway §3.16)."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

EASY_CHARACTERS = 400
HARD_CHARACTERS = 40_000
LONG_TALK = 8
"""Messages."""


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """`difficulty` is 0 (a greeting) to 1; `turn` stays the same while tools answer one message of the user's."""

    difficulty: float
    images: bool
    tools: bool
    turn: str


def look_at(data: Mapping[str, Any]) -> Look:
    """Of a body for chat completions or responses.

    Length counts for at most 0.5 (logarithmic from 400 to 40,000 characters), tools 0.2, pictures 0.2, a JSON schema
    0.1, code in the text 0.15, more than eight messages 0.1, an asked-for high reasoning effort 0.4.
    """
    messages = data.get("messages", data.get("input"))
    length, images, code, count, users, last = 0, False, False, 0, 0, ""
    if isinstance(data.get("instructions"), str):
        length += len(data["instructions"])
    for role, part in _parts(messages):
        if role == "user" and isinstance(part, str):
            users, last = users + 1, part
        if isinstance(part, str):
            length += len(part)
            code = code or "```" in part
        else:
            images = True
    if isinstance(messages, list):
        count = len(messages)
    tools = bool(data.get("tools") or data.get("functions"))
    score = _length_share(length)
    score += 0.2 * tools + 0.2 * images + 0.15 * code + 0.1 * (count > LONG_TALK) + 0.1 * _wants_schema(data)
    score += 0.4 * (_effort(data) in ("high", "xhigh", "max"))
    digest = hashlib.sha256(f"{users}\0{last}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Look(min(score, 1.0), images, tools, digest)


def _length_share(length: int) -> float:
    if length <= EASY_CHARACTERS:
        return 0.0
    return 0.5 * min(1.0, math.log(length / EASY_CHARACTERS) / math.log(HARD_CHARACTERS / EASY_CHARACTERS))


def _parts(messages: object) -> Iterator[tuple[str, str | None]]:
    """Role and text of every piece of content; None for a picture."""
    if isinstance(messages, str):
        yield "user", messages
        return
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, Mapping):
            continue
        role, content = str(message.get("role", "")), message.get("content")
        if isinstance(content, str):
            yield role, content
        for part in content if isinstance(content, list) else ():
            if isinstance(part, Mapping):
                if isinstance(part.get("text"), str):
                    yield role, part["text"]
                elif "image" in str(part.get("type", "")):
                    yield role, None


def _wants_schema(data: Mapping[str, Any]) -> bool:
    text = data.get("text")
    form = data.get("response_format") or (text.get("format") if isinstance(text, Mapping) else None)
    return isinstance(form, Mapping) and form.get("type") == "json_schema"


def _effort(data: Mapping[str, Any]) -> str:
    reasoning = data.get("reasoning")
    return str(data.get("reasoning_effort") or (reasoning.get("effort") if isinstance(reasoning, Mapping) else ""))
