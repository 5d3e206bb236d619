"""How state is kept: SQLite in WAL mode in the state directory, one writer with group commit, any number of readers."""

from __future__ import annotations

from groundfog.store.database import Store
from groundfog.store.keys import Key, Keys, Scope
from groundfog.store.migrations import MIGRATIONS

__all__ = ["MIGRATIONS", "Key", "Keys", "Scope", "Store"]
