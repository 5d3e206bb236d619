"""Counters of the server in Prometheus' text format at /metrics; the numbers of inference are read when asked for."""

from __future__ import annotations

import asyncio
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from groundfog.platform import Platform
from groundfog.wire.exchange import Exchange
from groundfog.wire.gateway.metrics import GatewayMetrics

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
STATS_TIMEOUT_S = 1.0
"""A busy host process must not hold up whoever collects the metrics."""


class Metrics:
    """One registry per server. Models that the catalogue does not have get no label of their own."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._gateways = GatewayMetrics()
        platform.gateways.parts.records.listeners.append(self._gateways.add)
        # Counted by hand, on the event loop's thread: the library's own counters take a lock for each number.
        self._answered: dict[tuple[str, str, int], _Answered] = {}
        self._seconds: dict[tuple[str, str], _Seconds] = {}

    def add(self, exchange: Exchange, status: int, seconds: float) -> None:
        model = exchange.call.model.id if exchange.call is not None else ""
        dialect = exchange.dialect
        answered = self._answered.get((dialect, model, status))
        if answered is None:
            answered = _Answered(self._seconds.setdefault((dialect, model), _Seconds()))
            self._answered[dialect, model, status] = answered
        answered.count += 1
        taken = answered.seconds
        taken.sum += seconds
        taken.buckets[bisect_left(SECONDS, seconds)] += 1

    async def render(self) -> bytes:
        """The text. Engines that do not answer within a second are left out."""
        inference = self._platform.inference
        try:
            async with asyncio.timeout(STATS_TIMEOUT_S):
                stats: Mapping[str, Mapping[str, Any]] = await inference.stats()
        except TimeoutError:
            stats = {}
        once = CollectorRegistry()
        once.register(
            _Families(
                [
                    *self._requests(),
                    *_models(inference.counters),
                    *_processes(inference.processes()),
                    *_engines(stats),
                    *self._gateways.families(),
                ]
            )
        )
        return generate_latest(once)

    def _requests(self) -> Iterator[Metric]:
        """What `add` has counted."""
        requests = CounterMetricFamily("groundfog_requests", "Answered requests", labels=("dialect", "model", "status"))
        for (dialect, model, status), answered in self._answered.items():
            requests.add_metric([dialect, model, str(status)], answered.count)
        seconds = HistogramMetricFamily(
            "groundfog_request_seconds",
            "Time from the request's head to the end of its answer",
            labels=("dialect", "model"),
        )
        for labels, taken in self._seconds.items():
            limits = [*map(str, SECONDS), "+Inf"]
            counts = map(float, itertools.accumulate(taken.buckets))
            seconds.add_metric(list(labels), list(zip(limits, counts, strict=True)), taken.sum)
        yield from (requests, seconds)


class _Seconds:
    """How long answers took: the sum, and how many fell between two of `SECONDS`."""

    __slots__ = ("buckets", "sum")

    def __init__(self) -> None:
        self.sum = 0.0
        self.buckets = [0] * (len(SECONDS) + 1)


class _Answered:
    """Requests of one dialect, model and status."""

    __slots__ = ("count", "seconds")

    def __init__(self, seconds: _Seconds) -> None:
        self.count = 0
        self.seconds = seconds


class _Families(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _models(counters: Mapping[str, Any]) -> Iterator[Metric]:
    """What inference has counted per model since the start."""
    tokens = CounterMetricFamily("groundfog_tokens", "Tokens of the model's own tokenizer", labels=("model", "kind"))
    requests = CounterMetricFamily("groundfog_model_requests", "Calls that reached a source", labels=("model",))
    errors = CounterMetricFamily("groundfog_model_errors", "Calls that failed there", labels=("model",))
    loads = CounterMetricFamily("groundfog_model_loads", "Times that the model was loaded", labels=("model",))
    seconds = GaugeMetricFamily("groundfog_model_load_seconds", "How long the last load took", labels=("model",))
    for model, counted in counters.items():
        tokens.add_metric([model, "input"], counted.input_tokens)
        tokens.add_metric([model, "output"], counted.output_tokens)
        requests.add_metric([model], counted.requests)
        errors.add_metric([model], counted.errors)
        loads.add_metric([model], counted.loads)
        seconds.add_metric([model], counted.load_seconds)
    yield from (tokens, requests, errors, loads, seconds)


def _processes(rows: Iterable[Mapping[str, Any]]) -> Iterator[Metric]:
    """Every number of what `groundfog ps` shows."""
    families: dict[str, GaugeMetricFamily] = {}
    for row in rows:
        labels = {name: str(row.get(name, "")) for name in ("model", "source", "engine")}
        _add_numbers(families, "groundfog_process_", "as `groundfog ps` shows it", labels, row)
    yield from families.values()


def _engines(stats: Mapping[str, Mapping[str, Any]]) -> Iterator[Metric]:
    """Every number that an engine tells of itself."""
    families: dict[str, GaugeMetricFamily] = {}
    for model, row in stats.items():
        _add_numbers(families, "groundfog_engine_", "as the engine tells it", {"model": model}, row)
    yield from families.values()


def _add_numbers(
    families: dict[str, GaugeMetricFamily], prefix: str, about: str, labels: Mapping[str, str], row: Mapping[str, Any]
) -> None:
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or name == "pid":
            continue
        full = prefix + re.sub(r"\W", "_", name)
        family = families.setdefault(full, GaugeMetricFamily(full, f"`{name}`, {about}", labels=tuple(labels)))
        family.add_metric(list(labels.values()), value)
