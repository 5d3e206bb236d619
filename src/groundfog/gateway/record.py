"""What is kept of one attempt: a log row, bodies, and what it costs (spec ai-gateway §3.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from groundfog.metering.settlement import Settlement

if TYPE_CHECKING:
    from groundfog.metering.usage import Usage

__all__ = ["CHARGE", "UNCOUNTED", "Draft", "Record", "Settlement"]

CHARGE = "charge"
"""`request_type` of records that only settle what a connection that goes on has used so far; they are never logged."""
UNCOUNTED = frozenset({"guardrails", CHARGE})
"""`request_type` of records that are no requests: in no sum."""


class Record(msgspec.Struct, array_like=True, kw_only=True):
    """One row of the log as it is journalled; also carries the settlements, so that both are kept or neither is.

    `created_at` in seconds since the epoch, `duration_ms` from the request's start to the answer's last byte,
    `cost` in pico-dollars (10⁻¹² USD), None where no price is known; sizes in bytes.
    """

    id: str
    account: str
    gateway: str
    created_at: float
    provider: str
    model: str = ""
    model_type: str = ""
    path: str = ""
    duration_ms: int = 0
    first_byte_ms: int | None = None
    success: bool = True
    cached: bool = False
    status_code: int = 200
    step: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    cost: int | None = None
    neurons: int | None = None
    """In micro-neurons (10⁻⁶)."""
    custom_cost: bool = False
    metadata: dict[str, str | int | float | bool] | None = None
    request_type: str = ""
    """The surface it came by."""
    request_content_type: str = ""
    response_content_type: str = ""
    request_size: int = 0
    response_size: int = 0
    event_id: str = ""
    request_id: str = ""
    user_agent: str = ""
    authentication: bool = False
    wholesale: bool = False
    compatibility_mode: bool = False
    dlp_action: str | None = None
    dlp: str | None = None
    """The findings, JSON text as in `cf-aig-dlp`."""
    guardrails: str | None = None
    """The evaluation, JSON text."""
    error_code: int | None = None
    route: str | None = None
    source: str = ""
    """Who answered a local model: weights, stand-in, echo."""
    engine: str = ""
    key_id: str | None = None
    trace_id: str | None = None
    parent_span_id: str | None = None
    request_body: bytes | None = None
    response_body: bytes | None = None
    """None: not kept (switched off, or over the limit)."""
    settlements: list[Settlement] = []
    logged: bool = True
    """False: only counted and settled, no row is kept (`collect_logs` off)."""
    bodies_at: int | None = None
    """In a journal: the file has the bodies in the frame that begins at this byte (see `records.repeats`)."""


class Draft(msgspec.Struct):
    """A record while it is being made; stages fill in what they find out."""

    record: Record
    usage: Usage | None = None
    keep_bodies: bool = True
    received: int = 0
    """Bytes that came of a provider's stream, whatever became of them."""
