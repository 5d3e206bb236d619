"""Rows of the models and of the REST surface (spec workers-ai §5)."""

from __future__ import annotations

from groundfog.errors.kind import row

INVALID_INPUT = row(
    "INVALID_INPUT", 1001, 400, "{what}", "Correct the request as the message says.", name="InvalidInput", prefix=""
)
INCOMPLETE_REQUEST = row(
    "INCOMPLETE_REQUEST",
    3003,
    400,
    "Request is missing headers or body: {what}",
    "Send the part that the message names.",
)
TOO_LARGE = row(
    "TOO_LARGE",
    3006,
    413,
    "Request is too large",
    "Send a smaller body, or raise GROUNDFOG_MAX_BODY_BYTES on the server.",
)
TIMEOUT = row(
    "TIMEOUT",
    3007,
    408,
    "Request timeout",
    "Ask for fewer tokens, or raise GROUNDFOG_REQUEST_TIMEOUT_S on the server (GROUNDFOG_BODY_TIMEOUT_S for uploads).",
    openai_type="timeout_error",
)
ABORTED = row(
    "ABORTED", 3008, 408, "Request was aborted", "The caller went away or the server is stopping: send it again."
)
ACCOUNT_BLOCKED = row(
    "ACCOUNT_BLOCKED",
    3023,
    403,
    "Service unavailable for account",
    "Ask whoever runs the server.",
    openai_type="permission_error",
)
UPSTREAM_REFUSED = row(
    "UPSTREAM_REFUSED", 3030, 400, "{what}", "Correct the input as the message says.", prefix="AiError: AiError: "
)
ACCOUNT_LIMITED = row(
    "ACCOUNT_LIMITED",
    3036,
    429,
    "You have used up your daily free allocation of 10,000 neurons. Please upgrade to Cloudflare's Workers Paid plan "
    "if you would like to continue usage.",
    "Wait until 00:00 UTC or raise the allocation in the server's settings.",
    openai_type="insufficient_quota",
)
FINETUNE_INCOMPLETE = row(
    "FINETUNE_INCOMPLETE",
    3039,
    400,
    "Finetune is missing required files (model.safetensors and config.json)",
    "Upload both files of the adapter.",
)
OUT_OF_CAPACITY = row(
    "OUT_OF_CAPACITY",
    3040,
    429,
    "Capacity temporarily exceeded, please try again.",
    "Try again in a moment, or give the model more slots.",
    openai_type="rate_limit_error",
)
PRIVATE_MODEL = row(
    "PRIVATE_MODEL",
    3041,
    403,
    "The account is not allowed to access this model",
    "Use an account that may, or another model.",
    openai_type="permission_error",
)
INVALID_MODEL_ID = row(
    "INVALID_MODEL_ID", 3042, 404, "The model name is invalid", "List the names with `groundfog models`."
)
EXECUTION_FAILED = row(
    "EXECUTION_FAILED",
    5001,
    500,
    "Model execution failed: {what}",
    "Read the server's log; `groundfog doctor` checks the installation.",
    openai_type="server_error",
)
INVALID_BASE64 = row(
    "INVALID_BASE64", 5004, 400, "Invalid data type for base64 input: {type}", "Send base64 text of the bytes."
)
LORA_UNSUPPORTED = row(
    "LORA_UNSUPPORTED",
    5005,
    405,
    "The model {model} does not support LoRa inference",
    "Use a model whose catalogue entry has lora: true, with an adapter made for it.",
)
BAD_INPUT = row(
    "BAD_INPUT",
    5006,
    400,
    "Bad input: Error: {what}",
    "Correct the field that the message names; GET ai/models/schema?model= shows the schema.",
    prefix="AiError: ",
)
NO_SUCH_MODEL = row(
    "NO_SUCH_MODEL",
    5007,
    400,
    "No such model {model} or task",
    "List the names with `groundfog models`.",
    prefix="AiError: ",
    openai_type="invalid_request_error",
)
NO_SUCH_REQUEST = row(
    "NO_SUCH_REQUEST",
    5007,
    404,
    "No such request {request_id}",
    "Results of asynchronous requests are kept for a limited time: send the request again.",
    prefix="AiError: ",
)
UPSTREAM_VALIDATION = row(
    "UPSTREAM_VALIDATION", 5012, 422, "{what}", "Correct the part of the input that the message names."
)
STAND_IN_UNABLE = row(
    "STAND_IN_UNABLE",
    5012,
    422,
    "groundfog's small stand-in model, which answers in place of {model} here, cannot {what}",
    "Pull the model with `groundfog pull MODEL`, or let echo answer (GROUNDFOG_SOURCES=echo).",
)
MODEL_AGREEMENT = row(
    "MODEL_AGREEMENT",
    5016,
    403,
    "User has not agreed to Llama3.2 model terms",
    'Send {"prompt": "agree"} once, as the licence asks.',
)
PRIVATE_FINETUNE = row(
    "PRIVATE_FINETUNE",
    5018,
    403,
    "The account is not allowed to access this model",
    "Use an account that may, or another adapter.",
    openai_type="permission_error",
)
DEPRECATED_SDK = row(
    "DEPRECATED_SDK", 5019, 405, "Request trying to use deprecated SDK version", "Update wrangler or miniflare."
)
CONTEXT_EXCEEDED = row(
    "CONTEXT_EXCEEDED",
    5021,
    413,
    "The estimated number of input and maximum output tokens ({tokens}) exceeded this model context window limit "
    "({limit}).",
    "Shorten the prompt or lower max_tokens.",
    prefix="AiError: Ai: ",
)
STAND_IN_CONTEXT = row(
    "STAND_IN_CONTEXT",
    5021,
    413,
    "The estimated number of input and maximum output tokens ({tokens}) exceeded this model context window limit "
    "({limit}). That is the limit of groundfog's small stand-in model, which answers in place of {model} here.",
    "Pull the model with `groundfog pull MODEL`, shorten the prompt, or let echo answer (GROUNDFOG_SOURCES=echo).",
    prefix="AiError: Ai: ",
)
STREAM_WITH_SCHEMA = row(
    "STREAM_WITH_SCHEMA",
    5023,
    400,
    "JSON Mode does not support streaming",
    "Drop `stream` or `response_format`, or set GROUNDFOG_ALLOW_JSON_STREAM=true on the server.",
)
JSON_MODE_FAILED = row(
    "JSON_MODE_FAILED",
    5024,
    400,
    "JSON Mode couldn't be met",
    "Raise max_tokens so that the whole object fits, or simplify the schema.",
)
NO_JSON_SCHEMA = row(
    "NO_JSON_SCHEMA",
    5025,
    400,
    "This model doesn't support JSON Schema: {what}",
    "Simplify the schema as the message says, or use another model.",
)
DEPRECATED_MODEL = row(
    "DEPRECATED_MODEL",
    5028,
    410,
    "Model has been deprecated: {model} was deprecated on {date}",
    "Use an alternative model, or set GROUNDFOG_REFUSE_DEPRECATED=false on the server.",
    prefix="AiError: ",
)
PAID_PLAN_REQUIRED = row(
    "PAID_PLAN_REQUIRED",
    5035,
    403,
    "This model requires a Workers Paid plan: {model} is not available on the Workers Free plan",
    "Use an account with a paid plan, or another model.",
    openai_type="permission_error",
)
TOOL_CALL_IMPOSSIBLE = row(
    "TOOL_CALL_IMPOSSIBLE",
    8006,
    400,
    "The forced tool call did not fit into max_tokens ({max_tokens})",
    "Raise max_tokens.",
)
NOT_AVAILABLE = row(
    "NOT_AVAILABLE",
    3043,
    503,
    "No source can answer {model}: {what}",
    "Pull its weights with `groundfog pull MODEL`, or add a source to GROUNDFOG_SOURCES.",
    openai_type="server_error",
)
ENGINE_MISSING = row(
    "ENGINE_MISSING",
    3044,
    503,
    "The engine {engine} is not installed: pip install {install}",
    "Install the extra that the message names, on the server.",
    openai_type="server_error",
)
BAD_MODEL_FILE = row(
    "BAD_MODEL_FILE",
    3045,
    500,
    "The model file {file} cannot be loaded: {what}",
    "Pull the model again (`groundfog pull`), or give a file that the engine can read.",
    openai_type="server_error",
)
HOST_DIED = row(
    "HOST_DIED",
    3046,
    502,
    "The process that ran {model} ended while it answered",
    "Send the request again: a new process is started for it.",
    openai_type="server_error",
)
NOT_IMPLEMENTED = row(
    "NOT_IMPLEMENTED",
    3047,
    501,
    "{what}",
    "docs/fidelity.md lists what groundfog answers.",
    openai_type="server_error",
)
CONNECTION_FAILED = row(
    "CONNECTION_FAILED",
    3049,
    503,
    "The server {url} cannot be reached: {what}",
    "Start it with `groundfog serve`, or correct the URL.",
    openai_type="server_error",
)
STREAM_BROKEN = row(
    "STREAM_BROKEN",
    3050,
    502,
    "The stream ended before the answer was whole",
    "Send the request again; the server's log says why it ended.",
    openai_type="server_error",
)
NO_OPEN_WEIGHTS = row(
    "NO_OPEN_WEIGHTS",
    3060,
    404,
    "No weights are listed for {model}: {what}",
    "Name a repository (`groundfog pull MODEL --repo OWNER/NAME`) or files (`--from`), or use another source.",
)
HUB_UNREACHABLE = row(
    "HUB_UNREACHABLE",
    3061,
    503,
    "The hub at {endpoint} cannot be reached: {what}",
    "Check the connection and HF_ENDPOINT, then run the same command again: it goes on where it stopped.",
    openai_type="server_error",
)
HUB_OFFLINE = row(
    "HUB_OFFLINE",
    3062,
    503,
    "HF_HUB_OFFLINE is set and {what} is not on this machine",
    "Unset HF_HUB_OFFLINE for one `groundfog pull`, or give local files with `groundfog pull MODEL --from PATH`.",
    openai_type="server_error",
)
HUB_GATED = row(
    "HUB_GATED",
    3063,
    403,
    "The repository {repo} is gated: its licence has to be accepted on the hub first",
    "Accept the terms on the repository's page, then set HF_TOKEN to a token of that account and pull again.",
    openai_type="permission_error",
)
HUB_NOT_FOUND = row(
    "HUB_NOT_FOUND",
    3064,
    404,
    "The hub has no {what} in {repo}",
    "Choose another precision (`groundfog models show MODEL`), another repository (`--repo`), or files (`--from`).",
)
WRONG_DIGEST = row(
    "WRONG_DIGEST",
    3065,
    502,
    "{file} arrived with the digest {got} instead of {want}; it was deleted",
    "Pull again; if it happens twice, the hub or a proxy in between is giving out a damaged file.",
    openai_type="server_error",
)
DISK_FULL = row(
    "DISK_FULL",
    3066,
    507,
    "Not enough disk space in {folder}: {need} needed, {free} free",
    "Free some space (`groundfog rm MODEL`), choose a smaller `--precision`, or move the state directory (--state).",
    openai_type="server_error",
)
NO_ROUTE = row("NO_ROUTE", 7000, 400, "No route for that URI", "Check the path.", prefix="", outer=True)
NOT_ROUTABLE = row(
    "NOT_ROUTABLE",
    7003,
    404,
    "Could not route to {uri}, perhaps your object identifier is invalid?",
    "Check the path and the account in it.",
    prefix="",
    outer=True,
)
METHOD_NOT_ALLOWED = row(
    "METHOD_NOT_ALLOWED",
    7001,
    405,
    "Method {method} not available for that URI.",
    "Use the method of the documentation.",
    prefix="",
    outer=True,
)
AUTHENTICATION = row(
    "AUTHENTICATION",
    10000,
    401,
    "Authentication error",
    "Send `Authorization: Bearer <key>`; make a key with `groundfog keys create`.",
    prefix="",
    outer=True,
    openai_type="authentication_error",
)
FORBIDDEN = row(
    "FORBIDDEN",
    10001,
    403,
    "The key may not {what}",
    "Make a key with the right account and scope: `groundfog keys create --help`.",
    prefix="",
    outer=True,
    openai_type="permission_error",
)
ORIGIN_REFUSED = row(
    "ORIGIN_REFUSED",
    10002,
    403,
    "Web pages of {origin} may not call this server",
    "Add the page's origin to GROUNDFOG_CORS_ORIGINS on the server, or use the server with keys.",
    prefix="",
    outer=True,
    openai_type="permission_error",
)
STORE_DOWN = row(
    "STORE_DOWN",
    3048,
    503,
    "The store cannot be read at present",
    "Check the state directory or database; nothing was decided about your key.",
    prefix="",
    outer=True,
    openai_type="server_error",
)
