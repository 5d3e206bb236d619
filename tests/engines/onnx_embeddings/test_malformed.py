"""A bad file is a clear error, never a crash."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from groundfog.engines.base import LoadOptions
from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.errors import GroundfogError
from groundfog.weights.files import Located, ModelFiles
from tests.engines.onnx_embeddings.harness import load


@pytest.fixture
def copy(stand_in: Located, tmp_path: Path) -> Path:
    shutil.copytree(stand_in.files.folder, tmp_path, dirs_exist_ok=True)
    return tmp_path


def files(folder: Path, main: str = "model.onnx") -> ModelFiles:
    return ModelFiles(format="onnx", main=str(folder / main), folder=str(folder))


def refusal(broken: ModelFiles) -> str:
    with pytest.raises(GroundfogError) as raised:
        load(broken)
    assert raised.value.kind.key == "BAD_MODEL_FILE"
    return raised.value.description


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"GGUF", b"not a model at all" * 99])
def test_what_is_not_onnx_is_refused(copy: Path, content: bytes) -> None:
    (copy / "model.onnx").write_bytes(content)
    assert "model.onnx cannot be loaded" in refusal(files(copy))


def test_a_cut_file_is_refused(copy: Path) -> None:
    whole = (copy / "model.onnx").read_bytes()
    (copy / "model.onnx").write_bytes(whole[: len(whole) // 2])
    refusal(files(copy))


def test_missing_external_data_is_refused(copy: Path) -> None:
    (copy / "weights.bin").unlink()
    assert "weights.bin" in refusal(files(copy))


def test_a_graph_that_is_no_encoder_is_refused(copy: Path) -> None:
    assert "no input is named input_ids, only x" in refusal(files(copy, "probe.onnx"))


def test_a_missing_tokenizer_is_named(copy: Path) -> None:
    (copy / "tokenizer.json").unlink()
    assert "there is no tokenizer.json beside it" in refusal(files(copy))


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_broken_json_is_refused(copy: Path, name: str) -> None:
    (copy / name).write_text('{"model": ')
    assert name in refusal(files(copy))


def test_description_reads_no_weights(stand_in: Located) -> None:
    facts = stand_in.facts | {"stand_in_dimensions": 1024, "max_input_tokens": 8192}
    described = OnnxEmbeddingsEngine.describe(stand_in.files, LoadOptions(model_id="m", facts=facts))
    assert (described.dimensions, described.context_window) == (1024, 8192)
    assert described.memory_bytes is not None
    assert described.memory_bytes > 23_000_000


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GroundfogError, match="cannot be loaded"):
        OnnxEmbeddingsEngine.describe(files(tmp_path), LoadOptions(model_id="m"))
