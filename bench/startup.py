"""How long a second start takes until the server is ready. Goal: under 2 seconds (ratio: goal ÷ measured)."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench import servers

GOAL_S = 2.0


def run() -> dict[str, Any]:
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        with servers.groundfog():
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
