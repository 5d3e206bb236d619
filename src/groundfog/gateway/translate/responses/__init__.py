"""Callers that speak OpenAI's Responses, for providers that speak chat completions (spec ai-gateway §1.5)."""
