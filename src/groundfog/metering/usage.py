"""What an answer used, in whatever the provider counts."""

from __future__ import annotations

import msgspec


class Media(msgspec.Struct, kw_only=True):
    """Which of a usage's tokens are sound or pictures, where those have prices of their own."""

    audio_in: int = 0
    """Part of `tokens_in`."""
    audio_read: int = 0
    """Part of `cache_read`."""
    audio_out: int = 0
    """Part of `tokens_out`."""
    image_in: int = 0
    image_read: int = 0


class Usage(msgspec.Struct, kw_only=True):
    """None is: not said. `tokens_in` includes neither `cache_read` nor `cache_write` tokens.

    `neurons` (micro-neurons) is set for local models, whose tasks count more than tokens.
    """

    model: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cache_read: int = 0
    cache_write: int = 0
    neurons: int | None = None
    media: Media | None = None
    """None: the answer does not tell text from the rest."""
