"""The cache of all gateways."""

from __future__ import annotations

from pathlib import Path

from groundfog.clock import Clock
from groundfog.gateway.cache.disk import Disk
from groundfog.gateway.cache.entry import Entry
from groundfog.gateway.cache.memory import Memory


class Cache:
    """Memory first, then the database. `limit` bounds each of the two, in bytes; 0 switches caching off."""

    def __init__(self, directory: Path, clock: Clock, limit: int) -> None:
        self.enabled = limit > 0
        self._clock = clock
        self._memory = Memory(limit)
        self._disk = Disk(directory, clock, limit)

    def get(self, key: bytes) -> Entry | None:
        now = self._clock.time()
        entry = self._memory.get(key, now)
        if entry is None:
            entry = self._disk.get(key, now)
            if entry is not None:
                self._memory.put(key, entry)
                self._disk.used(key)
        return entry

    def put(self, key: bytes, entry: Entry) -> None:
        self._memory.put(key, entry)
        self._disk.put(key, entry)

    def clear(self, account: str, gateway: str) -> None:
        """Forget a gateway's answers, here and in the database; other processes see it by `cache_generation`."""
        self._memory.clear(account, gateway)
        self._disk.clear(account, gateway)

    def close(self) -> None:
        self._disk.close()
