"""Counters of gateways for /metrics: every record adds to one series, with a bounded number of series."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from groundfog.gateway.record import UNCOUNTED, Record
from groundfog.metering.money import MICRO, PICO

MOST_SERIES = 1000
"""Callers choose model names; past this number new ones are counted together."""
OTHER = "other"
BUCKETS_MS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000)
LABELS = ("account", "gateway", "provider", "model")
Key = tuple[str, str, str, str]


class Series:
    """What one gateway asked of one model."""

    __slots__ = (
        "buckets",
        "cached",
        "cost",
        "errors",
        "milliseconds",
        "neurons",
        "requests",
        "tokens_in",
        "tokens_out",
    )

    def __init__(self) -> None:
        self.requests = 0
        self.errors = 0
        self.cached = 0
        self.tokens_in = 0
        self.tokens_out = 0
        self.cost = 0
        self.neurons = 0
        self.milliseconds = 0
        self.buckets = [0] * (len(BUCKETS_MS) + 1)


class GatewayMetrics:
    """`add` is a listener of the records; it costs about a microsecond."""

    def __init__(self) -> None:
        self._series: dict[Key, Series] = {}

    def add(self, record: Record) -> None:
        if record.request_type in UNCOUNTED:
            return
        series = self._series.get((record.account, record.gateway, record.provider, record.model))
        if series is None:
            series = self._new(record)
        series.requests += 1
        if not record.success:
            series.errors += 1
        if record.cached:
            series.cached += 1
        else:
            series.tokens_in += record.tokens_in or 0
            series.tokens_out += record.tokens_out or 0
        series.cost += record.cost or 0
        series.neurons += record.neurons or 0
        series.milliseconds += record.duration_ms
        series.buckets[bisect_left(BUCKETS_MS, record.duration_ms)] += 1

    def families(self) -> Iterator[Metric]:
        """As they stand now."""
        counters = {
            name: CounterMetricFamily(f"groundfog_gateway_{name}", about, labels=LABELS)
            for name, about in (
                ("requests", "Attempts at providers, and answers from the cache"),
                ("errors", "Those that failed"),
                ("cache_hits", "Answers from the cache"),
                ("cost_dollars", "What is known of their cost, in US dollars"),
                ("neurons", "Neurons of local models"),
            )
        }
        tokens = CounterMetricFamily(
            "groundfog_gateway_tokens", "Tokens as providers counted them", labels=(*LABELS, "kind")
        )
        seconds = HistogramMetricFamily(
            "groundfog_gateway_seconds", "Time from the request to the answer's last byte", labels=LABELS
        )
        for key, series in self._series.items():
            labels = list(key)
            counters["requests"].add_metric(labels, series.requests)
            counters["errors"].add_metric(labels, series.errors)
            counters["cache_hits"].add_metric(labels, series.cached)
            counters["cost_dollars"].add_metric(labels, series.cost / PICO)
            counters["neurons"].add_metric(labels, series.neurons / MICRO)
            tokens.add_metric([*labels, "input"], series.tokens_in)
            tokens.add_metric([*labels, "output"], series.tokens_out)
            seconds.add_metric(labels, _cumulated(series.buckets), series.milliseconds / 1000)
        yield from (*counters.values(), tokens, seconds)

    def _new(self, record: Record) -> Series:
        key: Key = (record.account, record.gateway, record.provider, record.model)
        if len(self._series) >= MOST_SERIES:
            key = (OTHER, OTHER, OTHER, OTHER)
        return self._series.setdefault(key, Series())


def _cumulated(buckets: list[int]) -> list[tuple[str, float]]:
    total, rows = 0, []
    for limit, count in zip((*BUCKETS_MS, None), buckets, strict=True):
        total += count
        rows.append(("+Inf" if limit is None else str(limit / 1000), float(total)))
    return rows
