"""Engines on the embedded model and on tiny ones, and what the reference implementations say of the same texts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.weights import embedded
from groundfog.weights.files import Located, ModelFiles
from tests.engines.onnx_embeddings.harness import load

HERE = Path(__file__).parent
TOOLS = HERE.parents[2] / "tools"


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `reference.py` filled."""
    folder = tmp_path_factory.mktemp("reference")
    _python(HERE / "reference.py", folder)
    return folder


@pytest.fixture(scope="session")
def original_weights(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    """all-MiniLM-L6-v2 in fp32, as the conversion script writes it with `--fp32`."""
    folder = tmp_path_factory.mktemp("fp32")
    _python(TOOLS / "convert_minilm.py", "--fp32", folder)
    extra = {"manifest": str(folder / "manifest.json")}
    return ModelFiles(format="onnx", main=str(folder / "model.onnx"), folder=str(folder), extra=extra)


@pytest.fixture(scope="session")
def stand_in() -> Located:
    located = embedded.stand_in("text-embeddings")
    assert located is not None
    return located


@pytest.fixture(scope="session")
def minilm(stand_in: Located) -> OnnxEmbeddingsEngine:
    """The embedded model as a stand-in for bge-small: 384 dimensions, 512 tokens."""
    return load(stand_in.files, **stand_in.facts, stand_in_dimensions=384, max_input_tokens=512)


def _python(script: Path, *arguments: object) -> None:
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
