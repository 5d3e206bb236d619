"""ONNX Runtime reports to its maker by default; under groundfog it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from groundfog.weights import embedded

OPEN = """
import sys
from pathlib import Path
from groundfog.engines.onnx_embeddings.sessions import open_session
open_session(Path(sys.argv[1]), 1)
"""


def left_in(home: Path, code: str) -> list[Path]:
    """What the code leaves in a home of its own. Reports are queued there before they are sent, with a device id."""
    found = embedded.stand_in("text-embeddings")
    assert found is not None
    probe = found.files.path("probe")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    subprocess.run([sys.executable, "-c", code, str(probe)], env=environment, check=True)
    return [path for path in home.rglob("*") if path.is_file()]


def test_no_report_is_made_of_the_machine_or_the_model(tmp_path: Path) -> None:
    assert left_in(tmp_path, OPEN) == []


def test_a_host_process_is_told_so_whatever_its_engine_imports() -> None:
    from groundfog.inference.environment import scrubbed

    assert scrubbed({})["ORT_DISABLE_TELEMETRY"] == "1"
