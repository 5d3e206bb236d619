"""One policy: what it may say, and what it says about a request (spec ai-gateway §3.7)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn

from groundfog import errors
from groundfog.gateway.glob import matches
from groundfog.gateway.policies.cel import CelError, CelSyntaxError, Missing, Program, compile_program
from groundfog.gateway.routing.pool import ALIASES
from groundfog.metering.claims import PERIODS, Period
from groundfog.metering.money import pico_of

Action = Literal["no-limit", "block", "limit"]
Applies = Literal["yes", "no", "missing"]
VARIABLES = ("cf", "metadata")
FIELDS = ("name", "actor", "resource", "condition", "action")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FIELD = re.compile(r"cf\.user\.(?:id|email)|cf\.country|cf\.custom\.[A-Za-z0-9_.-]+|metadata\.[^{}]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """`amount` in pico-dollars per `period`. `excepts`: the block is for all but the resource."""

    id: str
    name: str
    actor: str
    resource: Resource
    condition: Program
    action: Action
    excepts: bool = False
    amount: int = 0
    period: Period = "monthly"

    def applies(self, facts: Mapping[str, Any]) -> Applies:
        """Whether the condition holds. `missing`: it names something of the caller's that is not known."""
        try:
            return "yes" if self.condition.value(facts) is True else "no"
        except Missing as missing:
            return "missing" if missing.field.startswith("cf.") else "no"
        except CelError:
            return "no"

    def bucket(self, facts: Mapping[str, Any]) -> str | None:
        """The actor, filled in; None when a placeholder cannot be."""
        parts: list[str] = []
        end = 0
        for found in _PLACEHOLDER.finditer(self.actor):
            value = _looked_up(facts, found.group(1))
            if value is None:
                return None
            parts += (self.actor[end : found.start()], value)
            end = found.end()
        return "".join((*parts, self.actor[end:]))


@dataclasses.dataclass(frozen=True, slots=True)
class Resource:
    """None is: any. `*` in models does not cross `/`; models are named with their provider or without."""

    models: tuple[str, ...] | None
    providers: tuple[str, ...] | None

    def covers(self, provider: str, model: str | None) -> bool:
        if self.providers is not None and provider not in self.providers:
            return False
        if self.models is None:
            return True
        if model is None:
            return False
        names = (model, f"{provider}/{model}")
        return any(matches(pattern, name) for pattern in self.models for name in names)

    @property
    def key(self) -> str:
        """The same text for the same resource."""
        return f"{','.join(sorted(self.models or ('*',)))}@{','.join(sorted(self.providers or ('*',)))}"


def read_policy(data: Mapping[str, Any], id: str = "") -> Policy:
    """Raises GATEWAY_INVALID that names the field; for a condition, the character too."""
    for field in data:
        if field not in FIELDS:
            _refuse((str(field),), f"`{field}` is no field of a policy; there are {', '.join(FIELDS)}")
    name = data.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 200:
        _refuse(("name",), "`name` must be 1 to 200 characters")
    action, excepts, amount, period = _action(data.get("action"))
    return Policy(
        id,
        name,
        _actor(data.get("actor", "")),
        _resource(data.get("resource", "*")),
        _condition(data.get("condition", "true")),
        action,
        excepts,
        amount,
        period,
    )


def _actor(given: object) -> str:
    if not isinstance(given, str) or len(given) > 500:
        _refuse(("actor",), "`actor` must be a text of at most 500 characters")
    for field in _PLACEHOLDER.findall(given):
        if _FIELD.fullmatch(field) is None:
            _refuse(
                ("actor",),
                f"`actor`: {{{field}}} must be cf.user.id, cf.user.email, cf.country, cf.custom.… or metadata.…",
            )
    return given


def _resource(given: object) -> Resource:
    if given == "*":
        return Resource(None, None)
    if not isinstance(given, Mapping) or not given or not set(given) <= {"model", "provider"}:
        _refuse(("resource",), '`resource` must be "*", or an object with `model`, `provider` or both')
    providers = _names(given, "provider")
    if providers is not None:
        for name in providers:
            if "*" in name and name != "*":
                _refuse(("resource", "provider"), "providers have no wildcards")
        providers = None if "*" in providers else tuple(ALIASES.get(name, name) for name in providers)
    models = _names(given, "model")
    return Resource(None if models is not None and "*" in models else models, providers)


def _names(given: Mapping[str, Any], field: str) -> tuple[str, ...] | None:
    value = given.get(field)
    if value is None:
        return None
    names: Sequence[Any] = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if not names or not all(isinstance(name, str) and 0 < len(name) <= 300 for name in names):
        _refuse(("resource", field), f"`{field}` must be a name or a list of names")
    return tuple(names)


def _condition(given: object) -> Program:
    if not isinstance(given, str):
        _refuse(("condition",), "`condition` must be a CEL expression")
    try:
        return compile_program(given, VARIABLES)
    except CelSyntaxError as error:
        _refuse(("condition",), f"`condition`: {error}")


def _action(given: object) -> tuple[Action, bool, int, Period]:
    if not isinstance(given, Mapping):
        _refuse(("action",), "`action` must be an object with `type`")
    match given.get("type"):
        case "no-limit":
            return "no-limit", False, 0, "monthly"
        case "block":
            excepts = given.get("except", False)
            if not isinstance(excepts, bool):
                _refuse(("action", "except"), "`except` must be true or false")
            return "block", excepts, 0, "monthly"
        case "limit":
            return "limit", False, _amount(given.get("amount")), _period(given)
    return _refuse(("action", "type"), "`type` must be no-limit, block or limit")


def _amount(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1e9:
        _refuse(("action", "amount"), "`amount` must be US dollars, 0 or more")
    return pico_of(given)


def _period(given: Mapping[str, Any]) -> Period:
    if given.get("technique", "named-interval") != "named-interval":
        _refuse(("action", "technique"), "`technique` must be named-interval")
    period: Period | None = next((each for each in PERIODS if each == given.get("period")), None)
    if period is None:
        _refuse(("action", "period"), f"`period` must be one of {', '.join(PERIODS)}")
    return period


def _looked_up(facts: Mapping[str, Any], field: str) -> str | None:
    root, _, rest = field.partition(".")
    found: Any = facts.get(root)
    # A key of the metadata may have dots in it.
    for part in (rest,) if root == "metadata" else rest.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, Mapping | list | tuple):
        return None
    return ("true" if found else "false") if isinstance(found, bool) else str(found)


def _refuse(path: tuple[str, ...], what: str) -> NoReturn:
    raise errors.GATEWAY_INVALID(what=what, path=path)
