"""One model of the catalogue, typed. docs/catalogue.md describes the fields."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal["active", "deprecated", "alias", "alias-of-deprecated", "access-on-request", "unconfirmed"]


class Price(msgspec.Struct, frozen=True):
    """`neurons` per `unit` is what is billed; `usd` is rounded for display."""

    unit: str
    usd: float | None = None
    neurons: float | None = None
    source: str | None = None
    as_of: str | None = None
    note: str | None = None


class Deprecation(msgspec.Struct, frozen=True):
    """`date` (YYYY-MM-DD) a model is or was withdrawn on; `replacement` is the id that its requests are sent to."""

    date: str
    replacement: str | None = None


class Properties(msgspec.Struct, frozen=True):
    lora: bool | None = None
    function_calling: bool | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    async_queue: bool | None = None
    realtime: bool | None = None
    partner: bool | None = None
    beta: bool | None = None
    terms: bool | None = None
    require_workers_paid: bool | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue entry; None means unknown. Token counts are in the model's own tokens."""

    id: str
    status: Status
    alias_of: str | None = None
    task: str | None = None
    author: str | None = None
    context_window: int | None = None
    max_input_tokens: int | None = None
    output_dimensions: int | None = None
    max_output_tokens: int | None = None
    default_max_tokens: int | None = None
    price: list[Price] | None = None
    rate_limit_per_minute: int | None = None
    properties: Properties = Properties()
    terms_url: str | None = None
    deprecation_date: str | None = None
    replacement: str | None = None
    hf_repo: str | None = None
    hf_repo_basis: str | None = None
    parameters: dict[str, Any] | None = None
    license: str | None = None
    input_schema_kind: str | None = None
    output_kind: str | None = None
    types_interface: str | None = None
    added: str | None = None
    named_in_seeds: list[str] = []
    notes: list[str] = []
