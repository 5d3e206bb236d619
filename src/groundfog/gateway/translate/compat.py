"""The step for a request in OpenAI's or Anthropic's dialect that names its model `provider/model` (spec §1.4, §1.5)."""

from __future__ import annotations

import dataclasses
import os
import re
import time
from typing import Any, Literal

import orjson

from groundfog.gateway.options import Options
from groundfog.gateway.request import Headers, Step, Translation
from groundfog.gateway.translate import embeddings, names, rewrite
from groundfog.gateway.translate.chat.answer import Head
from groundfog.gateway.translate.chat.request import bad
from groundfog.gateway.translate.credentials import for_provider
from groundfog.gateway.translate.dialects import Dialect, caller
from groundfog.gateway.translate.providers import PATHS, Paths, paths
from groundfog.gateway.translate.speakers import (
    VERTEX_ANTHROPIC,
    Sent,
    google_model,
    speak,
    vertex_messages,
    vertex_path,
)
from groundfog.gateway.translate.translation import Translated

Kind = Literal["chat", "embeddings", "responses", "messages"]
Raw = dict[str, Any]
_JSON = (b"content-type", b"application/json")
_NOT_FOR_OTHERS = (b"accept-encoding", b"accept", b"content-type", b"anthropic-version", b"anthropic-beta")
_AZURE_MODEL = re.compile(r"([A-Za-z0-9-]+)/([A-Za-z0-9._-]+)").fullmatch
AZURE_API = "2024-10-21"
"""The newest version of Azure OpenAI's interface that is not a preview of something else."""


def step(
    data: Raw,
    kind: Kind,
    headers: Headers,
    options: Options,
    index: int = 0,
    raw: bytes | None = None,
) -> Step:
    """What is sent to the provider that `data["model"]` names.

    `raw` are the bytes that `data` was read from: they go on as they are, but for the model's name, wherever the
    provider speaks the caller's dialect. Raises CHAT_BAD_FORMAT (no provider before the model, a field that the
    provider has no word for) and INVALID_PROVIDER.
    """
    slug, model = names.split(data.get("model"), PATHS)
    where = paths(slug)
    if kind == "embeddings":
        return _embeddings(data, slug, model, where, headers, options, index, raw)
    native = where.responses if kind == "responses" else where.messages if kind == "messages" else None
    if native is not None:
        sent = Sent(native, rewrite.model(raw, data, model), model=model, stream=data.get("stream") is True)
        return _made(slug, sent, headers, options, index, None)
    if kind == "chat" and where.speech in ("openai", "azure") and where.chat is not None:
        return _passed(data, slug, model, where.chat, headers, options, index, raw)
    if kind == "messages" and where.speech == "vertex" and model.startswith(VERTEX_ANTHROPIC):
        return _made(slug, vertex_messages(where, model, data), headers, options, index, None)
    dialect = caller(kind, data, marks=where.speech == "bedrock")
    return _translated(dialect, slug, model, where, headers, options, index)


def _passed(
    data: Raw, slug: str, model: str, path: str, headers: Headers, options: Options, index: int, raw: bytes | None
) -> Step:
    """The provider speaks OpenAI's dialect itself: nothing but the model's name changes."""
    sent = Sent(path, rewrite.model(raw, data, model), model=model, stream=data.get("stream") is True)
    return _made(slug, _azure(sent) if slug == "azure-openai" else sent, headers, options, index, None)


def _translated(
    dialect: Dialect, slug: str, model: str, where: Paths, headers: Headers, options: Options, index: int
) -> Step:
    head = Head(f"chatcmpl-{os.urandom(12).hex()}", int(time.time()), model)
    sent = speak(slug, where, model, dialect.chat, head, dialect.include_usage)
    if slug == "azure-openai":
        sent = _azure(sent)
    assert sent.source is not None
    return _made(slug, sent, headers, options, index, Translated(sent.source, dialect.sink(head)))


def _azure(sent: Sent) -> Sent:
    """Azure's models are `{resource}/{deployment}`: both stand in the address."""
    named = _AZURE_MODEL(sent.model)
    if named is None:
        raise bad("model: must be azure-openai/{resource}/{deployment}")
    resource, deployment = named.groups()
    path = f"{resource}/{deployment}/{sent.endpoint}"
    return dataclasses.replace(sent, endpoint=path, query=f"api-version={AZURE_API}", model=deployment)


def _embeddings(
    data: Raw,
    slug: str,
    model: str,
    where: Paths,
    headers: Headers,
    options: Options,
    index: int,
    raw: bytes | None,
) -> Step:
    if where.embeddings is None:
        raise bad(f"model: {slug} has no embeddings")
    if where.speech not in ("google", "vertex"):
        sent = Sent(where.embeddings, rewrite.model(raw, data, model), model=model)
        return _made(slug, _azure(sent) if slug == "azure-openai" else sent, headers, options, index, None)
    request = embeddings.read(data)
    if where.speech == "google":
        body = embeddings.for_ai_studio(request, model)
        sent = Sent(f"{where.embeddings}/{google_model(model)}:batchEmbedContents", orjson.dumps(body), model=model)
    else:
        body = embeddings.for_vertex(request)
        sent = Sent(f"{vertex_path(where.embeddings, model)}:predict", orjson.dumps(body), model=model)
    return _made(slug, sent, headers, options, index, embeddings.Vectors(model, request.encoding_format))


def _made(
    slug: str, sent: Sent, headers: Headers, options: Options, index: int, translation: Translation | None
) -> Step:
    kept = [pair for pair in headers if pair[0] not in (b"content-length", b"content-encoding")]
    if translation is not None:
        # What is read here must not come compressed, and what a caller accepts says nothing to this provider.
        kept = [pair for pair in kept if pair[0] not in _NOT_FOR_OTHERS]
        kept.extend([_JSON, (b"accept-encoding", b"identity"), *sent.headers])
    elif not any(name == b"content-type" for name, _ in kept):
        kept.append(_JSON)
    return Step(
        provider=slug,
        endpoint=sent.endpoint,
        method="POST",
        headers=for_provider(slug, kept),
        body=sent.body,
        options=options,
        query=sent.query,
        index=index,
        model=sent.model,
        stream=sent.stream,
        translation=translation,
    )
