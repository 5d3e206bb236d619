"""Spans reach a collector in both forms, and a collector that fails is in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from groundfog.gateway.config import Otel
from groundfog.gateway.record import Record
from groundfog.gateway.records import Records, otel, otlp
from groundfog.gateway.records.otel import Exporter
from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse
from tests.support.records import NOON, record

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class FakeCollector:
    """An upstream that keeps what is sent to it, and answers what it is told to."""

    def __init__(self) -> None:
        self.requests: list[UpstreamRequest] = []
        self.answers: list[int | Exception] = []
        self.answered = asyncio.Event()

    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if not self.answers:
            self.answered.set()
        if isinstance(answer, Exception):
            raise answer
        return UpstreamResponse(answer, [], body=b"{}")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otel, "GATHER_S", 0.01)
    monkeypatch.setattr(otel, "FIRST_DELAY_S", 0.001)


@pytest.fixture
async def collector() -> FakeCollector:
    return FakeCollector()


Make = Callable[..., Exporter]


@pytest.fixture
async def exporter(collector: FakeCollector) -> AsyncIterator[Make]:
    made: list[Exporter] = []

    def make(**fields: Any) -> Exporter:
        one = Otel(url="http://collector.test/v1/traces", **fields)
        made.append(Exporter(collector, lambda account, gateway: (one,) if gateway == "prod" else None))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


def answered() -> Record:
    return record(
        created_at=NOON + 0.25,
        duration_ms=120,
        trace_id=TRACE,
        parent_span_id=PARENT,
        metadata={"user": "u1", "beta": True, "n": 3, "gen_ai.request.model": "forged"},
        request_body=b'{"messages":[]}',
        response_body=b"data: [DONE]\n\n",
    )


def check(span: dict[str, Any], attributes: dict[str, Any], given: Record) -> None:
    assert attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.model.provider": "openai",
        "gen_ai.provider.name": "openai",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cost": 7e-06,
        "gen_ai.prompt_json": '{"messages":[]}',
        "gen_ai.completion_json": '"data: [DONE]\\n\\n"',
        "http.response.status_code": 200,
        "ai_gateway.gateway": "prod",
        "ai_gateway.log_id": given.id,
        "ai_gateway.cached": False,
        "user": "u1",
        "beta": True,
        "n": 3,
    }
    assert span == {"trace": TRACE, "parent": PARENT, "start": 1_795_262_400_250_000_000, "length": 120_000_000}


async def test_json(exporter: Make, collector: FakeCollector) -> None:
    given = answered()
    exporter(headers={"X-Team": "a"}, authorization="Bearer secret")(given)
    await asyncio.wait_for(collector.answered.wait(), 5)
    (request,) = collector.requests
    assert dict(request.headers) == {
        b"x-team": b"a",
        b"authorization": b"Bearer secret",
        b"content-type": b"application/json",
    }
    assert b"authorization" in request.secrets
    (resource,) = orjson.loads(request.body)["resourceSpans"]
    assert resource["resource"]["attributes"] == [{"key": "service.name", "value": {"stringValue": "ai-gateway"}}]
    (span,) = resource["scopeSpans"][0]["spans"]
    assert (span["name"], span["kind"], span["status"], len(span["spanId"])) == ("ai_gateway.request", 3, {}, 16)
    values = {pair["key"]: value_of(pair["value"]) for pair in span["attributes"]}
    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    found = {"trace": span["traceId"], "parent": span["parentSpanId"], "start": start, "length": end - start}
    check(found, values, given)


def value_of(value: dict[str, Any]) -> Any:
    ((kind, found),) = value.items()
    return int(found) if kind == "intValue" else found


async def test_protobuf_as_its_own_library_reads_it(exporter: Make, collector: FakeCollector) -> None:
    given = answered()
    exporter(content_type="protobuf")(given)
    await asyncio.wait_for(collector.answered.wait(), 5)
    (request,) = collector.requests
    assert (b"content-type", b"application/x-protobuf") in request.headers
    message = ExportTraceServiceRequest.FromString(request.body)
    (resource,) = message.resource_spans
    assert resource.resource.attributes[0].value.string_value == "ai-gateway"
    (span,) = resource.scope_spans[0].spans
    assert (span.name, span.kind, span.status.code, len(span.span_id)) == ("ai_gateway.request", 3, 0, 8)
    values = {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in span.attributes}
    found = {
        "trace": span.trace_id.hex(),
        "parent": span.parent_span_id.hex(),
        "start": span.start_time_unix_nano,
        "length": span.end_time_unix_nano - span.start_time_unix_nano,
    }
    check(found, values, given)


def test_failures_are_marked_in_both_forms() -> None:
    failed = record(success=False, status_code=429, error_code=2003, cost=None, tokens_in=None, tokens_out=None)
    span = otlp.span_of(failed, TRACE, PARENT)
    kept = orjson.loads(otlp.as_json([span]))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert (kept["status"], kept["traceId"]) == ({"code": 2}, TRACE)
    assert {"key": "error.type", "value": {"stringValue": "2003"}} in kept["attributes"]
    message = ExportTraceServiceRequest.FromString(otlp.as_protobuf([span]))
    (read,) = message.resource_spans[0].scope_spans[0].spans
    assert (read.status.code, read.parent_span_id) == (2, b"")


async def test_spans_travel_together(exporter: Make, collector: FakeCollector) -> None:
    export = exporter()
    for _ in range(50):
        export(record())
    export(record(gateway="silent"))
    await asyncio.wait_for(collector.answered.wait(), 5)
    (request,) = collector.requests
    spans = orjson.loads(request.body)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert (len(spans), len({span["traceId"] for span in spans})) == (50, 50)


async def test_a_collector_that_fails_is_asked_again(exporter: Make, collector: FakeCollector) -> None:
    export = exporter()
    collector.answers = [503, ConnectionRefusedError("nobody there"), 200]
    export(record())
    await asyncio.wait_for(collector.answered.wait(), 5)
    assert len(collector.requests) == 3
    assert export.dropped == 0


async def test_a_collector_that_refuses_is_not(exporter: Make, collector: FakeCollector) -> None:
    export = exporter()
    collector.answers = [400]
    export(record())
    await export.aclose()
    assert (len(collector.requests), export.dropped) == (1, 1)


async def test_too_many_spans_are_dropped_and_counted(
    exporter: Make, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otel, "MOST_WAITING", 10)
    export = exporter()
    for _ in range(25):
        export(record())
    assert export.dropped == 15
    await export.aclose()
    assert len(collector.requests) == 1


async def test_what_waits_is_sent_when_the_server_stops(
    records: Records, exporter: Make, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otel, "GATHER_S", 3600)
    export = exporter()
    records.listeners.append(export)
    records.closing.append(export.aclose)
    given = record()
    await records.append(given)
    await records.stop()
    assert given.id.encode() in collector.requests[0].body
    assert msgspec.json.decode(collector.requests[0].body)
