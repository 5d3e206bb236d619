"""Counters of gateways stay few, however many names callers invent."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from groundfog.gateway.record import Record
from groundfog.wire.gateway.metrics import MOST_SERIES, GatewayMetrics


class Shown(Collector):
    def __init__(self, metrics: GatewayMetrics) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return list(self._metrics.families())


def text(metrics: GatewayMetrics) -> str:
    registry = CollectorRegistry()
    registry.register(Shown(metrics))
    return generate_latest(registry).decode()


def record(model: str, **fields: object) -> Record:
    values = {"id": "x", "account": "a", "gateway": "g", "created_at": 0.0, "provider": "openai", "model": model}
    return Record(**values, **fields)  # type: ignore[arg-type]


def test_every_number_is_added_up() -> None:
    metrics = GatewayMetrics()
    metrics.add(record("m", tokens_in=3, tokens_out=4, cost=2 * 10**12, duration_ms=40))
    metrics.add(record("m", tokens_in=3, tokens_out=4, cached=True, duration_ms=1))
    metrics.add(record("m", success=False, duration_ms=400_000))
    metrics.add(record("m", request_type="guardrails"))
    labels = '{account="a",gateway="g",model="m",provider="openai"}'
    shown = text(metrics)
    for name, value in (("requests", 3), ("errors", 1), ("cache_hits", 1), ("cost_dollars", 2)):
        assert f"groundfog_gateway_{name}_total{labels} {value}.0" in shown
    assert 'kind="output",model="m",provider="openai"} 4.0' in shown
    buckets = {line.rpartition(" ")[2] for line in shown.splitlines() if 'le="0.05"' in line}
    assert buckets == {"2.0"}
    assert f"groundfog_gateway_seconds_count{labels} 3.0" in shown
    assert f"groundfog_gateway_seconds_sum{labels} 400.041" in shown


def test_past_a_thousand_series_new_ones_are_counted_together() -> None:
    metrics = GatewayMetrics()
    for number in range(MOST_SERIES + 50):
        metrics.add(record(f"model-{number}"))
    lines = [line for line in text(metrics).splitlines() if line.startswith("groundfog_gateway_requests_total")]
    assert len(lines) == MOST_SERIES + 1
    assert (
        'groundfog_gateway_requests_total{account="other",gateway="other",model="other",provider="other"} 50.0' in lines
    )
