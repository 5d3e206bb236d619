"""OpenAI's embeddings ↔ Google's: `batchEmbedContents` of AI Studio, `predict` of Vertex AI."""

from __future__ import annotations

import array
import base64
import sys
from typing import Any, Literal

import msgspec
import orjson

from groundfog.gateway.translate.chat import errors
from groundfog.gateway.translate.chat.request import bad, named
from groundfog.gateway.translate.usage import shapes

Raw = dict[str, Any]


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """What OpenAI documents."""

    model: str
    input: Any
    dimensions: int | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None

    @property
    def texts(self) -> list[str]:
        """Texts only: other providers know no tokens of OpenAI's."""
        given = [self.input] if isinstance(self.input, str) else self.input
        if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
            raise bad("input: must be a text or a list of texts for this provider")
        return given


def read(data: Raw) -> Request:
    """`data` typed. Raises CHAT_BAD_FORMAT with the name of the wrong field."""
    try:
        return msgspec.convert(data, Request)
    except msgspec.ValidationError as reason:
        raise bad(named(str(reason))) from None


def for_ai_studio(request: Request, model: str) -> Raw:
    """The body for `models/{model}:batchEmbedContents`."""
    more: Raw = {} if request.dimensions is None else {"outputDimensionality": request.dimensions}
    return {
        "requests": [
            {"model": f"models/{model}", "content": {"parts": [{"text": text}]}, **more} for text in request.texts
        ]
    }


def for_vertex(request: Request) -> Raw:
    """The body for `publishers/google/models/{model}:predict`."""
    body: Raw = {"instances": [{"content": text} for text in request.texts]}
    if request.dimensions is not None:
        body["parameters"] = {"outputDimensionality": request.dimensions}
    return body


class Vectors:
    """The `Translation` of one answer with vectors; there are no streams of them.

    Usage is what the provider counted, 0 where it counted nothing: OpenAI's clients read it without asking.
    """

    __slots__ = ("_base64", "_model")
    content_type = b"application/json"

    def __init__(self, model: str, encoding_format: str | None) -> None:
        self._model = model
        self._base64 = encoding_format == "base64"

    def whole(self, status: int, body: bytes) -> bytes:
        if not 200 <= status < 300:
            return orjson.dumps(errors.read(status, body))
        try:
            data: Raw = orjson.loads(body)
            vectors = _vectors(data)
        except (ValueError, KeyError, TypeError):
            return orjson.dumps(errors.read(502, b"The provider's answer cannot be read"))
        tokens = shapes.usage(*shapes.find(body)).tokens_in or 0
        return orjson.dumps(
            {
                "object": "list",
                "data": [
                    {"object": "embedding", "index": index, "embedding": self._encoded(vector)}
                    for index, vector in enumerate(vectors)
                ],
                "model": self._model,
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    def _encoded(self, vector: list[float]) -> list[float] | str:
        """Base64 of 32-bit floats, little-endian, as OpenAI's own clients ask for."""
        if not self._base64:
            return vector
        packed = array.array("f", vector)
        if sys.byteorder == "big":
            packed.byteswap()
        return base64.b64encode(packed.tobytes()).decode()

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def finish(self) -> bytes:
        return b""


def _vectors(data: Raw) -> list[list[float]]:
    if "embeddings" in data:
        return [each["values"] for each in data["embeddings"]]
    return [each["embeddings"]["values"] for each in data["predictions"]]
