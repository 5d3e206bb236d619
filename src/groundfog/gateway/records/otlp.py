"""Spans of requests in the OpenTelemetry protocol, as JSON and as protobuf (spec ai-gateway §3.20).

Protobuf is written by hand: one message of the trace service is all that is sent.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from groundfog.gateway.record import Record

NAME = "ai_gateway.request"
SERVICE = "ai-gateway"
SCOPE = "groundfog"
CLIENT = 3
ERROR = 2
LONGEST_BODY = 262_144
"""Bytes of a prompt or completion in a span; what is longer is left out."""
Value = str | int | float | bool


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """Ids in hexadecimal, times in nanoseconds since the epoch."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    start: int
    end: int
    failed: bool
    attributes: dict[str, Value]


def span_of(record: Record, trace_id: str, span_id: str) -> Span:
    """`trace_id` counts where the record has none."""
    start = round(record.created_at * 1000) * 1_000_000
    return Span(
        trace_id=record.trace_id or trace_id,
        span_id=span_id,
        parent_span_id=record.parent_span_id,
        start=start,
        end=start + record.duration_ms * 1_000_000,
        failed=not record.success,
        attributes=dict(_attributes(record)),
    )


def _attributes(record: Record) -> Iterable[tuple[str, Value]]:
    yield "gen_ai.operation.name", operation(record.path)
    yield "gen_ai.request.model", record.model
    yield "gen_ai.model.provider", record.provider
    yield "gen_ai.provider.name", record.provider
    if record.tokens_in is not None:
        yield "gen_ai.usage.input_tokens", record.tokens_in
    if record.tokens_out is not None:
        yield "gen_ai.usage.output_tokens", record.tokens_out
    if record.cost is not None:
        yield "gen_ai.usage.cost", record.cost / 1e12
    for name, body in (("gen_ai.prompt_json", record.request_body), ("gen_ai.completion_json", record.response_body)):
        if body and len(body) <= LONGEST_BODY:
            yield name, _json(body)
    yield "http.response.status_code", record.status_code
    if not record.success:
        yield "error.type", str(record.error_code or record.status_code)
    yield "ai_gateway.gateway", record.gateway
    yield "ai_gateway.log_id", record.id
    yield "ai_gateway.cached", record.cached
    for key, value in (record.metadata or {}).items():
        if not key.startswith("gen_ai."):
            yield key, value


def operation(path: str) -> str:
    """What is asked for, in the words of the GenAI conventions."""
    lower = path.lower()
    if "embed" in lower:
        return "embeddings"
    if "generatecontent" in lower:
        return "generate_content"
    if lower.endswith("/completions") and not lower.endswith("chat/completions"):
        return "text_completion"
    return "chat"


def _json(body: bytes) -> str:
    """JSON stays as it is; anything else becomes a JSON string."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return orjson.dumps(body.decode("utf-8", "replace")).decode()
    return body.decode()


def as_json(spans: Sequence[Span]) -> bytes:
    """An `ExportTraceServiceRequest` as JSON."""
    return orjson.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": [_pair("service.name", SERVICE)]},
                    "scopeSpans": [{"scope": {"name": SCOPE}, "spans": [_span(span) for span in spans]}],
                }
            ]
        }
    )


def _span(span: Span) -> dict[str, Any]:
    found: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": NAME,
        "kind": CLIENT,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": [_pair(key, value) for key, value in span.attributes.items()],
        "status": {"code": ERROR} if span.failed else {},
    }
    if span.parent_span_id:
        found["parentSpanId"] = span.parent_span_id
    return found


def _pair(key: str, value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value}}


def as_protobuf(spans: Sequence[Span]) -> bytes:
    """The same message as protobuf: field numbers as in `opentelemetry/proto/trace/v1/trace.proto`."""
    resource = _field(1, _attribute("service.name", SERVICE))
    scope = _field(1, _field(1, SCOPE.encode()))
    return _field(1, _field(1, resource) + _field(2, scope + b"".join(_field(2, _message(span)) for span in spans)))


def _message(span: Span) -> bytes:
    parts = [
        _field(1, bytes.fromhex(span.trace_id)),
        _field(2, bytes.fromhex(span.span_id)),
        _field(4, bytes.fromhex(span.parent_span_id)) if span.parent_span_id else b"",
        _field(5, NAME.encode()),
        _number(6, CLIENT),
        struct.pack("<BQ", 7 << 3 | 1, span.start),
        struct.pack("<BQ", 8 << 3 | 1, span.end),
        *(_field(9, _attribute(key, value)) for key, value in span.attributes.items()),
        _field(15, _number(3, ERROR)) if span.failed else b"",
    ]
    return b"".join(parts)


def _attribute(key: str, value: Value) -> bytes:
    if isinstance(value, bool):
        kept = _number(2, int(value))
    elif isinstance(value, int):
        kept = _number(3, value)
    elif isinstance(value, float):
        kept = struct.pack("<Bd", 4 << 3 | 1, value)
    else:
        kept = _field(1, value.encode())
    return _field(1, key.encode()) + _field(2, kept)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
