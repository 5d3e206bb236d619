"""The text of the GraphQL schema, with Cloudflare's names for fields and for the types of variables (spec §3.19)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from groundfog.gateway.log_query import Dimension

MOST_GROUPS = 10_000
Count = Literal["requests", "cached", "errors"]
DATASETS: Mapping[str, Count] = MappingProxyType(
    {
        "aiGatewayRequestsAdaptiveGroups": "requests",
        "aiGatewayCacheAdaptiveGroups": "cached",
        "aiGatewayErrorsAdaptiveGroups": "errors",
    }
)
TIMES: Mapping[str, int] = MappingProxyType(
    {
        "datetimeMinute": 60,
        "datetimeFiveMinutes": 300,
        "datetimeFifteenMinutes": 900,
        "datetimeHour": 3600,
        "datetimeDay": 86_400,
        "date": 86_400,
    }
)
PLAIN: Mapping[str, Dimension] = MappingProxyType(
    {"gateway": "gateway", "provider": "provider", "model": "model", "metadataRaw": "metadata"}
)
MATCHED = ("gateway", "provider", "model")
SUMS = (
    "cost",
    "cachedRequests",
    "erroredRequests",
    "cachedTokensIn",
    "cachedTokensOut",
    "uncachedTokensIn",
    "uncachedTokensOut",
)
ORDERS = tuple(
    f"{name}_{direction}"
    for name in ("count", *(f"sum_{name}" for name in SUMS), *TIMES, *PLAIN)
    for direction in ("ASC", "DESC")
)
COMPARISONS = ("geq", "gt", "leq", "lt")


def sdl() -> str:
    """The schema's text, with Cloudflare's names for the types that variables are declared with."""
    times = "\n".join(f"  {name}: {'Date' if name == 'date' else 'Time'}" for name in TIMES)
    bounds = "\n".join(
        f"  {name}_{comparison}: {'Date' if name == 'date' else 'Time'}"
        for name in ("datetime", *TIMES)
        for comparison in COMPARISONS
    )
    matches = "\n".join(
        f"  {name}: string\n  {name}_neq: string\n  {name}_in: [string!]\n  {name}_notin: [string!]" for name in MATCHED
    )
    orders = "\n".join(f"  {order}" for order in ORDERS)
    sums = "\n".join(f"  {name}: {'float64!' if name == 'cost' else 'uint64!'}" for name in SUMS)
    fields, types = [], []
    for name in DATASETS:
        group = f"Account{name[0].upper()}{name[1:]}"
        arguments = f"filter: {group}Filter_InputObject, orderBy: [{group}OrderBy!] = [], limit: uint64 = {MOST_GROUPS}"
        fields.append(f"  {name}({arguments}): [{group}!]!")
        types.append(
            f"""
type {group} {{
  count: uint64!
  sum: {group}Sum!
  quantiles: {group}Quantiles!
  dimensions: {group}Dimensions!
}}
type {group}Sum {{
{sums}
}}
"Milliseconds; groundfog's own."
type {group}Quantiles {{ durationP50: float64 durationP90: float64 durationP95: float64 durationP99: float64 }}
type {group}Dimensions {{
{times}
  gateway: string
  provider: string
  model: string
  metadataRaw: string
}}
input {group}Filter_InputObject {{
  AND: [{group}Filter_InputObject!]
{bounds}
{matches}
}}
enum {group}OrderBy {{
{orders}
}}"""
        )
    return f"""
scalar Time
scalar Date
scalar string
scalar uint64
scalar float64
type Query {{ viewer: Viewer! }}
type Viewer {{ accounts(filter: AccountFilter_InputObject): [Account!]! }}
input AccountFilter_InputObject {{ accountTag: string }}
type Account {{
  accountTag: string!
{chr(10).join(fields)}
}}
{chr(10).join(types)}
"""
