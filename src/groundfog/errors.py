"""One table of every error that groundfog answers (spec: workers-ai §5).

A `Kind` is one row: internal code, HTTP status, name, message template and what to do next. Calling a kind builds the
exception: ``raise errors.NO_SUCH_MODEL(model="@cf/x/y")``. Dialects render from the exception; nobody formats an error
by hand.
"""

from __future__ import annotations

import dataclasses
from string import Formatter
from typing import Any

_LONGEST = 2000
"""Characters of a message."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `prefix` is what the REST surface writes before the message (spec §5.2)."""

    key: str
    code: int
    status: int
    name: str
    message: str
    next: str
    prefix: str = "AiError: "
    openai_type: str = "invalid_request_error"
    outer: bool = False
    """Refused before any model was asked: `result` is null and no request id is in the text (spec §1.3)."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the placeholders in `message`."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.message) if name)

    def __call__(
        self, *, retry_after: float | None = None, path: tuple[str, ...] = (), **fields: Any
    ) -> GroundfogError:
        text = self.message.format(**fields)
        # What a caller sent stands in the text, and can be of any length.
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        return GroundfogError(self, text, retry_after=retry_after, path=path)


class GroundfogError(Exception):
    """An error of the table, with its message filled in.

    `description` is the text without prefixes; `retry_after` is in seconds; `path` names the field that is wrong;
    `detail` is what a surface shows beside the message (spec ai-gateway §3.7).
    """

    detail: dict[str, Any] | None = None

    def __init__(
        self, kind: Kind, description: str, *, retry_after: float | None = None, path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{kind.code}: {description}")
        self.kind = kind
        self.description = description
        self.retry_after = retry_after
        self.path = path

    @property
    def code(self) -> int:
        return self.kind.code

    @property
    def status(self) -> int:
        return self.kind.status

    @property
    def name(self) -> str:
        return self.kind.name

    def __reduce__(self) -> tuple[Any, ...]:
        return (from_key, (self.kind.key, self.description, self.retry_after))


KINDS: dict[str, Kind] = {}


def _kind(
    key: str,
    code: int,
    status: int,
    message: str,
    next: str,
    *,
    name: str = "AiError",
    prefix: str = "AiError: AiError: ",
    openai_type: str = "invalid_request_error",
    outer: bool = False,
) -> Kind:
    kind = Kind(key, code, status, name, message, next, prefix, openai_type, outer)
    KINDS[key] = kind
    return kind


def from_key(key: str, description: str, retry_after: float | None = None) -> GroundfogError:
    """Rebuild an error that crossed a process border."""
    return GroundfogError(KINDS[key], description, retry_after=retry_after)


INVALID_INPUT = _kind(
    "INVALID_INPUT", 1001, 400, "{what}", "Correct the request as the message says.", name="InvalidInput", prefix=""
)
INCOMPLETE_REQUEST = _kind(
    "INCOMPLETE_REQUEST",
    3003,
    400,
    "Request is missing headers or body: {what}",
    "Send the part that the message names.",
)
TOO_LARGE = _kind(
    "TOO_LARGE",
    3006,
    413,
    "Request is too large",
    "Send a smaller body, or raise GROUNDFOG_MAX_BODY_BYTES on the server.",
)
TIMEOUT = _kind(
    "TIMEOUT",
    3007,
    408,
    "Request timeout",
    "Ask for fewer tokens, or raise GROUNDFOG_REQUEST_TIMEOUT_S on the server (GROUNDFOG_BODY_TIMEOUT_S for uploads).",
    openai_type="timeout_error",
)
ABORTED = _kind(
    "ABORTED", 3008, 408, "Request was aborted", "The caller went away or the server is stopping: send it again."
)
ACCOUNT_BLOCKED = _kind(
    "ACCOUNT_BLOCKED",
    3023,
    403,
    "Service unavailable for account",
    "Ask whoever runs the server.",
    openai_type="permission_error",
)
UPSTREAM_REFUSED = _kind(
    "UPSTREAM_REFUSED", 3030, 400, "{what}", "Correct the input as the message says.", prefix="AiError: AiError: "
)
ACCOUNT_LIMITED = _kind(
    "ACCOUNT_LIMITED",
    3036,
    429,
    "You have used up your daily free allocation of 10,000 neurons. Please upgrade to Cloudflare's Workers Paid plan "
    "if you would like to continue usage.",
    "Wait until 00:00 UTC or raise the allocation in the server's settings.",
    openai_type="insufficient_quota",
)
FINETUNE_INCOMPLETE = _kind(
    "FINETUNE_INCOMPLETE",
    3039,
    400,
    "Finetune is missing required files (model.safetensors and config.json)",
    "Upload both files of the adapter.",
)
OUT_OF_CAPACITY = _kind(
    "OUT_OF_CAPACITY",
    3040,
    429,
    "Capacity temporarily exceeded, please try again.",
    "Try again in a moment, or give the model more slots.",
    openai_type="rate_limit_error",
)
PRIVATE_MODEL = _kind(
    "PRIVATE_MODEL",
    3041,
    403,
    "The account is not allowed to access this model",
    "Use an account that may, or another model.",
    openai_type="permission_error",
)
INVALID_MODEL_ID = _kind(
    "INVALID_MODEL_ID", 3042, 404, "The model name is invalid", "List the names with `groundfog models`."
)
EXECUTION_FAILED = _kind(
    "EXECUTION_FAILED",
    5001,
    500,
    "Model execution failed: {what}",
    "Read the server's log; `groundfog doctor` checks the installation.",
    openai_type="server_error",
)
INVALID_BASE64 = _kind(
    "INVALID_BASE64", 5004, 400, "Invalid data type for base64 input: {type}", "Send base64 text of the bytes."
)
LORA_UNSUPPORTED = _kind(
    "LORA_UNSUPPORTED",
    5005,
    405,
    "The model {model} does not support LoRa inference",
    "Use a model whose catalogue entry has lora: true, with an adapter made for it.",
)
BAD_INPUT = _kind(
    "BAD_INPUT",
    5006,
    400,
    "Bad input: Error: {what}",
    "Correct the field that the message names; GET ai/models/schema?model= shows the schema.",
    prefix="AiError: ",
)
NO_SUCH_MODEL = _kind(
    "NO_SUCH_MODEL",
    5007,
    400,
    "No such model {model} or task",
    "List the names with `groundfog models`.",
    prefix="AiError: ",
    openai_type="invalid_request_error",
)
NO_SUCH_REQUEST = _kind(
    "NO_SUCH_REQUEST",
    5007,
    404,
    "No such request {request_id}",
    "Results of asynchronous requests are kept for a limited time: send the request again.",
    prefix="AiError: ",
)
UPSTREAM_VALIDATION = _kind(
    "UPSTREAM_VALIDATION", 5012, 422, "{what}", "Correct the part of the input that the message names."
)
STAND_IN_UNABLE = _kind(
    "STAND_IN_UNABLE",
    5012,
    422,
    "groundfog's small stand-in model, which answers in place of {model} here, cannot {what}",
    "Pull the model with `groundfog pull MODEL`, or let echo answer (GROUNDFOG_SOURCES=echo).",
)
MODEL_AGREEMENT = _kind(
    "MODEL_AGREEMENT",
    5016,
    403,
    "User has not agreed to Llama3.2 model terms",
    'Send {"prompt": "agree"} once, as the licence asks.',
)
PRIVATE_FINETUNE = _kind(
    "PRIVATE_FINETUNE",
    5018,
    403,
    "The account is not allowed to access this model",
    "Use an account that may, or another adapter.",
    openai_type="permission_error",
)
DEPRECATED_SDK = _kind(
    "DEPRECATED_SDK", 5019, 405, "Request trying to use deprecated SDK version", "Update wrangler or miniflare."
)
CONTEXT_EXCEEDED = _kind(
    "CONTEXT_EXCEEDED",
    5021,
    413,
    "The estimated number of input and maximum output tokens ({tokens}) exceeded this model context window limit "
    "({limit}).",
    "Shorten the prompt or lower max_tokens.",
    prefix="AiError: Ai: ",
)
STAND_IN_CONTEXT = _kind(
    "STAND_IN_CONTEXT",
    5021,
    413,
    "The estimated number of input and maximum output tokens ({tokens}) exceeded this model context window limit "
    "({limit}). That is the limit of groundfog's small stand-in model, which answers in place of {model} here.",
    "Pull the model with `groundfog pull MODEL`, shorten the prompt, or let echo answer (GROUNDFOG_SOURCES=echo).",
    prefix="AiError: Ai: ",
)
STREAM_WITH_SCHEMA = _kind(
    "STREAM_WITH_SCHEMA",
    5023,
    400,
    "JSON Mode does not support streaming",
    "Drop `stream` or `response_format`, or set GROUNDFOG_ALLOW_JSON_STREAM=true on the server.",
)
JSON_MODE_FAILED = _kind(
    "JSON_MODE_FAILED",
    5024,
    400,
    "JSON Mode couldn't be met",
    "Raise max_tokens so that the whole object fits, or simplify the schema.",
)
NO_JSON_SCHEMA = _kind(
    "NO_JSON_SCHEMA",
    5025,
    400,
    "This model doesn't support JSON Schema: {what}",
    "Simplify the schema as the message says, or use another model.",
)
DEPRECATED_MODEL = _kind(
    "DEPRECATED_MODEL",
    5028,
    410,
    "Model has been deprecated: {model} was deprecated on {date}",
    "Use an alternative model, or set GROUNDFOG_REFUSE_DEPRECATED=false on the server.",
    prefix="AiError: ",
)
PAID_PLAN_REQUIRED = _kind(
    "PAID_PLAN_REQUIRED",
    5035,
    403,
    "This model requires a Workers Paid plan: {model} is not available on the Workers Free plan",
    "Use an account with a paid plan, or another model.",
    openai_type="permission_error",
)
TOOL_CALL_IMPOSSIBLE = _kind(
    "TOOL_CALL_IMPOSSIBLE",
    8006,
    400,
    "The forced tool call did not fit into max_tokens ({max_tokens})",
    "Raise max_tokens.",
)
NOT_AVAILABLE = _kind(
    "NOT_AVAILABLE",
    3043,
    503,
    "No source can answer {model}: {what}",
    "Pull its weights with `groundfog pull MODEL`, or add a source to GROUNDFOG_SOURCES.",
    openai_type="server_error",
)
ENGINE_MISSING = _kind(
    "ENGINE_MISSING",
    3044,
    503,
    "The engine {engine} is not installed: pip install {install}",
    "Install the extra that the message names, on the server.",
    openai_type="server_error",
)
BAD_MODEL_FILE = _kind(
    "BAD_MODEL_FILE",
    3045,
    500,
    "The model file {file} cannot be loaded: {what}",
    "Pull the model again (`groundfog pull`), or give a file that the engine can read.",
    openai_type="server_error",
)
HOST_DIED = _kind(
    "HOST_DIED",
    3046,
    502,
    "The process that ran {model} ended while it answered",
    "Send the request again: a new process is started for it.",
    openai_type="server_error",
)
NOT_IMPLEMENTED = _kind(
    "NOT_IMPLEMENTED",
    3047,
    501,
    "{what}",
    "docs/fidelity.md lists what groundfog answers.",
    openai_type="server_error",
)
CONNECTION_FAILED = _kind(
    "CONNECTION_FAILED",
    3049,
    503,
    "The server {url} cannot be reached: {what}",
    "Start it with `groundfog serve`, or correct the URL.",
    openai_type="server_error",
)
STREAM_BROKEN = _kind(
    "STREAM_BROKEN",
    3050,
    502,
    "The stream ended before the answer was whole",
    "Send the request again; the server's log says why it ended.",
    openai_type="server_error",
)
NO_OPEN_WEIGHTS = _kind(
    "NO_OPEN_WEIGHTS",
    3060,
    404,
    "No weights are listed for {model}: {what}",
    "Name a repository (`groundfog pull MODEL --repo OWNER/NAME`) or files (`--from`), or use another source.",
)
HUB_UNREACHABLE = _kind(
    "HUB_UNREACHABLE",
    3061,
    503,
    "The hub at {endpoint} cannot be reached: {what}",
    "Check the connection and HF_ENDPOINT, then run the same command again: it goes on where it stopped.",
    openai_type="server_error",
)
HUB_OFFLINE = _kind(
    "HUB_OFFLINE",
    3062,
    503,
    "HF_HUB_OFFLINE is set and {what} is not on this machine",
    "Unset HF_HUB_OFFLINE for one `groundfog pull`, or give local files with `groundfog pull MODEL --from PATH`.",
    openai_type="server_error",
)
HUB_GATED = _kind(
    "HUB_GATED",
    3063,
    403,
    "The repository {repo} is gated: its licence has to be accepted on the hub first",
    "Accept the terms on the repository's page, then set HF_TOKEN to a token of that account and pull again.",
    openai_type="permission_error",
)
HUB_NOT_FOUND = _kind(
    "HUB_NOT_FOUND",
    3064,
    404,
    "The hub has no {what} in {repo}",
    "Choose another precision (`groundfog models show MODEL`), another repository (`--repo`), or files (`--from`).",
)
WRONG_DIGEST = _kind(
    "WRONG_DIGEST",
    3065,
    502,
    "{file} arrived with the digest {got} instead of {want}; it was deleted",
    "Pull again; if it happens twice, the hub or a proxy in between is giving out a damaged file.",
    openai_type="server_error",
)
DISK_FULL = _kind(
    "DISK_FULL",
    3066,
    507,
    "Not enough disk space in {folder}: {need} needed, {free} free",
    "Free some space (`groundfog rm MODEL`), choose a smaller `--precision`, or move the state directory (--state).",
    openai_type="server_error",
)
NO_ROUTE = _kind("NO_ROUTE", 7000, 400, "No route for that URI", "Check the path.", prefix="", outer=True)
NOT_ROUTABLE = _kind(
    "NOT_ROUTABLE",
    7003,
    404,
    "Could not route to {uri}, perhaps your object identifier is invalid?",
    "Check the path and the account in it.",
    prefix="",
    outer=True,
)
METHOD_NOT_ALLOWED = _kind(
    "METHOD_NOT_ALLOWED",
    7001,
    405,
    "Method {method} not available for that URI.",
    "Use the method of the documentation.",
    prefix="",
    outer=True,
)
AUTHENTICATION = _kind(
    "AUTHENTICATION",
    10000,
    401,
    "Authentication error",
    "Send `Authorization: Bearer <key>`; make a key with `groundfog keys create`.",
    prefix="",
    outer=True,
    openai_type="authentication_error",
)
FORBIDDEN = _kind(
    "FORBIDDEN",
    10001,
    403,
    "The key may not {what}",
    "Make a key with the right account and scope: `groundfog keys create --help`.",
    prefix="",
    outer=True,
    openai_type="permission_error",
)
ORIGIN_REFUSED = _kind(
    "ORIGIN_REFUSED",
    10002,
    403,
    "Web pages of {origin} may not call this server",
    "Add the page's origin to GROUNDFOG_CORS_ORIGINS on the server, or use the server with keys.",
    prefix="",
    outer=True,
    openai_type="permission_error",
)
STORE_DOWN = _kind(
    "STORE_DOWN",
    3048,
    503,
    "The store cannot be read at present",
    "Check the state directory or database; nothing was decided about your key.",
    prefix="",
    outer=True,
    openai_type="server_error",
)


def _gateway(
    key: str, code: int, status: int, message: str, next: str, openai_type: str = "invalid_request_error"
) -> Kind:
    """A row of AI Gateway's own (spec ai-gateway §4.2)."""
    return _kind(key, code, status, message, next, name="AiGatewayError", prefix="", openai_type=openai_type)


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
