"""Rows of AI Gateway's own (spec ai-gateway §4.2)."""

from __future__ import annotations

from groundfog.errors.kind import Kind, row


def _gateway(
    key: str, code: int, status: int, message: str, next: str, openai_type: str = "invalid_request_error"
) -> Kind:
    return row(key, code, status, message, next, name="AiGatewayError", prefix="", openai_type=openai_type)


NO_SUCH_GATEWAY = _gateway(
    "NO_SUCH_GATEWAY",
    2001,
    400,
    "Please configure AI Gateway in the Cloudflare dashboard: there is no gateway {gateway}",
    "Make it with `groundfog gateway create NAME`, or name the gateway `default`.",
)
RATE_LIMITED = _gateway(
    "RATE_LIMITED",
    2003,
    429,
    "Too many requests (rate limit exceeded)",
    "Wait as long as Retry-After says, or raise the gateway's rate_limiting_limit.",
    "rate_limit_error",
)
SPEND_LIMITED = _gateway(
    "SPEND_LIMITED",
    2003,
    429,
    "Spending limit exceeded: {what}",
    "Wait until the window moves on, lower max_tokens, or raise the gateway's spend limit.",
    "insufficient_quota",
)
PROVIDER_FAILED = _gateway(
    "PROVIDER_FAILED",
    2005,
    400,
    "Failed to get response from provider: {what}",
    "Check the provider's address and state; retries and fallbacks can be set per request.",
    "server_error",
)
PROVIDER_TIMEOUT = _gateway(
    "PROVIDER_TIMEOUT",
    2005,
    408,
    "Failed to get response from provider: no answer within {ms} ms",
    "Raise cf-aig-request-timeout, or add a fallback step.",
    "timeout_error",
)
INVALID_PROVIDER = _gateway(
    "INVALID_PROVIDER", 2008, 400, "Invalid provider: {provider}", "docs/gateway.md lists the providers' names."
)
GATEWAY_UNAUTHORIZED = _gateway(
    "GATEWAY_UNAUTHORIZED",
    2009,
    401,
    "Unauthorized",
    "Send `cf-aig-authorization: Bearer <key>`; make a key with `groundfog keys create`.",
    "authentication_error",
)
PROMPT_BLOCKED = _gateway(
    "PROMPT_BLOCKED",
    2016,
    424,
    "Prompt blocked due to security configurations",
    "The gateway's guardrails forbid this prompt; its log says which category.",
)
RESPONSE_BLOCKED = _gateway(
    "RESPONSE_BLOCKED",
    2017,
    424,
    "Response blocked due to security configurations",
    "The gateway's guardrails forbid this answer; its log says which category.",
)
CHAT_BAD_FORMAT = _gateway(
    "CHAT_BAD_FORMAT",
    2019,
    400,
    "Chat completion bad format: {what}",
    "Name the model as provider/model, and send an OpenAI chat completion.",
)
NO_CREDENTIALS = _gateway(
    "NO_CREDENTIALS",
    2021,
    402,
    "Insufficient wholesale credits: there is no key for {provider}",
    "Send the provider's own key, or store one with `groundfog gateway keys add`.",
    "authentication_error",
)
BYOK_ONLY = _gateway(
    "BYOK_ONLY",
    2021,
    400,
    "This request needs a key of your own for {provider}",
    "Send the provider's own key, or store one for this gateway.",
    "authentication_error",
)
DLP_REQUEST_BLOCKED = _gateway(
    "DLP_REQUEST_BLOCKED",
    2029,
    424,
    "Request content blocked due to DLP policy violations",
    "Remove what the gateway's DLP profiles match; the header cf-aig-dlp names them.",
)
DLP_RESPONSE_BLOCKED = _gateway(
    "DLP_RESPONSE_BLOCKED",
    2030,
    424,
    "Response content blocked due to DLP policy violations",
    "The header cf-aig-dlp names the profiles that matched.",
)
NO_SUCH_ALIAS = _gateway(
    "NO_SUCH_ALIAS",
    2040,
    400,
    "No key with the alias {alias} is stored for {provider}; there are: {aliases}",
    "Send one of these aliases in cf-aig-byok-alias, or store the key.",
)
POLICY_DENIED = _gateway(
    "POLICY_DENIED",
    2003,
    403,
    "Access denied by policy",
    "A policy of the gateway forbids this, or none allows it.",
    "permission_error",
)
PROMPT_BLOCKED_RUN = _gateway(
    "PROMPT_BLOCKED_RUN",
    2017,
    422,
    "Prompt blocked due to security configurations",
    "The gateway's guardrails forbid this prompt; its log says which category.",
)
RESPONSE_BLOCKED_RUN = _gateway(
    "RESPONSE_BLOCKED_RUN",
    2017,
    422,
    "Response blocked due to security configurations",
    "The gateway's guardrails forbid this answer; its log says which category.",
)
POLICY_LIMITED = _gateway(
    "POLICY_LIMITED",
    2003,
    429,
    "Spending limit exceeded",
    "Wait until the policy's period is over, or raise its amount.",
    "insufficient_quota",
)
SCANNER_DOWN = _gateway(
    "SCANNER_DOWN",
    7013,
    503,
    "The guardrails' scanner is unavailable: {what}",
    "Pull the scanner's model, or set the categories to FLAG.",
    "server_error",
)
GATEWAY_INTERNAL = _gateway("GATEWAY_INTERNAL", 7000, 500, "Internal Error", "Read the server's log.", "server_error")
GATEWAY_INVALID = _gateway(
    "GATEWAY_INVALID", 7001, 400, "{what}", "Correct the field that the message and `path` name."
)
GATEWAY_NOT_FOUND = _gateway(
    "GATEWAY_NOT_FOUND", 7002, 404, "Not Found: {what}", "Check the id; `groundfog gateway list` shows what there is."
)
GATEWAY_EXISTS = _gateway(
    "GATEWAY_EXISTS", 7006, 409, "{what} exists already", "Choose another id, or update the one that exists."
)
SPILL_FULL = _gateway(
    "SPILL_FULL",
    7014,
    503,
    "The log cannot be written: the store is down and its spill file is full",
    "Check the state directory or database; raise GROUNDFOG_GATEWAY_SPILL_BYTES.",
    "server_error",
)
KEY_RATE_LIMITED = _gateway(
    "KEY_RATE_LIMITED",
    2003,
    429,
    "Too many requests with the stored key of {provider} (rate limit exceeded)",
    "Wait as long as Retry-After says, or raise the key's rate_limit.",
    "rate_limit_error",
)
KEYS_UNAVAILABLE = _gateway(
    "KEYS_UNAVAILABLE",
    7015,
    503,
    "Stored keys cannot be used: {what}",
    "Install the package with `pip install 'groundfog[keys]'`, and keep the key file with the state directory.",
    "server_error",
)
