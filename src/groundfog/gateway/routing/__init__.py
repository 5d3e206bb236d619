"""Which model answers: dynamic routes (spec ai-gateway §3.15) and the auto router (§3.16)."""

from groundfog.gateway.routing.auto import AutoRouter
from groundfog.gateway.routing.routes import DynamicRoutes

__all__ = ["AutoRouter", "DynamicRoutes"]
