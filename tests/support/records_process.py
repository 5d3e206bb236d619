"""Appends records until it is killed; what append returned for stands in STATE/told. Arguments: STATE ROUNDS.

One process starts the others by fork, so that each begins at once; each is killed at a moment of chance.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.support.records import charged, open_records

WORKERS = 16


async def append_for_ever(state: Path) -> None:
    records = open_records(state)
    await records.start()
    told = os.open(state / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def append() -> None:
        while True:
            one = charged("kill", 1, request_body=b"x" * random.randint(0, 2000))
            await records.append(one)
            os.write(told, f"{one.id}\n".encode())

    await asyncio.gather(*(append() for _ in range(WORKERS)))


def main(state: Path, rounds: int) -> None:
    for _ in range(rounds):
        size = (state / "told").stat().st_size if (state / "told").exists() else 0
        child = os.fork()
        if child == 0:
            asyncio.run(append_for_ever(state))
        while not (state / "told").exists() or (state / "told").stat().st_size == size:
            time.sleep(0.001)
        time.sleep(random.random() * 0.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
