"""A process that is killed while it records: what was said to be recorded is there, once, with its charge."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from groundfog.gateway.records.batch import unpacked_id
from tests.support.records import open_records, rows, spent

ROOT = Path(__file__).parents[3]
ROUNDS = 20


async def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.records_process", str(tmp_path), str(ROUNDS), cwd=ROOT
    )
    assert await asyncio.wait_for(process.wait(), 120) == 0
    told = (tmp_path / "told").read_text().split()
    assert len(told) > ROUNDS
    records = open_records(tmp_path)
    await records.start()
    assert await records.applied()
    kept = [unpacked_id(id) for (id,) in records.store.read(lambda db: db.execute("SELECT id FROM logs").fetchall())]
    assert len(kept) == len(set(kept))
    assert set(told) <= set(kept)
    assert spent(records, "kill") == rows(records)
    await records.stop()
    assert list((tmp_path / "journal").iterdir()) == []
