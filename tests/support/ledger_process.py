"""A real process with a ledger on a shared database, for the tests of several processes.

`python -m tests.support.ledger_process FOLDER LIMIT AMOUNT CALLS [hold]`: makes CALLS reservations at once when a line
comes on standard input, settles and applies each, and prints its name and how many were admitted. With `hold` it keeps
what it reserved and sleeps until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from groundfog.clock import SystemClock
from groundfog.metering.ledger import Claim, Ledger, LimitReached
from tests.support.ledger import apply, ledger_database


async def main(folder: Path, limit: int, amount: int, calls: int, hold: bool) -> None:
    with ledger_database(folder) as store:
        store.open()
        ledger = Ledger(store, SystemClock())
        claim = [Claim("shared", limit, 86_400, "sliding")]

        async def call() -> int:
            try:
                reservation = await ledger.reserve(claim, amount)
            except LimitReached:
                return 0
            if not hold:
                await asyncio.sleep(0.001)
                apply(store, ledger, reservation.settle(amount))
            return 1

        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        admitted = sum(await asyncio.gather(*[call() for _ in range(calls)]))
        print(ledger.process, admitted, flush=True)
        if hold:
            await asyncio.Event().wait()
        await ledger.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), hold="hold" in sys.argv))
