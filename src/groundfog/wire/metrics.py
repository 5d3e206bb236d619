"""Counters of the server in Prometheus' text format at /metrics; the numbers of inference are read when asked for."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from groundfog.platform import Platform
from groundfog.wire.exchange import Exchange

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


class Metrics:
    """One registry per server. Models that the catalogue does not have get no label of their own."""

    def __init__(self, platform: Platform) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "groundfog_requests",
            "Answered requests",
            ("dialect", "model", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "groundfog_request_seconds",
            "Time from the request's head to the end of its answer",
            ("dialect", "model"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._tokens = Counter(
            "groundfog_tokens", "Tokens by the model's own tokenizer", ("model", "kind"), registry=self._registry
        )
        self._registry.register(_Processes(platform))
        # `labels()` builds and hashes strings under a lock; its results are kept.
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self._token_children: dict[str, tuple[Any, Any]] = {}

    def add(self, exchange: Exchange, status: int, seconds: float) -> None:
        model = exchange.call.model.id if exchange.call is not None else ""
        dialect = exchange.dialect
        children = self._children.get((dialect, model, status))
        if children is None:
            children = (self._requests.labels(dialect, model, str(status)), self._seconds.labels(dialect, model))
            self._children[dialect, model, status] = children
        children[0].inc()
        children[1].observe(seconds)
        prompt, completion = exchange.tokens
        if prompt or completion:
            counters = self._token_children.get(model)
            if counters is None:
                counters = (self._tokens.labels(model, "prompt"), self._tokens.labels(model, "completion"))
                self._token_children[model] = counters
            counters[0].inc(prompt)
            counters[1].inc(completion)

    def render(self) -> bytes:
        return generate_latest(self._registry)


class _Processes(Collector):
    """Gauges of the loaded models, from `Inference.processes()`: every number of a row is one gauge."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is known of the names beforehand."""
        return []

    def collect(self) -> list[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for row in self._platform.inference.processes():
            labels = [str(row.get(name, "")) for name in ("model", "source", "engine")]
            for name, value in row.items():
                if isinstance(value, bool) or not isinstance(value, int | float) or name == "pid":
                    continue
                family = families.setdefault(
                    name,
                    GaugeMetricFamily(
                        f"groundfog_process_{name}",
                        f"`{name}` of a loaded model, as `groundfog ps` shows it",
                        labels=("model", "source", "engine"),
                    ),
                )
                family.add_metric(labels, value)
        return list(families.values())
