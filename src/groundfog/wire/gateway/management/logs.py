"""The log of a gateway: rows, bodies, feedback, deletion (spec ai-gateway §3.12, §3.13, §5.3)."""

from __future__ import annotations

from typing import Any, NoReturn

import orjson

from groundfog import errors
from groundfog.clock import rfc3339
from groundfog.gateway import feedback
from groundfog.gateway.log_query import LogQuery, LogRow
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.gateway.management.answers import GATEWAY, gateway_of, json_body, records_of, whole_number
from groundfog.wire.gateway.management.log_parameters import filters, log_query, order
from groundfog.wire.http import envelope
from groundfog.wire.route import Route, route

LOGS = GATEWAY + "/logs"
LOG = LOGS + "/{log}"
HEAD_BYTES = 10_000
"""How much of a body a row shows."""
MONEY = ("min_cost", "max_cost")


def routes() -> list[Route]:
    return [
        route("GET", LOGS, list_logs, dialect="management", scope="read", summary="List a gateway's log"),
        route("DELETE", LOGS, delete_logs, dialect="management", scope="admin", summary="Delete rows of the log"),
        route("GET", LOG, show, dialect="management", scope="read", summary="Show a row of the log"),
        route("PATCH", LOG, edit, dialect="management", scope=None, summary="Give feedback on a row of the log"),
        route("GET", LOG + "/request", request_body, dialect="management", scope="read", summary="A logged request"),
        route("GET", LOG + "/response", response_body, dialect="management", scope="read", summary="A logged answer"),
    ]


async def list_logs(exchange: Exchange) -> Answer:
    """`meta_info` adds the least and the greatest of the numbers to `result_info`."""
    config = gateway_of(exchange)
    query = log_query(exchange)
    page = await (await records_of(exchange)).list(config.account, config.id, query)
    info: dict[str, Any] = {
        "page": query.page,
        "per_page": query.per_page,
        "count": len(page.rows),
        "total_count": page.total_count,
    }
    for name, value in (page.aggregates or {}).items():
        info[name] = value / PICO if name in MONEY and value is not None else value
    return envelope([log_row(row) for row in page.rows], info=info)


async def delete_logs(exchange: Exchange) -> Answer:
    """Rows that fit the filters, in order, at most `limit`. `success` stands outside and inside (spec §5.3)."""
    config = gateway_of(exchange)
    order_by, descending = order(exchange)
    query = LogQuery(filters=filters(exchange), order_by=order_by, descending=descending)
    limit = whole_number(exchange, "limit", 0, 0, 2**31) or None
    count = await (await records_of(exchange)).delete(config.account, config.id, query, limit)
    return envelope({"success": True, "deleted": count})


async def show(exchange: Exchange) -> Answer:
    return envelope(log_detail(await _find(exchange, bodies=True)))


async def edit(exchange: Exchange) -> Answer:
    """Who may run models may say how well they answered (the binding's users do), and who administers may, too."""
    try:
        exchange.authorise("run")
    except errors.GroundfogError as error:
        if error.kind is not errors.FORBIDDEN:
            raise
        exchange.authorise("admin")
    await patch_log(exchange, exchange.parameters["gateway"], exchange.parameters["log"], await json_body(exchange))
    return envelope({})


async def patch_log(exchange: Exchange, gateway: str, log_id: str, data: Any) -> None:
    """Feedback as §3.13 has it. Raises GATEWAY_INVALID, and GATEWAY_NOT_FOUND where there is no such row."""
    changes = feedback.read(data)
    records = await records_of(exchange)
    if not await records.edit(exchange.account, gateway, log_id, changes):
        _no_such(log_id)


async def request_body(exchange: Exchange) -> Answer:
    record = (await _find(exchange, bodies=True)).record
    return _payload(record.request_body, record.request_content_type, record.id)


async def response_body(exchange: Exchange) -> Answer:
    record = (await _find(exchange, bodies=True)).record
    return _payload(record.response_body, record.response_content_type, record.id)


async def find_log(exchange: Exchange, gateway: str, log_id: str, *, bodies: bool = False) -> LogRow:
    """Raises GATEWAY_NOT_FOUND."""
    row = await (await records_of(exchange)).get(exchange.account, gateway, log_id, bodies=bodies)
    if row is None:
        _no_such(log_id)
    return row


async def _find(exchange: Exchange, *, bodies: bool) -> LogRow:
    return await find_log(exchange, gateway_of(exchange).id, exchange.parameters["log"], bodies=bodies)


def _no_such(log_id: str) -> NoReturn:
    raise errors.GATEWAY_NOT_FOUND(what=f"log {log_id}")


def _payload(body: bytes | None, content_type: str, log_id: str) -> Answer:
    """A body as it was, and as data only: what a provider answered must not run on this server's origin."""
    if body is None:
        raise errors.GATEWAY_NOT_FOUND(what=f"a body of log {log_id}: it was not kept")
    safe = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox; default-src 'none'")]
    kind = content_type.encode("latin-1", "replace") or b"application/octet-stream"
    return Whole(body, kind, headers=safe)


def log_row(row: LogRow) -> dict[str, Any]:
    """A row as lists show it. What Cloudflare does not have stands under `groundfog`."""
    record = row.record
    return {
        "id": record.id,
        "created_at": rfc3339(record.created_at),
        "provider": record.provider,
        "model": record.model,
        "model_type": record.model_type,
        "path": record.path,
        "duration": record.duration_ms,
        "success": record.success,
        "cached": record.cached,
        "status_code": record.status_code,
        "step": record.step,
        "tokens_in": record.tokens_in,
        "tokens_out": record.tokens_out,
        "cost": None if record.cost is None else record.cost / PICO,
        "custom_cost": record.custom_cost,
        "metadata": None if record.metadata is None else orjson.dumps(record.metadata).decode(),
        "request_type": record.request_type,
        "request_content_type": record.request_content_type,
        "response_content_type": record.response_content_type,
        "feedback": row.feedback,
        "score": row.score,
        "event_id": record.event_id,
        "user_agent": record.user_agent,
        "dlp_action": record.dlp_action,
        "authentication": record.authentication,
        "wholesale": record.wholesale,
        "compatibilityMode": record.compatibility_mode,
        "groundfog": {name: value for name, value in _own(row).items() if value not in (None, "")},
    }


def log_detail(row: LogRow) -> dict[str, Any]:
    """A row with the beginnings of its bodies; `row` was read with them."""
    record = row.record
    shown = log_row(row)
    for side, body, size in (
        ("request", record.request_body, record.request_size),
        ("response", record.response_body, record.response_size),
    ):
        head = (body or b"")[:HEAD_BYTES]
        shown[f"{side}_size"] = size
        shown[f"{side}_head"] = head.decode("utf-8", "replace")
        shown[f"{side}_head_complete"] = body is not None and len(head) == len(body) == size
    return shown


def _own(row: LogRow) -> dict[str, Any]:
    record = row.record
    return {
        "neurons": None if record.neurons is None else record.neurons / 1_000_000,
        "tokens_cached": record.tokens_cached,
        "first_byte_ms": record.first_byte_ms,
        "request_id": record.request_id,
        "route": record.route,
        "source": record.source,
        "engine": record.engine,
        "error_code": record.error_code,
        "dlp": _json(record.dlp),
        "guardrails": _json(record.guardrails),
        "key_id": record.key_id,
        "trace_id": record.trace_id,
    }


def _json(text: str | None) -> Any:
    return orjson.loads(text) if text else None
