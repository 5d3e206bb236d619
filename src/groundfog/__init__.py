"""groundfog: Workers AI on your own ground.

`AI` and `AsyncAI` are imported when they are first asked for, so that host processes start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundfog.client import AI as AI
    from groundfog.client import AsyncAI as AsyncAI

__version__ = "0.1.0"
__all__ = ["AI", "AsyncAI", "__version__"]


def __getattr__(name: str) -> Any:
    if name in ("AI", "AsyncAI"):
        from groundfog import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
