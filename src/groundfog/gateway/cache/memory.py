"""The answers used last, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict

from groundfog.gateway.cache.entry import Entry


class Memory:
    """Least recently used goes first. An entry of more than an eighth of the bound is not kept here."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes, now: float) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires_at <= now:
            self.drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def put(self, key: bytes, entry: Entry) -> None:
        self.drop(key)
        if entry.size > self.limit // 8:
            return
        self._entries[key] = entry
        self.size += entry.size
        while self.size > self.limit:
            _, oldest = self._entries.popitem(last=False)
            self.size -= oldest.size

    def drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size

    def clear(self, account: str, gateway: str) -> None:
        """Forget a gateway's answers."""
        for key in [
            key for key, entry in self._entries.items() if (entry.account, entry.gateway) == (account, gateway)
        ]:
            self.drop(key)
