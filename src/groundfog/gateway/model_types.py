"""What kind of model a step asks: the log's `model_type` (spec ai-gateway §3.12)."""

from __future__ import annotations

from collections.abc import Mapping

from groundfog import catalog
from groundfog.errors import GroundfogError

LOCAL = "workers-ai"
_BY_WORD: Mapping[str, str] = {
    "embeddings": "text-embeddings",
    "embed": "text-embeddings",
    "embedContent": "text-embeddings",
    "batchEmbedContents": "text-embeddings",
    "rerank": "rerank",
    "chat/completions": "text-generation",
    "completions": "text-generation",
    "messages": "text-generation",
    "responses": "text-generation",
    "generateContent": "text-generation",
    "streamGenerateContent": "text-generation",
    "converse": "text-generation",
    "converse-stream": "text-generation",
    "chat": "text-generation",
    "images/generations": "text-to-image",
    "images/edits": "text-to-image",
    "generate": "text-to-image",
    "audio/transcriptions": "speech-recognition",
    "audio/translations": "speech-recognition",
    "audio/speech": "text-to-speech",
    "tts/bytes": "text-to-speech",
}
"""By the last words of a provider's path."""


def model_type(provider: str, endpoint: str, model: str | None) -> str:
    """The task's name in lower case with hyphens; empty where it is not known."""
    if provider == LOCAL and model is not None:
        try:
            return (catalog.default().find(model).task or "").lower().replace(" ", "-")
        except GroundfogError:
            return ""
    path = endpoint.strip("/").replace(":", "/")
    head, _, last = path.rpartition("/")
    return _BY_WORD.get(f"{head.rpartition('/')[2]}/{last}") or _BY_WORD.get(last, "")
