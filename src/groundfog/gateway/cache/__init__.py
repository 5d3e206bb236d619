"""Answers that are kept: in memory by recent use, and in a database beside it."""

from groundfog.gateway.cache.entry import Entry
from groundfog.gateway.cache.facade import Cache

__all__ = ["Cache", "Entry"]
