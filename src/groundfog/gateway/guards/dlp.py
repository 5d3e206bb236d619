"""Data loss prevention: policies that look for profiles in requests and answers (spec ai-gateway §3.18)."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import orjson

from groundfog import errors
from groundfog.gateway.guards.profiles import Profile, custom, predefined
from groundfog.gateway.guards.text import Piece

Action = Literal["FLAG", "BLOCK"]
Check = Literal["REQUEST", "RESPONSE"]
SLICE = 16 * 1024
"""Characters that are looked at in one go; the event loop has its turn between."""
OVERLAP = 4096
"""Characters that two slices share, so that nothing is cut for both."""


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """`id` is empty in the form without policies."""

    id: str
    action: Action
    checks: frozenset[str]
    profiles: tuple[Profile, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Entries of one profile that were found; what was found is kept nowhere."""

    check: Check
    profile_id: str
    entry_ids: tuple[str, ...]
    policy_ids: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        profile = {"context": {}, "entry_ids": list(self.entry_ids), "profile_id": self.profile_id}
        return {"profile": profile, "policy_ids": list(self.policy_ids), "check": self.check}


@dataclasses.dataclass(frozen=True, slots=True)
class Findings:
    action: Action
    found: tuple[Finding, ...]

    def header(self) -> str:
        """Value of `cf-aig-dlp`."""
        return orjson.dumps({"findings": [each.shown() for each in self.found], "action": self.action}).decode()

    def with_earlier(self, earlier: Findings | None) -> Findings:
        """Findings of request and answer in one."""
        if earlier is None:
            return self
        action: Action = "BLOCK" if "BLOCK" in (self.action, earlier.action) else "FLAG"
        return Findings(action, (*earlier.found, *self.found))


class Dlp:
    """The policies of a gateway that are about one side, requests or responses."""

    def __init__(self, check: Check, policies: Sequence[Policy]) -> None:
        self._check = check
        self._policies = tuple(policies)
        self._profiles = {profile.id: profile for policy in policies for profile in policy.profiles}
        self.blocks = any(policy.action == "BLOCK" for policy in policies)

    @classmethod
    def of(cls, config: Mapping[str, Any] | None, own: Mapping[str, Any], check: Check) -> Dlp | None:
        """Those of a gateway's setting `dlp`, with its own profiles; None where nothing is to be checked."""
        policies = [policy for policy in read_policies(config, own) if check in policy.checks]
        return cls(check, policies) if policies else None

    async def find(self, pieces: Sequence[Piece]) -> Findings | None:
        """What stands in the texts; None for nothing."""
        entries = {profile.id: [*profile.entries] for profile in self._profiles.values()}
        found: dict[str, list[str]] = {}
        for text in _slices(pieces):
            for profile_id, left in entries.items():
                hits = [entry for entry in left if entry.finds(text)]
                for entry in hits:
                    found.setdefault(profile_id, []).append(entry.id)
                    left.remove(entry)
            if len(text) >= SLICE:
                await asyncio.sleep(0)
        matched = [policy for policy in self._policies if any(profile.id in found for profile in policy.profiles)]
        if not matched:
            return None
        action: Action = "BLOCK" if any(policy.action == "BLOCK" for policy in matched) else "FLAG"
        return Findings(action, tuple(self._finding(id, ids, matched) for id, ids in found.items()))

    def _finding(self, profile_id: str, entry_ids: Sequence[str], matched: Sequence[Policy]) -> Finding:
        policies = tuple(
            policy.id for policy in matched if policy.id and any(each.id == profile_id for each in policy.profiles)
        )
        return Finding(self._check, profile_id, tuple(entry_ids), policies)


def read_policies(config: Mapping[str, Any] | None, own: Mapping[str, Any]) -> list[Policy]:
    """Both shapes. Raises GATEWAY_INVALID for a profile that there is not, or a pattern that is none."""
    if not config or not config.get("enabled"):
        return []
    known = {
        **predefined(),
        **{id: custom(id, profile, ("groundfog", "dlp_profiles", id)) for id, profile in own.items()},
    }
    if "policies" not in config:
        both = frozenset({"REQUEST", "RESPONSE"})
        return [Policy("", config["action"], both, _named(config["profiles"], known, ("dlp", "profiles")))]
    return [
        Policy(
            policy["id"],
            policy["action"],
            frozenset(policy["check"]),
            _named(policy["profiles"], known, ("dlp", "policies", str(number), "profiles")),
        )
        for number, policy in enumerate(config["policies"])
        if policy.get("enabled", True)
    ]


def _named(ids: Sequence[str], known: Mapping[str, Profile], path: tuple[str, ...]) -> tuple[Profile, ...]:
    for number, id in enumerate(ids):
        if id not in known:
            raise errors.GATEWAY_INVALID(
                what=f"there is no DLP profile {id}; there are {', '.join(sorted(known))}", path=(*path, str(number))
            )
    return tuple(known[id] for id in dict.fromkeys(ids))


def _slices(pieces: Sequence[Piece]) -> Iterator[str]:
    """The texts, the long ones in pieces that overlap, the short ones several at a time."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        text = piece.text
        if size + len(text) > SLICE and waiting:
            yield "\n".join(waiting)
            waiting, size = [], 0
        while len(text) > SLICE:
            yield text[:SLICE]
            text = text[SLICE - OVERLAP :]
        waiting.append(text)
        size += len(text) + 1
    if waiting:
        yield "\n".join(waiting)
