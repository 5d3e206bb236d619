"""The elements of a dynamic route, typed (spec ai-gateway §3.15). Reading them checks each element alone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from groundfog import errors
from groundfog.gateway.routing.conditions import Test, compile_test
from groundfog.metering.claims import Technique
from groundfog.metering.money import pico_of

MAX_SHARES = 5
LONGEST_TIMEOUT_MS = 600_000
MAX_WINDOW_S = 366 * 86_400
MAX_ATTEMPTS = 5
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%")


@dataclasses.dataclass(frozen=True, slots=True)
class Start:
    id: str
    next: str


@dataclasses.dataclass(frozen=True, slots=True)
class Conditional:
    id: str
    test: Test
    yes: str
    no: str


@dataclasses.dataclass(frozen=True, slots=True)
class Percentage:
    """`shares`: up to which percent (0 … 100, growing) goes where. `key` names what a caller is told apart by."""

    id: str
    shares: tuple[tuple[Decimal, str], ...]
    key: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """`limit` in requests, or in pico-dollars where `cost`."""

    id: str
    cost: bool
    key: str | None
    limit: int
    window: int
    technique: Technique
    success: str
    fallback: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    id: str
    provider: str
    model: str
    timeout_ms: int | None
    attempts: int | None
    """Total tries, the first included."""
    success: str | None
    fallback: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    id: str


Element = Start | Conditional | Percentage | Rate | Model | End


def read_element(given: object, index: int) -> Element:
    """One element. Raises GATEWAY_INVALID that names it, with `path` in the body of the request."""
    if not isinstance(given, Mapping):
        _refuse(index, None, "must be an object")
    id = given.get("id")
    if not isinstance(id, str) or not id or len(id) > 128:
        _refuse(index, None, "needs an `id` of 1 to 128 characters", "id")
    kind = given.get("type")
    make = _KINDS.get(kind) if isinstance(kind, str) else None
    if make is None:
        _refuse(index, id, f"has the unknown type {kind!r}; there are {', '.join(sorted(_KINDS))}", "type")
    properties = given.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, Mapping):
        _refuse(index, id, "`properties` must be an object", "properties")
    outputs = given.get("outputs")
    if outputs is None:
        outputs = {}
    if not isinstance(outputs, Mapping):
        _refuse(index, id, "`outputs` must be an object", "outputs")
    return make(_Raw(index, id, properties, outputs))


def outputs_of(element: Element) -> tuple[str, ...]:
    """The ids of the elements that may come next."""
    match element:
        case Start(next=next):
            return (next,)
        case Conditional(yes=yes, no=no):
            return (yes, no)
        case Percentage(shares=shares):
            return tuple(target for _, target in shares)
        case Rate(success=success, fallback=fallback):
            return (success,) if fallback is None else (success, fallback)
        case Model(success=done, fallback=fallback):
            return tuple(target for target in (done, fallback) if target is not None)
        case End():
            return ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Raw:
    index: int
    id: str
    properties: Mapping[str, Any]
    outputs: Mapping[str, Any]

    def refuse(self, what: str, *path: str) -> NoReturn:
        _refuse(self.index, self.id, what, *path)

    def target(self, name: str) -> str | None:
        given = self.outputs.get(name)
        if given is None:
            return None
        target = given.get("elementId") if isinstance(given, Mapping) else None
        if not isinstance(target, str) or not target:
            self.refuse(f'output `{name}` must be {{"elementId": "…"}}', "outputs", name)
        return target

    def needed(self, name: str) -> str:
        target = self.target(name)
        if target is None:
            self.refuse(f"needs the output `{name}`", "outputs", name)
        return target

    def only(self, *names: str) -> None:
        for name in self.outputs:
            if name not in names:
                self.refuse(f"has no output `{name}`; there are {', '.join(names)}", "outputs", str(name))

    def text(self, name: str) -> str | None:
        given = self.properties.get(name)
        if given is not None and (not isinstance(given, str) or not given or not given.isprintable()):
            self.refuse(f"`{name}` must be a text without control characters", "properties", name)
        return given

    def whole(self, name: str, least: int, most: int) -> int | None:
        given = self.properties.get(name)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or given != int(given):
            self.refuse(f"`{name}` must be a whole number", "properties", name)
        if not least <= given <= most:
            self.refuse(f"`{name}` must be {least} to {most}", "properties", name)
        return int(given)


def _start(raw: _Raw) -> Start:
    raw.only("next")
    return Start(raw.id, raw.needed("next"))


def _conditional(raw: _Raw) -> Conditional:
    raw.only("true", "false")
    name = "conditions" if "conditions" in raw.properties else "condition"
    if name not in raw.properties:
        raw.refuse("needs `conditions`", "properties", "conditions")
    where = f"element {raw.id!r}: `{name}`"
    path = ("elements", str(raw.index), "properties", name)
    return Conditional(raw.id, compile_test(raw.properties[name], where, path), raw.needed("true"), raw.needed("false"))


def _percentage(raw: _Raw) -> Percentage:
    shares: list[tuple[Decimal, str]] = []
    total = Decimal(0)
    for name in raw.outputs:
        if name == "else":
            continue
        share = _PERCENT.fullmatch(str(name))
        if share is None or Decimal(share.group(1)) > 100:
            raw.refuse(f'output `{name}` must be a percentage as "25%", or `else`', "outputs", str(name))
        total += Decimal(share.group(1))
        shares.append((total, raw.needed(str(name))))
    if not shares or len(shares) > MAX_SHARES:
        raw.refuse(f"needs 1 to {MAX_SHARES} shares", "outputs")
    otherwise = raw.target("else")
    if total > 100 or (total < 100 and otherwise is None):
        raw.refuse(f"the percentages sum to {total} and not to 100", "outputs")
    if otherwise is not None:
        shares.append((Decimal(100), otherwise))
    return Percentage(raw.id, tuple(shares), _key(raw))


def _rate(raw: _Raw) -> Rate:
    raw.only("success", "fallback")
    kind = raw.properties.get("limitType", "count")
    if kind not in ("count", "cost"):
        raw.refuse("`limitType` must be count or cost", "properties", "limitType")
    window = raw.whole("window", 1, MAX_WINDOW_S) or raw.whole("interval", 1, MAX_WINDOW_S)
    if window is None:
        raw.refuse("needs a `window` in seconds", "properties", "window")
    technique: Technique = "sliding" if raw.properties.get("technique") == "sliding" else "fixed"
    if raw.properties.get("technique") not in (None, "fixed", "sliding"):
        raw.refuse("`technique` must be fixed or sliding", "properties", "technique")
    limit = raw.properties.get("limit")
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1_000_000_000:
        raw.refuse("needs a `limit` above 0", "properties", "limit")
    if kind == "count" and limit != int(limit):
        raw.refuse("`limit` must be a whole number of requests", "properties", "limit")
    amount = pico_of(limit) if kind == "cost" else int(limit)
    return Rate(
        raw.id, kind == "cost", _key(raw), amount, window, technique, raw.needed("success"), raw.target("fallback")
    )


def _model(raw: _Raw) -> Model:
    raw.only("success", "fallback")
    provider, model = raw.text("provider"), raw.text("model")
    if provider is None or "/" in provider:
        raw.refuse("needs a `provider`", "properties", "provider")
    if model is None:
        raw.refuse("needs a `model`", "properties", "model")
    timeout = raw.whole("timeout", 0, LONGEST_TIMEOUT_MS)
    attempts = raw.whole("retries", 0, MAX_ATTEMPTS)
    return Model(
        raw.id,
        provider,
        model,
        timeout or None,
        None if attempts is None else max(1, attempts),
        raw.target("success"),
        raw.target("fallback"),
    )


def _end(raw: _Raw) -> End:
    if raw.outputs:
        raw.refuse("is the end and has no outputs", "outputs")
    return End(raw.id)


def _key(raw: _Raw) -> str | None:
    key = raw.text("key")
    if key is not None and key.partition(".")[0] not in ("metadata", "headers", "body"):
        raw.refuse("`key` must begin with metadata., headers. or body.", "properties", "key")
    return key


def _refuse(index: int, id: str | None, what: str, *path: str) -> NoReturn:
    name = repr(id) if id is not None else f"number {index}"
    raise errors.GATEWAY_INVALID(what=f"element {name}: {what}", path=("elements", str(index), *path))


_KINDS: Mapping[str, Callable[[_Raw], Element]] = {
    "start": _start,
    "conditional": _conditional,
    "percentage": _percentage,
    "rate": _rate,
    "rate_limit": _rate,
    "model": _model,
    "end": _end,
}
