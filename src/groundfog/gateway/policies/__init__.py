"""Who may use which model, and for how much: policies in CEL (spec ai-gateway §3.7)."""

from groundfog.gateway.policies.store import Policies

__all__ = ["Policies"]
