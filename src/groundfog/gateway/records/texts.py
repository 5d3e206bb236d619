"""Texts that repeat in the log, kept once per gateway and named by small numbers: 0 is none.

A *kind* is everything about a row that has few values, together: thousands of rows share one.
"""

from __future__ import annotations

import enum
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from groundfog.gateway.record import Record

REMEMBERED = 16_384
"""Texts whose numbers a writer keeps in memory; the oldest are looked up again."""


class Sort(enum.IntEnum):
    """What a text is."""

    KIND = 0
    AGENT = 1
    PATH = 2
    METADATA = 3
    SERIES = 4


LONGEST: Mapping[Sort, int | None] = {Sort.AGENT: 512, Sort.PATH: 2048, Sort.METADATA: None}
"""Longer texts are cut."""


class Kind(msgspec.Struct, frozen=True, array_like=True):
    """What many rows have in common."""

    provider: str
    model: str
    model_type: str
    success: bool
    cached: bool
    status_code: int
    step: int
    custom_cost: bool
    request_type: str
    request_content_type: str
    response_content_type: str
    authentication: bool
    wholesale: bool
    compatibility_mode: bool
    dlp_action: str | None
    error_code: int | None
    route: str | None
    source: str
    engine: str


class Series(msgspec.Struct, frozen=True, array_like=True):
    """What requests are added up by."""

    provider: str
    model: str
    status_class: int
    """200, 400, …"""
    cached: bool


def kind_of(record: Record) -> tuple[Any, ...]:
    """The record's kind, as a tuple: quick to look up."""
    return (
        record.provider,
        record.model,
        record.model_type,
        record.success,
        record.cached,
        record.status_code,
        record.step,
        record.custom_cost,
        record.request_type,
        record.request_content_type,
        record.response_content_type,
        record.authentication,
        record.wholesale,
        record.compatibility_mode,
        record.dlp_action,
        record.error_code,
        record.route,
        record.source,
        record.engine,
    )


def metadata_bytes(metadata: Mapping[str, Any] | None) -> bytes:
    """The one way in which a set of metadata is written."""
    return orjson.dumps(metadata) if metadata else b""


def value_text(value: Any) -> str:
    """A metadata value as it is compared: numbers and booleans as in JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


class Texts:
    """Numbers of texts, as one writer remembers them. What is new in a transaction counts once that is committed."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int, Any], int] = OrderedDict()

    def begin(self, connection: sqlite3.Connection) -> Numbering:
        return Numbering(self._known, connection)

    def committed(self, numbering: Numbering) -> None:
        """Remember what the transaction found or made."""
        self._known.update(numbering.fresh)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


class Numbering:
    """Looks texts up, and makes those that are new, inside one transaction."""

    __slots__ = ("_connection", "_known", "fresh")

    def __init__(self, known: OrderedDict[tuple[int, int, Any], int], connection: sqlite3.Connection) -> None:
        self._known = known
        self._connection = connection
        self.fresh: dict[tuple[int, int, Any], int] = {}

    def number(self, gateway: int, sort: Sort, value: Any) -> int:
        """`value` is a text, its UTF-8, or a tuple that is written as JSON."""
        key = (gateway, sort, value)
        number = self._known.get(key)
        if number is None:
            number = self.fresh.get(key)
            if number is None:
                number = self.fresh[key] = self._find(gateway, sort, value)
        return number

    def _find(self, gateway: int, sort: Sort, value: Any) -> int:
        text = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else orjson.dumps(value)
        if not text:
            return 0
        digest = hashlib.blake2b(text, digest_size=16).digest()
        row = self._connection.execute(
            "SELECT id FROM texts WHERE gateway = ? AND sort = ? AND digest = ?", (gateway, sort, digest)
        ).fetchone()
        if row is not None:
            return int(row[0])
        (last,) = self._connection.execute(
            "SELECT coalesce(max(id), 0) FROM texts WHERE gateway = ? AND sort = ?", (gateway, sort)
        ).fetchone()
        number = int(last) + 1
        self._connection.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?)", (gateway, sort, number, digest, text.decode())
        )
        if sort is Sort.METADATA:
            self._connection.executemany(
                "INSERT OR IGNORE INTO metadata VALUES (?, ?, ?, ?)",
                [(gateway, key, value_text(one), number) for key, one in orjson.loads(text).items()],
            )
        return number
