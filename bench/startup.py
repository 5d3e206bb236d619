"""How long a second start takes until the server is ready. Goal: under 2 seconds (ratio: goal ÷ measured).

Python compiles each file at the first start and keeps what comes out, as in an installed package, also where the
environment forbids it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from typing import Any

from bench import servers

GOAL_S = 2.0
ROUNDS = 5


def run() -> dict[str, Any]:
    times: list[float] = []
    with tempfile.TemporaryDirectory() as compiled:
        environ = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        with servers.groundfog(environ=environ):
            pass
        for _ in range(ROUNDS):
            start = time.perf_counter()
            with servers.groundfog(environ=environ):
                times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    return {
        "name": "start until ready",
        "unit": "seconds",
        "ours": seconds,
        "theirs": GOAL_S,
        "ratio": GOAL_S / seconds,
        "goal": 1.0,
        "notes": f"median of {len(times)}; slowest {max(times):.2f} s",
    }
