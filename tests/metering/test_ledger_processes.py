"""Several processes on one database: together they keep to the limit, and what a dead one held comes back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from groundfog.clock import SystemClock
from groundfog.metering import ledger_store
from groundfog.metering.ledger import Claim, Ledger, LimitReached
from tests.support.ledger import leased, ledger_database, spent

ROOT = Path(__file__).parent.parent.parent
CENT = 10**10


def started(folder: Path, amount: int, calls: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.ledger_process", str(folder), str(CENT), str(amount), str(calls)]
    process = subprocess.Popen(
        [*command, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, bufsize=1
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def report(process: subprocess.Popen[str]) -> tuple[str, int]:
    assert process.stdout is not None
    name, admitted = process.stdout.readline().split()
    return name, int(admitted)


def ended(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)


def test_four_processes_with_one_cent_left_use_it_fully_and_never_overshoot(tmp_path: Path) -> None:
    with ledger_database(tmp_path) as store:
        store.open()
        processes = [started(tmp_path, CENT // 10, 50) for _ in range(4)]
        for process in processes:
            go(process)
        admitted = [report(process)[1] for process in processes]
        for process in processes:
            ended(process)
        assert sum(admitted) == 10
        assert (spent(store, "shared"), leased(store, "shared")) == (CENT, 0)


def test_four_processes_with_many_small_calls_never_overshoot(tmp_path: Path) -> None:
    with ledger_database(tmp_path) as store:
        store.open()
        processes = [started(tmp_path, CENT // 700, 200) for _ in range(4)]
        for process in processes:
            go(process)
        admitted = sum(report(process)[1] for process in processes)
        for process in processes:
            ended(process)
        # What each of the others has leased and not used is refused meanwhile: about a sixteenth.
        assert 700 * 13 / 16 <= admitted <= 700
        assert spent(store, "shared") == admitted * (CENT // 700) <= CENT


async def test_a_killed_process_gives_back_what_it_held(tmp_path: Path) -> None:
    with ledger_database(tmp_path) as store:
        store.open()
        process = started(tmp_path, CENT // 10, 6, "hold")
        go(process)
        name, admitted = report(process)
        assert admitted == 6
        process.kill()
        ended(process)
        ledger = Ledger(store, SystemClock())
        claim = [Claim("shared", CENT, 86_400, "sliding")]
        reservations = [await ledger.reserve(claim, CENT // 10) for _ in range(4)]
        with pytest.raises(LimitReached) as caught:
            await ledger.reserve(claim, CENT // 10)
        assert caught.value.spent == CENT
        assert store.read(ledger_store.holders) == {name, ledger.process}
        store.write(lambda db: ledger_store.release_dead(db, name)).result()
        reservations += [await ledger.reserve(claim, CENT // 10) for _ in range(6)]
        assert len(reservations) == 10
        assert leased(store, "shared") == CENT
        await asyncio.wait_for(ledger.stop(), 10)
