"""DLP profiles: what is looked for, declared in `data/detectors.json` and in a gateway's own settings (spec §3.18)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import msgspec

from groundfog.gateway.guards.checksums import CHECKSUMS
from groundfog.gateway.linear import compile_pattern

NEAR = 64
"""Characters before and behind a match in which one of an entry's words must stand."""

Finds = Callable[[str], bool]


class _Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pattern` is bounded in every part, so that `re` is linear in it; `needs`: one of these texts must be there at
    all; `near`: one of these words must stand close to the match; `checksum` is a name of `CHECKSUMS`.
    """

    id: str
    name: str
    pattern: str
    checksum: str | None = None
    needs: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class _Profile(msgspec.Struct, frozen=True):
    name: str
    entries: tuple[_Declared, ...]


class Entry:
    """One thing that is looked for."""

    __slots__ = ("finds", "id", "name")

    def __init__(self, id: str, name: str, finds: Finds) -> None:
        self.id = id
        self.name = name
        self.finds = finds
        """Whether it stands in a text."""


class Profile:
    __slots__ = ("entries", "id", "name")

    def __init__(self, id: str, name: str, entries: tuple[Entry, ...]) -> None:
        self.id = id
        self.name = name
        self.entries = entries


@functools.cache
def predefined() -> Mapping[str, Profile]:
    """The profiles that come with the package: financial, identifiers, contact, credentials."""
    data = resources.files("groundfog.gateway.guards").joinpath("data/detectors.json").read_bytes()
    declared = msgspec.json.decode(data, type=dict[str, _Profile])
    return {
        id: Profile(
            id, profile.name, tuple(Entry(each.id, each.name, _Detector(each).finds) for each in profile.entries)
        )
        for id, profile in declared.items()
    }


def custom(id: str, given: Mapping[str, Any], path: tuple[str, ...] = ()) -> Profile:
    """A gateway's own profile, `{"entries": [{"id", "pattern"}]}`. Raises GATEWAY_INVALID: no pattern."""
    entries = []
    for number, entry in enumerate(given.get("entries", ())):
        pattern = compile_pattern(
            entry.get("pattern"),
            where=f"pattern of the DLP entry {entry.get('id')}",
            path=(*path, "entries", str(number), "pattern"),
        )
        entries.append(Entry(str(entry.get("id")), str(entry.get("id")), _Custom(pattern.search).finds))
    return Profile(id, str(given.get("name", id)), tuple(entries))


class _Detector:
    __slots__ = ("_check", "_near", "_needs", "_search")

    def __init__(self, declared: _Declared) -> None:
        self._search = re.compile(declared.pattern)
        self._check = CHECKSUMS[declared.checksum] if declared.checksum is not None else None
        self._needs = declared.needs
        self._near = declared.near

    def finds(self, text: str) -> bool:
        if self._needs and not any(word in text for word in self._needs):
            return False
        if self._near:
            lower = text.lower()
            if not any(word in lower for word in self._near):
                return False
        for match in self._search.finditer(text):
            if self._check is not None and not self._check(match.group()):
                continue
            if not self._near or self._is_near(text, match):
                return True
        return False

    def _is_near(self, text: str, match: re.Match[str]) -> bool:
        around = text[max(0, match.start() - NEAR) : match.end() + NEAR].lower()
        return any(word in around for word in self._near)


class _Custom:
    __slots__ = ("_search",)

    def __init__(self, search: Callable[[str], object | None]) -> None:
        self._search = search

    def finds(self, text: str) -> bool:
        return self._search(text) is not None
