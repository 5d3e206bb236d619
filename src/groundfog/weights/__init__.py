"""Where model files come from: the hub, a folder, the embedded ones; verification.

Host processes import `groundfog.weights.files` only, so the facade is loaded when somebody asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundfog.weights.facade import Weights

__all__ = ["Weights"]


def __getattr__(name: str) -> Any:
    if name == "Weights":
        from groundfog.weights.facade import Weights

        return Weights
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
