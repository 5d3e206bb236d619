"""A request on its way through a gateway: the whole of it, and one step of it (one provider that may answer)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
import orjson

from groundfog.gateway import packed
from groundfog.gateway.options import Options

if TYPE_CHECKING:
    from groundfog.gateway.record import Draft
    from groundfog.metering.ledger import Claim, Reservation

Headers = list[tuple[bytes, bytes]]
"""Lower-case names."""
Surface = Literal["native", "compat", "universal", "rest", "binding", "websocket"]


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, as the dialect found out. `authenticated`: a valid key, the binding, or a server that needs none."""

    authenticated: bool
    key_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    groups: tuple[str, ...] = ()
    claims: dict[str, Any] = dataclasses.field(default_factory=dict)


class Translation(Protocol):
    """Turns a provider's answer into the dialect that the caller asked in. One for each answer."""

    content_type: bytes
    """Of a whole answer; streams are always `text/event-stream`."""

    def whole(self, status: int, body: bytes) -> bytes:
        """A whole answer, an error of the provider's too."""
        ...

    def feed(self, chunk: bytes) -> bytes:
        """Bytes of a stream as they come, cut anywhere; gives what is complete."""
        ...

    def finish(self) -> bytes:
        """What is owed at the end of a stream."""
        ...


class Step(msgspec.Struct):
    """One provider's chance to answer. `endpoint` is the path below the provider's base, without `/` before it.

    `body` and `headers` are what goes to the provider (hop-by-hop headers, credentials of ours and `cf-aig-*` are
    already gone; provider credentials of the caller's are still there).
    """

    provider: str
    """Canonical slug, or `custom-{slug}`."""
    endpoint: str
    method: str
    headers: Headers
    body: bytes
    options: Options
    query: str = ""
    """Without `?`."""
    index: int = 0
    model: str | None = None
    """As the caller named it, without a provider before it; None where the body has none."""
    stream: bool = False
    translation: Translation | None = None
    wait_forever: bool = True
    """Nothing comes after this step: its last attempt has no time limit for the first byte (spec §3.8)."""
    deadline: float | None = None
    log_id: str = ""
    draft: Draft | None = None
    claims: tuple[Claim, ...] = ()
    """Budgets of a route or a policy that this step is charged to, beside the gateway's own (in pico-dollars)."""
    _data: Any = None
    _plain: bytes | None = None
    """The body as plain JSON, where it came as something else."""

    def data(self) -> dict[str, Any] | None:
        """The body as a JSON object, parsed once; None when it is none."""
        if self._data is None:
            try:
                self._data = orjson.loads(self.body) if self.body else False
            except orjson.JSONDecodeError:
                self._data = self._unpacked()
        return self._data if isinstance(self._data, dict) else None

    def unpack(self) -> None:
        """Before the body is changed: make a compressed one, or one in UTF-16, plain JSON."""
        if self.data() is not None and self._plain is not None:
            self.body, self._plain = self._plain, None
            self.headers = [pair for pair in self.headers if pair[0] != b"content-encoding"]

    @property
    def size(self) -> int | None:
        """Bytes of the body when it is unpacked; None where that is unknown."""
        if self._plain is not None:
            return max(len(self._plain), len(self.body))
        return None if self._data is False and _value(self.headers, b"content-encoding") else len(self.body)

    def _unpacked(self) -> Any:
        encoding = _value(self.headers, b"content-encoding")
        try:
            data, self._plain = packed.read(self.body, encoding, _value(self.headers, b"content-type"))
        except (ValueError, packed.Unreadable):
            return False
        return data


def _value(headers: Headers, wanted: bytes) -> str:
    return next((value.decode("latin-1").strip().lower() for name, value in headers if name == wanted), "")


class Request(msgspec.Struct):
    """One request to one gateway. Its `steps` are tried in order (spec §1.3)."""

    account: str
    gateway: str
    surface: Surface
    identity: Identity
    options: Options
    steps: Sequence[Step]
    request_id: str = ""
    """UUIDv7; the identify stage sets it."""
    event_id: str = ""
    started: float = 0.0
    """Wall clock, seconds."""
    user_agent: str = ""
    route: str | None = None
    """Name of a dynamic route (`dynamic/{name}`); the route stage replaces the one step by the route's."""
    country: str | None = None
    waited_s: float = 0.0
    """Time that went by in providers and in waiting before retries."""
    log_id: str = ""
    """Of the step that was tried last; empty where nothing is logged."""
    step: int = 0
    """Index of that step."""
    recorded: bool = False
    """A record has taken the request's id; later ones get ids of their own."""
    counted: list[Reservation] = msgspec.field(default_factory=list)
    """What a route counted before there was a record: the next record takes it, else it is given back."""
    refused: BaseException | None = None
    """The last refusal that is on record."""
    unified: bool = False
    """The last attempt used the operator's key."""
    limited: bool = False
    """The rate limit has counted this request."""
    extra_headers: Headers = msgspec.field(default_factory=list)
    """What stages add to the answer, whatever it becomes."""
