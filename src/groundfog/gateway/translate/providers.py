"""Where each provider takes which kind of request: paths below its base (spec ai-gateway §1.6).

A path may hold places that are filled when the address is made: `{region}` (Bedrock, Vertex AI), `{project}`
(Vertex AI), `{v1}` (custom providers: `v1/`, or nothing where the base ends in a version).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Speech = Literal["openai", "anthropic", "google", "vertex", "bedrock", "azure"]
"""What is spoken there for chats."""


@dataclasses.dataclass(frozen=True, slots=True)
class Paths:
    """None: the provider has no such thing. `responses` and `messages` are where these are spoken natively."""

    chat: str | None = "chat/completions"
    embeddings: str | None = None
    responses: str | None = None
    messages: str | None = None
    speech: Speech = "openai"


PATHS: Mapping[str, Paths] = MappingProxyType(
    {
        "openai": Paths(embeddings="embeddings", responses="responses"),
        "azure-openai": Paths(chat="chat/completions", embeddings="embeddings", speech="azure"),
        "anthropic": Paths(chat="v1/messages", messages="v1/messages", speech="anthropic"),
        "google-ai-studio": Paths(chat="v1beta", embeddings="v1beta", speech="google"),
        "google-vertex-ai": Paths(
            chat="v1/projects/{project}/locations/{region}",
            embeddings="v1/projects/{project}/locations/{region}",
            speech="vertex",
        ),
        "aws-bedrock": Paths(chat="bedrock-runtime/{region}/model", speech="bedrock"),
        "workers-ai": Paths("v1/chat/completions", "v1/embeddings", "v1/responses"),
        # https://docs.cohere.com/docs/compatibility-api
        "cohere": Paths("compatibility/v1/chat/completions", "compatibility/v1/embeddings"),
        "groq": Paths(),
        "mistral": Paths("v1/chat/completions", "v1/embeddings"),
        "perplexity-ai": Paths(),
        "deepseek": Paths(),
        "grok": Paths(responses="responses"),
        "openrouter": Paths(embeddings="embeddings", responses="responses"),
        "cerebras": Paths(),
        "baseten": Paths("v1/chat/completions", "v1/embeddings"),
        "parallel": Paths("v1beta/chat/completions"),
        "fireworks": Paths(embeddings="embeddings"),
        "alibaba": Paths(embeddings="embeddings"),
        "minimax": Paths(),
    }
)
CUSTOM = Paths("{v1}chat/completions", "{v1}embeddings")


def paths(slug: str) -> Paths:
    """Of a known slug or of `custom-{slug}`."""
    return PATHS.get(slug, CUSTOM)
