"""ONNX exports of the true architectures, tiny and random, against sentence-transformers on the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundfog.errors import GroundfogError
from groundfog.weights.files import ModelFiles
from tests.engines.onnx_embeddings.corpus import SENTENCES
from tests.engines.onnx_embeddings.harness import cosines, load, output, vectors


def files(reference: Path, name: str) -> ModelFiles:
    """Laid out as on the hub: the graph in `onnx/`, its tokenizer and configuration above."""
    main = reference / name / "onnx" / "model.onnx"
    return ModelFiles(format="onnx", main=str(main), folder=str(main.parent))


@pytest.mark.parametrize(
    ("name", "pooling", "facts"),
    [
        ("bert", "mean", {"pooling": "mean"}),
        ("bert", "cls", {"pooling": "cls"}),
        ("xlm-r", "mean", {"pooling": "mean"}),
        ("xlm-r", "cls", {"pooling": "cls"}),
        ("qwen3", "lasttoken", {"pooling": "last"}),
        ("gemma3", "mean", {"pooling": "mean", "output_name": "sentence_embedding"}),
    ],
)
async def test_vectors_equal_the_reference(reference: Path, name: str, pooling: str, facts: dict[str, Any]) -> None:
    engine = load(files(reference, name), **facts)
    wanted = np.load(reference / name / f"{pooling}.npy")
    found = await vectors(engine, SENTENCES)
    assert cosines(found, wanted).min() >= 0.9999
    np.testing.assert_allclose(found, wanted, atol=2e-5)


async def test_the_caller_chooses_the_pooling(reference: Path) -> None:
    engine = load(files(reference, "bert"), pooling="mean")
    found = await vectors(engine, SENTENCES, pooling="cls")
    assert cosines(found, np.load(reference / "bert" / "cls.npy")).min() >= 0.9999


async def test_pooling_that_is_built_in_cannot_be_changed(reference: Path) -> None:
    engine = load(files(reference, "gemma3"), pooling="mean", output_name="sentence_embedding")
    with pytest.raises(GroundfogError, match="pools by mean; it cannot pool by cls"):
        await output(engine, SENTENCES, pooling="cls")


async def test_without_normalisation_lengths_are_the_models_own(reference: Path) -> None:
    raw = await vectors(load(files(reference, "bert"), pooling="mean", normalize=False), SENTENCES)
    assert cosines(raw, np.load(reference / "bert" / "mean.npy")).min() >= 0.9999
    assert np.abs(np.linalg.norm(raw, axis=1) - 1).min() > 0.1


async def test_queries_get_the_instruction_and_documents_do_not(reference: Path) -> None:
    prefix = "Instruct: {instruction}\nQuery:"
    engine = load(files(reference, "qwen3"), pooling="last", query_prefix=prefix, instruction="Find it")
    plain = load(files(reference, "qwen3"), pooling="last")
    asked = await vectors(engine, ["fox"], kind="query")
    np.testing.assert_allclose(asked, await vectors(plain, ["Instruct: Find it\nQuery:fox"]), atol=1e-6)
    told = await vectors(engine, ["fox"], kind="query", instruction="Be quick")
    np.testing.assert_allclose(told, await vectors(plain, ["Instruct: Be quick\nQuery:fox"]), atol=1e-6)
    mixed = await vectors(engine, ["fox", "fox"], kind="document", queries=1)
    np.testing.assert_allclose(mixed, np.concatenate([asked, await vectors(plain, ["fox"])]), atol=1e-5)


async def test_documents_get_their_prefix(reference: Path) -> None:
    engine = load(files(reference, "bert"), pooling="mean", document_prefix="title: none | text: ")
    found = await vectors(engine, ["fox"], kind="document")
    np.testing.assert_allclose(found, await vectors(engine, ["title: none | text: fox"]), atol=1e-6)


async def test_positions_that_a_family_reserves_are_not_for_text(reference: Path) -> None:
    engine = load(files(reference, "xlm-r"), pooling="cls", max_input_tokens=8192)
    assert len(await vectors(engine, ["a " * 255])) == 1
    with pytest.raises(GroundfogError, match=r"Sequence too long: \d+ > 512"):
        await output(engine, ["a " * 4000])


async def test_graphs_with_one_scale_per_batch_run_text_by_text(reference: Path, tmp_path: Path) -> None:
    """As `model_quantized.onnx` of the hub: dynamic quantisation would let neighbours change a vector."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder = tmp_path / "onnx"
    folder.mkdir()
    whole = files(reference, "bert")
    target = folder / "model_quantized.onnx"
    quantize_dynamic(whole.main, target, weight_type=QuantType.QInt8)
    for name in ("tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes((reference / "bert" / name).read_bytes())
    engine = load(ModelFiles(format="onnx", main=str(target), folder=str(folder)), pooling="mean")
    together = await vectors(engine, SENTENCES)
    alone = np.concatenate([await vectors(engine, [text]) for text in SENTENCES])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert cosines(together, np.load(reference / "bert" / "mean.npy")).min() >= 0.98
