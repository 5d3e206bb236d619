"""A process with a gateway that has a budget, for tests that kill it.

`python -m tests.support.limited_gateway STATE UPSTREAM DOLLARS`: asks once and is done, prints `answered`, then asks
again and waits for the provider until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.support.gateways import running


async def main(state: Path, upstream: str, dollars: float) -> None:
    rule = {"id": "r1", "limitType": "cost", "limit": dollars, "window": 86_400, "technique": "sliding"}
    async with running(state, upstream, spend_limits={"enabled": True, "rules": [rule]}) as bench:
        await bench.ask()
        print("answered", flush=True)
        await bench.ask()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
