"""A provider's own WebSocket behind a gateway (spec ai-gateway §1.10)."""

from __future__ import annotations

from groundfog.gateway.realtime.connection import Realtime
from groundfog.gateway.realtime.opening import open_realtime

__all__ = ["Realtime", "open_realtime"]
