"""Callers that speak Anthropic's Messages, for providers that do not (spec ai-gateway §1.5)."""
