"""Records of calls that never were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundfog.clock import SystemClock
from groundfog.gateway.ids import Ids
from groundfog.gateway.record import Record, Settlement
from groundfog.gateway.records import Records
from groundfog.settings import Settings

ids = Ids(SystemClock())
ACCOUNT, GATEWAY = "local", "prod"
NOON = 1_795_262_400.0
"""A noon in UTC."""


def record(**fields: Any) -> Record:
    """One answered chat of 3 tokens in, 5 out; whatever is given instead."""
    given: dict[str, Any] = {
        "id": ids(),
        "account": ACCOUNT,
        "gateway": GATEWAY,
        "created_at": NOON,
        "provider": "openai",
        "model": "gpt-5-mini",
        "path": "chat/completions",
        "duration_ms": 120,
        "tokens_in": 3,
        "tokens_out": 5,
        "cost": 7_000_000,
        "request_type": "native",
        "request_content_type": "application/json",
        "response_content_type": "application/json",
        "user_agent": "OpenAI/Python 2.0",
    }
    return Record(**{**given, **fields})


def charged(bucket: str, amount: int, **fields: Any) -> Record:
    """A record with one charge."""
    return record(settlements=[Settlement(bucket, int(NOON * 1000), amount)], **fields)


def open_records(directory: Path, **settings: Any) -> Records:
    return Records(directory, SystemClock(), Settings(state=directory, **settings))


def rows(records: Records) -> int:
    """How many logs the database has."""
    return int(records.store.read(lambda db: db.execute("SELECT count(*) FROM logs").fetchone()[0]))


def spent(records: Records, bucket: str) -> int:
    """What the ledger charged a bucket."""
    query = "SELECT coalesce(sum(spent), 0) FROM ledger_slots WHERE bucket = ?"
    return int(records.store.read(lambda db: db.execute(query, (bucket,)).fetchone()[0]))
