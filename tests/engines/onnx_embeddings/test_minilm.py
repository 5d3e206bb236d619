"""The embedded model: its vectors are those of sentence-transformers on the original weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.errors import GroundfogError
from groundfog.weights.files import Located, ModelFiles
from tests.engines.onnx_embeddings.corpus import EMPTY, SENTENCES, texts
from tests.engines.onnx_embeddings.harness import cosines, load, output, vectors


async def test_shipped_precision_stays_close_to_sentence_transformers(
    minilm: OnnxEmbeddingsEngine, reference: Path
) -> None:
    wanted = np.load(reference / "minilm.npy")
    found = await vectors(minilm, texts())
    assert len(found) >= 200
    assert cosines(found, wanted).min() >= 0.995
    assert cosines(found, wanted).mean() >= 0.999


async def test_original_weights_in_fp32_equal_sentence_transformers(
    original_weights: ModelFiles, reference: Path
) -> None:
    engine = load(original_weights, pooling="mean")
    found = await vectors(engine, texts())
    assert cosines(found, np.load(reference / "minilm.npy")).min() >= 0.9999


async def test_both_graphs_of_the_shipped_weights_agree(stand_in: Located, minilm: OnnxEmbeddingsEngine) -> None:
    portable = load(stand_in.files, precision="fp32", **stand_in.facts)
    assert cosines(await vectors(portable, SENTENCES), await vectors(minilm, SENTENCES)).min() >= 0.997


async def test_vectors_have_length_one_even_for_empty_texts(minilm: OnnxEmbeddingsEngine) -> None:
    found = await vectors(minilm, EMPTY)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


async def test_cls_and_mean_pooling_differ(minilm: OnnxEmbeddingsEngine) -> None:
    mean = await vectors(minilm, SENTENCES, pooling="mean")
    cls = await vectors(minilm, SENTENCES, pooling="cls")
    assert cosines(mean, cls).max() < 0.999
    np.testing.assert_array_equal(mean, await vectors(minilm, SENTENCES))


async def test_usage_counts_the_models_own_tokens(minilm: OnnxEmbeddingsEngine) -> None:
    answer = await output(minilm, ["hello world", ""])
    assert (answer.count, answer.dimensions, answer.pooling) == (2, 384, "mean")
    assert answer.prompt_tokens == 4 + 2


@pytest.mark.parametrize("dimensions", [768, 1024, 2048])
async def test_other_dimensions_keep_every_similarity(
    stand_in: Located, minilm: OnnxEmbeddingsEngine, dimensions: int
) -> None:
    engine = load(stand_in.files, **stand_in.facts, stand_in_dimensions=dimensions)
    own, mapped = await vectors(minilm, SENTENCES), await vectors(engine, SENTENCES)
    assert mapped.shape == (len(SENTENCES), dimensions)
    np.testing.assert_allclose(mapped @ mapped.T, own @ own.T, atol=1e-5)
    assert (np.abs(mapped).max(0) > 1e-3).all(), "every dimension is used"


async def test_mapped_vectors_are_the_same_after_another_start(stand_in: Located) -> None:
    first, second = (load(stand_in.files, **stand_in.facts, stand_in_dimensions=768) for _ in range(2))
    np.testing.assert_array_equal(await vectors(first, ["a"]), await vectors(second, ["a"]))


def test_fewer_dimensions_are_refused(stand_in: Located) -> None:
    with pytest.raises(GroundfogError, match="384 dimensions cannot become 256 without a loss"):
        load(stand_in.files, **stand_in.facts, stand_in_dimensions=256)


def test_files_that_differ_from_the_manifest_are_refused(stand_in: Located, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(stand_in.files.folder, copy)
    weights = bytearray((copy / "weights.bin").read_bytes())
    weights[1_000_000] ^= 1
    (copy / "weights.bin").write_bytes(weights)
    files = ModelFiles(
        format="onnx", main=str(copy / "model.onnx"), folder=str(copy), extra={"manifest": str(copy / "manifest.json")}
    )
    with pytest.raises(GroundfogError, match=r"weights\.bin cannot be loaded: its digest differs") as raised:
        load(files, **stand_in.facts)
    assert raised.value.kind.key == "BAD_MODEL_FILE"


def test_the_embedded_files_are_small_and_name_their_licence(stand_in: Located) -> None:
    folder = Path(stand_in.files.folder)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 25_000_000
    assert json.loads((folder / "manifest.json").read_bytes())["licence"] == "Apache-2.0"
