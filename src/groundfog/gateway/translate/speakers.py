"""A chat completion in each provider's own words, and who reads the answer."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import quote

import orjson

from groundfog.gateway.request import Headers
from groundfog.gateway.translate import anthropic
from groundfog.gateway.translate.anthropic import request as anthropic_request
from groundfog.gateway.translate.anthropic.answer import MessagesSource
from groundfog.gateway.translate.bedrock import request as bedrock_request
from groundfog.gateway.translate.bedrock.answer import ConverseSource
from groundfog.gateway.translate.chat.answer import Head
from groundfog.gateway.translate.chat.request import bad, read
from groundfog.gateway.translate.chat.source import ChatSource
from groundfog.gateway.translate.google import request as google_request
from groundfog.gateway.translate.google.answer import GenerateSource
from groundfog.gateway.translate.providers import Paths
from groundfog.gateway.translate.translation import Source

Raw = dict[str, Any]
VERTEX_ANTHROPIC = "anthropic/"
"""Models of Anthropic's at Vertex AI."""
_VERTEX_VERSION = "vertex-2023-10-16"


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """What goes to a provider; `source` reads its answer where that is to be translated."""

    endpoint: str
    body: bytes
    model: str
    query: str = ""
    stream: bool = False
    headers: Headers = dataclasses.field(default_factory=list)
    source: Source | None = None


def speak(slug: str, where: Paths, model: str, data: Raw, head: Head, include_usage: bool) -> Sent:
    """`data`, a chat completion, for the provider `slug`. Its `model` is named anew here.

    Raises CHAT_BAD_FORMAT for what the provider cannot say.
    """
    if where.chat is None:
        raise bad(f"model: {slug} has no chats")
    data = {**data, "model": model}
    if where.speech == "anthropic":
        return _anthropic(where.chat, slug, data, head, include_usage)
    if where.speech == "google":
        return _google(f"{where.chat}/{google_model(model)}", slug, model, data, head, include_usage)
    if where.speech == "vertex":
        return _vertex(where.chat, slug, model, data, head, include_usage)
    if where.speech == "bedrock":
        chat = read(data)
        action = "converse-stream" if chat.stream else "converse"
        endpoint = f"{where.chat}/{quote(model, safe='')}/{action}"
        body = orjson.dumps(bedrock_request.write(chat, slug))
        return Sent(endpoint, body, model, stream=bool(chat.stream), source=ConverseSource(head, include_usage))
    return _openai(where.chat, slug, model, data, include_usage)


def _openai(path: str, slug: str, model: str, data: Raw, include_usage: bool) -> Sent:
    """`data` is changed."""
    if slug in ("openai", "azure-openai") and "max_tokens" in data:
        # Models that reason know only the new name there; other providers know only the old one.
        data["max_completion_tokens"] = data.pop("max_tokens")
    stream = data.get("stream") is True
    if stream:
        # Whoever asks for a translation wants to know what was used, whether the dialect lets it be said or not.
        data["stream_options"] = {"include_usage": True}
    return Sent(path, orjson.dumps(data), model, stream=stream, source=ChatSource(include_usage))


def _anthropic(path: str, slug: str, data: Raw, head: Head, include_usage: bool) -> Sent:
    chat = read(data)
    return Sent(
        path,
        orjson.dumps(anthropic_request.write(chat, slug)),
        chat.model,
        stream=bool(chat.stream),
        headers=[(b"anthropic-version", anthropic.VERSION)],
        source=MessagesSource(head, include_usage),
    )


def _google(path: str, slug: str, model: str, data: Raw, head: Head, include_usage: bool) -> Sent:
    chat = read(data)
    stream = bool(chat.stream)
    return Sent(
        f"{path}:{'streamGenerateContent' if stream else 'generateContent'}",
        orjson.dumps(google_request.write(chat, slug)),
        model,
        query="alt=sse" if stream else "",
        stream=stream,
        source=GenerateSource(head, include_usage),
    )


def _vertex(path: str, slug: str, model: str, data: Raw, head: Head, include_usage: bool) -> Sent:
    publisher, slash, name = model.partition("/")
    if not slash or publisher == "google":
        bare = name if slash else model
        return _google(vertex_path(path, model), slug, bare, {**data, "model": bare}, head, include_usage)
    if publisher == "anthropic":
        chat = read({**data, "model": name})
        body = anthropic_request.write(chat, slug)
        del body["model"]
        body["anthropic_version"] = _VERTEX_VERSION
        endpoint = _vertex_anthropic(path, name, stream=bool(chat.stream))
        source = MessagesSource(head, include_usage)
        return Sent(endpoint, orjson.dumps(body), name, stream=bool(chat.stream), source=source)
    # Models of other publishers answer at Vertex AI's own OpenAI endpoint.
    return _openai(f"{path}/endpoints/openapi/chat/completions", slug, model, data, include_usage)


def _vertex_anthropic(path: str, name: str, *, stream: bool) -> str:
    action = "streamRawPredict" if stream else "rawPredict"
    return f"{path}/publishers/anthropic/models/{quote(name, safe='@')}:{action}"


def vertex_messages(where: Paths, model: str, data: Raw) -> Sent:
    """Anthropic's Messages for its own model at Vertex AI: there the model stands in the address only."""
    assert where.chat is not None
    name = model.removeprefix(VERTEX_ANTHROPIC)
    stream = data.get("stream") is True
    body = {member: value for member, value in data.items() if member != "model"}
    body.setdefault("anthropic_version", _VERTEX_VERSION)
    return Sent(_vertex_anthropic(where.chat, name, stream=stream), orjson.dumps(body), name, stream=stream)


def vertex_path(path: str, model: str) -> str:
    """The address of a model of Google's, up to the colon."""
    publisher, slash, name = model.partition("/")
    if slash and publisher != "google":
        raise bad(f"model: {publisher} has no embeddings at google-vertex-ai")
    return f"{path}/publishers/google/models/{quote(name if slash else model, safe='@')}"


def google_model(model: str) -> str:
    """`models/{model}`; tuned models keep their own folder."""
    folder, slash, name = model.partition("/")
    if slash and folder in ("models", "tunedModels"):
        return f"{folder}/{quote(name, safe='')}"
    return f"models/{quote(model, safe='')}"
