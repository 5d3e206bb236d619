"""ONNX Runtime sessions: how they are opened, and which graph of a model suits this processor."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundfog import errors
from groundfog.weights.files import ModelFiles

if TYPE_CHECKING:
    import onnxruntime

SLOW_FUSIONS = ["SkipLayerNormFusion", "EmbedLayerNormFusion", "BiasGeluFusion"]
"""On processors these kernels are several times slower than the nodes that they replace (ONNX Runtime 1.31)."""


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Raises BAD_MODEL_FILE for what ONNX Runtime cannot read."""
    # It reads this when it is imported; without it, it reports the machine and the model to its maker.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Waiting threads sleep: the server and its clients need the processors too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
        )
    except Exception as error:  # the library's exceptions have no common base
        what = str(error).replace(str(path), path.name)
        raise errors.BAD_MODEL_FILE(file=path, what=what) from error


def choose(files: ModelFiles, precision: str | None) -> Path:
    """The main graph, or the `portable` one where int8 products saturate or fp32 was asked for."""
    main, portable, probe = Path(files.main), files.path("portable"), files.path("probe")
    if portable is None:
        return main
    if precision == "fp32" or (precision is None and probe is not None and saturates(probe)):
        return portable
    return main


def saturates(probe: Path) -> bool:
    """Whether this processor cuts sums of u8 x s8 products at 16 bits (x86 without VNNI does)."""
    import numpy as np

    session = open_session(probe, 1)
    (sums,) = session.run(None, {"x": np.full((2, 64), 255, np.uint8)})
    return bool((sums != 64 * 255 * 127).any())


def depends_on_neighbours(path: Path) -> bool:
    """Whether the graph quantises activations with one scale per batch, so that texts must be run one by one."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"DynamicQuantize") >= 0


def shape_of(value: Any) -> list[int | None]:
    """Shape of a session's input or output; None where it is free."""
    return [size if isinstance(size, int) else None for size in value.shape]
