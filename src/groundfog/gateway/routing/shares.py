"""Which share of a percentage element a caller falls into: always the same one, and callers spread evenly."""

from __future__ import annotations

import hashlib

from groundfog.gateway.request import Request
from groundfog.gateway.routing.elements import Percentage
from groundfog.gateway.routing.facts import Facts

USER_KEYS = ("metadata.user_id", "metadata.userId", "metadata.user", "metadata.cf.user_id")
_SPACE = 1 << 64


def caller(request: Request, facts: Facts, key: str | None) -> str:
    """What tells this caller from others.

    The element's own `key`; else the user in the metadata, the signed-in user, the session; else the event id, which
    only repeats when the caller sends the same one again. API keys don't tell callers apart: one key serves many users.
    """
    for name in (key,) if key is not None else USER_KEYS:
        found = facts.text(name)
        if found is not None:
            return found
    return request.identity.user_id or request.options.session_id or request.event_id


def share_of(route_id: str, element: Percentage, caller: str) -> str:
    """The element that comes next: SHA-256 of route, element and caller, as a number from 0 to 100."""
    text = b"\0".join(part.encode() for part in (route_id, element.id, caller))
    place = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    for until, target in element.shares:
        if place * 100 < until * _SPACE:
            return target
    return element.shares[-1][1]
