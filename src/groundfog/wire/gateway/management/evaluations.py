"""Datasets, evaluations of them, and what can be evaluated (spec ai-gateway §5.5–§5.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.gateway.checks import Path, boolean, fields, items, refuse, text
from groundfog.gateway.evaluations import TYPES, Evaluations, EvaluationType, Measured
from groundfog.gateway.log_query import LogFilter
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import (
    BASE,
    GATEWAY,
    flag,
    gateway_of,
    json_body,
    management,
    one_of,
    page_of,
    records_of,
    stored,
)
from groundfog.wire.gateway.management.log_parameters import checked, filter_list
from groundfog.wire.http import envelope
from groundfog.wire.route import Route

DATASETS = GATEWAY + "/datasets"
EVALUATIONS = GATEWAY + "/evaluations"
FILTER_KEYS = frozenset(
    {
        "created_at",
        "request_content_type",
        "response_content_type",
        "success",
        "cached",
        "provider",
        "model",
        "cost",
        "tokens",
        "tokens_in",
        "tokens_out",
        "duration",
        "feedback",
    }
)
OPERATORS = frozenset({"eq", "contains", "lt", "gt"})


def routes() -> list[Route]:
    return management(
        ("GET", DATASETS, list_datasets, "read", "List the datasets"),
        ("POST", DATASETS, create_dataset, "admin", "Save filters over the log as a dataset"),
        ("GET", DATASETS + "/{dataset}", show_dataset, "read", "Show a dataset"),
        ("PUT", DATASETS + "/{dataset}", update_dataset, "admin", "Change a dataset"),
        ("DELETE", DATASETS + "/{dataset}", delete_dataset, "admin", "Delete a dataset"),
        ("GET", EVALUATIONS, list_evaluations, "read", "List the evaluations"),
        ("POST", EVALUATIONS, create_evaluation, "admin", "Evaluate datasets"),
        ("GET", EVALUATIONS + "/{evaluation}", show_evaluation, "read", "Show an evaluation"),
        ("DELETE", EVALUATIONS + "/{evaluation}", delete_evaluation, "admin", "Delete an evaluation"),
        ("GET", BASE + "/evaluation-types", list_types, "read", "What can be evaluated"),
    )


async def list_datasets(exchange: Exchange) -> Answer:
    rows = await stored(exchange, _table(exchange).datasets)
    return _page(exchange, rows, "enable", "filters")


async def create_dataset(exchange: Exchange) -> Answer:
    given = _dataset(await json_body(exchange))
    return envelope(await stored(exchange, _table(exchange).save_dataset, given))


async def show_dataset(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).dataset, exchange.parameters["dataset"]))


async def update_dataset(exchange: Exchange) -> Answer:
    given = _dataset(await json_body(exchange))
    return envelope(await stored(exchange, _table(exchange).save_dataset, given, exchange.parameters["dataset"]))


async def delete_dataset(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).delete_dataset, exchange.parameters["dataset"]))


async def list_evaluations(exchange: Exchange) -> Answer:
    rows = await stored(exchange, _table(exchange).evaluations)
    return _page(exchange, rows, "processed")


async def create_evaluation(exchange: Exchange) -> Answer:
    """Measures at once; the result is a snapshot. Several datasets are weighted by their numbers of rows."""
    config = gateway_of(exchange)
    ids = items(text(1, 100), 10, 1)
    given = fields(
        {"name": text(1, 200), "dataset_ids": ids, "evaluation_type_ids": ids},
        required=("name", "dataset_ids", "evaluation_type_ids"),
    )(await json_body(exchange), ())
    types = [_type(each, index) for index, each in enumerate(given["evaluation_type_ids"])]
    evaluations = _table(exchange)
    datasets = []
    for index, each in enumerate(given["dataset_ids"]):
        try:
            datasets.append(await stored(exchange, evaluations.dataset, each))
        except errors.GroundfogError as error:
            if error.kind is not errors.GATEWAY_NOT_FOUND:
                raise
            refuse(("dataset_ids", str(index)), "is no dataset of this gateway")
    measured = [await _measure(exchange, config.account, config.id, datasets, kind) for kind in types]
    total = max((each.logs for each in measured), default=0)
    return envelope(await stored(exchange, evaluations.save_evaluation, given["name"], datasets, measured, total))


async def show_evaluation(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).evaluation, exchange.parameters["evaluation"]))


async def delete_evaluation(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).delete_evaluation, exchange.parameters["evaluation"]))


async def list_types(exchange: Exchange) -> Answer:
    order_by = one_of(exchange, "order_by", "name", ("id", "name", "type", "created_at", "modified_at"))
    last_first = one_of(exchange, "order_by_direction", "asc", ("asc", "desc")) == "desc"
    rows = sorted((each.public() for each in TYPES), key=lambda row: str(row[order_by]), reverse=last_first)
    return page_of(exchange, rows)


async def _measure(
    exchange: Exchange, account: str, gateway: str, datasets: Sequence[Mapping[str, Any]], kind: EvaluationType
) -> Measured:
    records = await records_of(exchange)
    total, logs = 0.0, 0
    for dataset in datasets:
        value, count = await records.measure(account, gateway, _filters(dataset["filters"]), kind.kind)
        if value is not None:
            total += value * count
            logs += count
    if not logs:
        return Measured(kind, None, 0)
    average = total / logs
    return Measured(kind, {"cost": average / PICO, "feedback": average * 100}.get(kind.kind, average), logs)


def _page(exchange: Exchange, rows: Sequence[Mapping[str, Any]], state: str, *searched: str) -> Answer:
    """Those of the `name` and `state` that the query wants, with its `search` in their id, name or `searched`."""
    name, wanted = exchange.query.get("name"), flag(exchange, state)
    search = exchange.query.get("search", "").lower()
    found = [
        row
        for row in rows
        if name in (None, "", row["name"])
        and (wanted is None or row[state] is wanted)
        and search in " ".join([str(row[field]) for field in ("id", "name", *searched)]).lower()
    ]
    return page_of(exchange, found)


def _table(exchange: Exchange) -> Evaluations:
    return exchange.platform.gateways.parts.evaluations


def _type(type_id: str, index: int) -> EvaluationType:
    found = next((each for each in TYPES if type_id in (each.id, each.kind)), None)
    if found is None:
        refuse(("evaluation_type_ids", str(index)), "is no evaluation type; GET …/evaluation-types lists them")
    return found


def _dataset(data: Any) -> dict[str, Any]:
    given: dict[str, Any] = fields(
        {"name": text(1, 200), "enable": boolean, "filters": _dataset_filters}, required=("name", "enable", "filters")
    )(data, ())
    return given


def _dataset_filters(value: Any, path: Path) -> list[Any]:
    """Filters as they are kept: in the wire's own form, checked; one for each key (spec §3.14)."""
    if not isinstance(value, list):
        refuse(path, "must be a list")
    seen = set[str]()
    for index, (key, operator, _) in enumerate(filter_list(value)):
        if key not in FILTER_KEYS:
            refuse((*path, str(index), "key"), f"must be one of {', '.join(sorted(FILTER_KEYS))}")
        if operator not in OPERATORS:
            refuse((*path, str(index), "operator"), f"must be one of {', '.join(sorted(OPERATORS))}")
        if key in seen:
            refuse((*path, str(index), "key"), "is the key of another filter")
        seen.add(key)
    _filters(value)
    return value


def _filters(given: Sequence[Mapping[str, Any]]) -> tuple[LogFilter, ...]:
    return checked(filter_list(list(given)))
