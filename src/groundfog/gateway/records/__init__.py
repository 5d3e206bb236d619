"""What is kept of every call: a journal that no kill can empty, and a database behind it that answers questions."""

from __future__ import annotations

from groundfog.gateway.records.service import Records

__all__ = ["Records"]
