"""What a host process inherits: enough to find libraries and devices, no keys, no tokens, no settings of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

KEPT = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "PATH",
        "TZ",
        "XDG_CACHE_HOME",
    }
)
KEPT_PREFIXES = (
    "CUDA_",
    "GGML_",
    "GOMP_",
    "HIP_",
    "HSA_",
    "KMP_",
    "MKL_",
    "NVIDIA_",
    "OMP_",
    "OPENBLAS_",
    "ROCR_",
    "VECLIB_",
)
SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
SET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    # ONNX Runtime tells its maker about the machine and the model, unless this is set before it is imported.
    "ORT_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "PYTHONUNBUFFERED": "1",
}


def scrubbed(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a host process. Modules are found where this process finds them."""
    kept = {
        name: value
        for name, value in environ.items()
        if (name in KEPT or name.startswith(KEPT_PREFIXES)) and not any(word in name.upper() for word in SECRETS)
    }
    return kept | SET | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
