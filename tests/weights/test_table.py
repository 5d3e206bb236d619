"""The table of weights: complete for the catalogue's open models, honest about what is known."""

from __future__ import annotations

import pytest

from groundfog import catalog, errors
from groundfog.weights import table
from groundfog.weights.table import BITS_PER_WEIGHT, Row

ROWS = table.default().rows
TASKS = {"Text Generation", "Text Embeddings"}


def named(row: Row) -> str:
    return row.models[0]


def test_every_text_and_embedding_model_has_weights_or_a_reason() -> None:
    for model in catalog.default().models:
        if model.task in TASKS and table.default().find(model) is None:
            assert "the table covers" not in table.default().why_not(model), model.id


def test_the_table_names_only_models_of_the_catalogue_and_each_once() -> None:
    known = {model.id.lower() for model in catalog.default().models}
    names = [name.lower() for row in ROWS for name in row.models]
    assert set(names) <= known
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_row_can_tell_the_size_of_each_precision(row: Row) -> None:
    assert row.repo.count("/") == 1
    assert row.seen
    assert set(row.sizes) | set(row.files) <= set(row.precisions)
    for precision in row.precisions:
        size = row.size(precision)
        smallest = row.parameters * 1e9 * 1.8 / 8
        assert smallest < size.bytes < row.parameters * 1e9 * 40 / 8 + row.mmproj_bytes
        assert size.basis == "checked" or precision in BITS_PER_WEIGHT or row.mmproj


@pytest.mark.parametrize("row", [row for row in ROWS if row.format == "gguf"], ids=named)
def test_a_gguf_row_goes_to_llama_cpp_in_a_small_quantisation(row: Row) -> None:
    assert row.engine == "llama.cpp"
    assert row.pattern.endswith(".gguf")
    assert row.default_precision.removeprefix("UD-")[:2] in {"Q4", "Q3", "Q2", "MX"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.format == "onnx"], ids=named)
def test_an_embedding_row_says_how_its_vectors_are_made(row: Row) -> None:
    assert row.engine == "onnx-embeddings"
    assert row.facts["pooling"] in {"cls", "mean", "last"}
    assert row.facts["normalize"] is True
    assert {"query_prefix", "document_prefix"} <= set(row.facts)
    assert "tokenizer.json" in row.companions
    assert set(row.files) == set(row.precisions)


def test_vision_models_bring_their_projector() -> None:
    for row in ROWS:
        vision = any(catalog.default().find(name).properties.vision for name in row.models)
        if vision:
            assert row.mmproj or "mmproj" in (row.note or ""), named(row)


def test_an_alias_is_served_by_its_model() -> None:
    model = catalog.default().find("@cf/meta/llama-3.1-8b-instruct-fp8-fast")
    assert model.alias_of is not None
    assert table.default().row(model).repo == "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF"


def test_a_model_of_another_task_has_no_row_and_says_so() -> None:
    model = catalog.default().find("@cf/openai/whisper")
    with pytest.raises(errors.GroundfogError, match="not Automatic Speech Recognition"):
        table.default().row(model)


def test_a_precision_is_found_in_any_letter_case() -> None:
    row = table.default().row(catalog.default().find("@cf/meta/llama-3.2-1b-instruct"))
    assert row.precision("q8_0") == "Q8_0"
    assert row.precision(None) == "Q4_K_M"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["X-Q4_K_M.gguf", "X-Q8_0.gguf"], ["X-Q4_K_M.gguf"]),
        (["x-q4_k_m.gguf"], ["x-q4_k_m.gguf"]),
        (["Q4_K_M/X-Q4_K_M.gguf", "README.md"], ["Q4_K_M/X-Q4_K_M.gguf"]),
        (
            ["X-Q4_K_M/X-Q4_K_M-00002-of-00002.gguf", "X-Q4_K_M/X-Q4_K_M-00001-of-00002.gguf"],
            ["X-Q4_K_M/X-Q4_K_M-00001-of-00002.gguf", "X-Q4_K_M/X-Q4_K_M-00002-of-00002.gguf"],
        ),
        (["mmproj-X-Q4_K_M.gguf", "X-IQ4_K_M.gguf"], []),
    ],
)
def test_main_files_are_found_wherever_a_publisher_puts_them(names: list[str], found: list[str]) -> None:
    row = Row(
        models=[],
        repo="a/b",
        format="gguf",
        engine="llama.cpp",
        pattern="X-{precision}.gguf",
        precisions=["Q4_K_M"],
        basis="inferred",
        seen="",
        parameters=1,
    )
    assert row.main_files("Q4_K_M", names) == found
