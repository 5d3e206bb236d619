"""Billing (spec ai-gateway §5.10), answered as it is: groundfog sells nothing, so there is no credit and no invoice."""

from __future__ import annotations

from groundfog import errors
from groundfog.gateway.log_query import AnalyticsQuery
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import BASE, one_of, page_number, records_of, whole_number
from groundfog.wire.http import envelope
from groundfog.wire.route import Handler, Route, Scope, route

BILLING = BASE + "/billing"
DAY_MS = 86_400_000
WINDOWS_MS = (("day", DAY_MS), ("hour", 3_600_000))
LATEST_MS = 10**14


def routes() -> list[Route]:
    rows: tuple[tuple[str, str, Handler, Scope, str], ...] = (
        ("GET", "/credit-balance", credit_balance, "read", "Credit: always none"),
        ("GET", "/usage-history", usage_history, "read", "What all gateways cost, in US dollars"),
        ("GET", "/invoice-history", invoice_history, "read", "Invoices: always none"),
        ("GET", "/invoice-preview", no_payments, "read", "Not available: nothing is invoiced"),
        ("POST", "/topup", no_payments, "admin", "Not available: there is nothing to pay"),
        ("POST", "/topup/status", no_payments, "admin", "Not available: there is nothing to pay"),
        ("GET", "/topup/config", no_top_up, "read", "Automatic top-up: always none"),
        ("POST", "/topup/config", refused, "admin", "Refused, as by Cloudflare for API tokens"),
        ("DELETE", "/topup/config", refused, "admin", "Refused, as by Cloudflare for API tokens"),
        ("GET", "/spending-limit", spending_limit, "read", "The account's limit: always off"),
        ("POST", "/spending-limit", refused, "admin", "Refused, as by Cloudflare; gateways have spend_limits"),
        ("DELETE", "/spending-limit", no_top_up, "admin", "Nothing to delete"),
    )
    return [
        route(method, BILLING + path, handler, dialect="management", scope=scope, summary=summary)
        for method, path, handler, scope, summary in rows
    ]


async def credit_balance(exchange: Exchange) -> Answer:
    return envelope({"balance": 0, "has_default_payment_method": False, "topup_config": {}})


async def usage_history(exchange: Exchange) -> Answer:
    """What the calls of the account's gateways cost, per day or hour (UTC); `aggregated_value` is in US dollars."""
    windows = dict(WINDOWS_MS)
    window_ms = windows[one_of(exchange, "value_grouping_window", "day", list(windows))]
    now = round(exchange.platform.clock.time() * 1000)
    end = whole_number(exchange, "end_time", now, 0, LATEST_MS)
    start = whole_number(exchange, "start_time", max(0, end - 30 * DAY_MS), 0, LATEST_MS)
    query = AnalyticsQuery(
        account=exchange.account, start=start / 1000, end=end / 1000, slot_s=window_ms // 1000, limit=10_000
    )
    history = []
    for group in await (await records_of(exchange)).analytics(query):
        begin = round((group.slot or 0) * 1000)
        history.append(
            {
                "id": f"{window_ms // 1000}-{begin // 1000}",
                "aggregated_value": group.cost / PICO,
                "start_time": begin,
                "end_time": begin + window_ms,
            }
        )
    return envelope({"history": history})


async def invoice_history(exchange: Exchange) -> Answer:
    one_of(exchange, "type", "all", ("auto", "all", "manual"))
    page, per_page = page_number(exchange)
    pagination = {"has_more": False, "page": page, "per_page": per_page, "total_count": 0}
    return envelope({"invoices": [], "pagination": pagination})


async def spending_limit(exchange: Exchange) -> Answer:
    return envelope({"config": {}, "enabled": False})


async def no_top_up(exchange: Exchange) -> Answer:
    return envelope({})


async def no_payments(exchange: Exchange) -> Answer:
    raise errors.NOT_IMPLEMENTED(what="groundfog takes no payments: there is nothing to top up and no invoice")


async def refused(exchange: Exchange) -> Answer:
    raise errors.FORBIDDEN(what="change payments")
