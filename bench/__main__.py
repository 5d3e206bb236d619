"""`python -m bench [name …]`: run the measurements, print a table, write JSON under bench/results."""

from __future__ import annotations

import datetime
import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

SUITES = ("startup", "overhead", "generation", "embeddings", "gateway", "gateway_streams", "gateway_client")
LONG = ("gateway_soak", "gateway_logs")
"""Only run when they are named: they take half an hour, and gateway_logs 2 GB of disk."""
RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> int:
    unknown = set(names) - {*SUITES, *LONG}
    if unknown:
        there = ", ".join((*SUITES, *LONG))
        print(f"No such measurement: {', '.join(sorted(unknown))}. There are: {there}", file=sys.stderr)
        return 2
    rows: list[dict[str, Any]] = []
    for name in names or SUITES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        result = importlib.import_module(f"bench.{name}").run()
        rows.extend(result if isinstance(result, list) else [result])
    print(table(rows))
    RESULTS.mkdir(exist_ok=True)
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    target = RESULTS / "latest.json"
    target.write_text(json.dumps({"when": when, "machine": machine, "rows": rows}, indent=1) + "\n")
    print(f"\nwritten to {target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target}")
    return 0


def table(rows: list[dict[str, Any]]) -> str:
    titles = ["Measurement", "Unit", "groundfog", "Compared with", "Ratio", "Goal", "Notes"]
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    for row in rows:
        cells = [row["name"], row["unit"], number(row["ours"]), number(row["theirs"])]
        cells += [f"{row['ratio']:.2f}", f"{row['goal']:.2f}", row["notes"]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
