"""Which protocol a provider's realtime WebSocket speaks."""

from __future__ import annotations

from groundfog.gateway.providers.provider import Provider
from groundfog.gateway.realtime.frames.base import Came, Frames, Sent, Unread
from groundfog.gateway.realtime.frames.google import GoogleFrames
from groundfog.gateway.realtime.frames.openai import OpenAIFrames

__all__ = ["Came", "Frames", "Sent", "frames_of"]


def frames_of(provider: Provider | None) -> Frames:
    """By how the provider's answers are counted; custom providers (None) are taken for OpenAI's kind."""
    kind = "openai" if provider is None else provider.usage
    if kind == "openai":
        return OpenAIFrames()
    return GoogleFrames() if kind == "google" else Unread()
