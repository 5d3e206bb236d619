"""The application called in its owner's own process, without a network: who reads the files needs no key."""

from __future__ import annotations

from collections.abc import Sequence

from groundfog.wire.auth import ANONYMOUS, Auth, Principal
from groundfog.wire.exchange import Exchange
from groundfog.wire.route import Scope


class OwnerAuth(Auth):
    """Lets everything through. For `App.auth` of an application that listens nowhere."""

    @property
    def has_keys(self) -> bool:
        return False

    @property
    def is_open(self) -> bool:
        return True

    def check(self, exchange: Exchange, scope: Scope, *, any_account: bool = False) -> Principal:
        return ANONYMOUS

    def identify(self, account: str, secrets: Sequence[str], scope: Scope = "run") -> Principal | None:
        return ANONYMOUS
