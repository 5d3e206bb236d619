"""Names of models as compat callers write them, `provider/model` (spec ai-gateway §1.4, §1.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from groundfog import errors
from groundfog.gateway.translate.chat.request import bad

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "google": "google-ai-studio",
        "google-vertex": "google-vertex-ai",
        "xai": "grok",
        "perplexity": "perplexity-ai",
        "bedrock": "aws-bedrock",
        "amazon-bedrock": "aws-bedrock",
        "azure": "azure-openai",
        "cerebras-ai": "cerebras",
        "mistralai": "mistral",
        "fireworks-ai": "fireworks",
    }
)
_CUSTOM = "custom-"
_LOCAL = ("@cf/", "@hf/")
_DOT = re.compile(r"(?<=\d)\.(?=\d)")


def split(model: Any, known: Mapping[str, Any]) -> tuple[str, str]:
    """Provider's slug and the model as that provider names it.

    Raises CHAT_BAD_FORMAT for a name without a provider before it, INVALID_PROVIDER for an unknown provider.
    """
    if not isinstance(model, str) or not model:
        raise bad("model: must be provider/model")
    if model.startswith(_LOCAL):
        return "workers-ai", model
    slug, slash, name = model.partition("/")
    if not slash or not name:
        raise bad(f"model: {model} has no provider before it, as in openai/{slug}")
    slug = ALIASES.get(slug, slug)
    if slug not in known and not slug.startswith(_CUSTOM):
        raise errors.INVALID_PROVIDER(provider=slug)
    if slug == "anthropic":
        # The catalogue of models writes claude-sonnet-4.5, the provider claude-sonnet-4-5.
        name = _DOT.sub("-", name)
    return slug, name
