"""The echo engine: deterministic, shape-perfect answers without a model. `docs/echo.md` says what it does."""

from groundfog.engines.echo.engine import EchoEngine

__all__ = ["EchoEngine"]
