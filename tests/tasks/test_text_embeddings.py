"""Text embeddings: every input form of spec §3.11, and answers rendered from raw float32."""

from __future__ import annotations

from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog import catalog, tasks
from groundfog.tasks.text_embeddings import Inputs, Output
from tests.support.native import decode, refusal, refused_text, render_json

BGE = "@cf/baai/bge-base-en-v1.5"
M3 = "@cf/baai/bge-m3"
QWEN = "@cf/qwen/qwen3-embedding-0.6b"


def output(rows: Any, pooling: str | None = None) -> Output:
    matrix = np.asarray(rows, dtype="<f4")
    return Output(len(matrix), matrix.shape[1], matrix.tobytes(), 7, pooling)


def test_one_text_and_a_list_are_read_alike() -> None:
    assert decode(BGE, {"text": "Hello"}) == Inputs(texts=["Hello"], pooling="mean", single=True)
    assert decode(BGE, {"text": ["Hello", "Tree"], "pooling": "cls"}) == Inputs(texts=["Hello", "Tree"], pooling="cls")


@pytest.mark.parametrize(("model_id", "field", "limit"), [(BGE, "text", 100), (M3, "text", 100), (QWEN, "queries", 32)])
def test_the_batch_limit_holds_to_the_text(model_id: str, field: str, limit: int) -> None:
    assert len(decode(model_id, {field: ["a"] * limit}).texts) == limit
    assert refused_text(model_id, {field: ["a"] * (limit + 1)}) == f"Length of '/{field}' must be <= {limit}"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({}, "required properties at '/' are 'text'"),
        ({"text": ""}, "Length of '/text' must be >= 1"),
        ({"text": []}, "Length of '/text' must be >= 1"),
        ({"text": ["a", ""]}, "Length of '/text/1' must be >= 1"),
        ({"text": 5}, "Type mismatch of '/text', 'integer' not in 'string','array'"),
        ({"text": "a", "pooling": "max"}, "enum max not in mean,cls at '/pooling'"),
        (
            {"text": "a", "truncate_inputs": True},
            "Additional or unevaluated properties '/truncate_inputs' at '/' not allowed",
        ),
    ],
)
def test_a_bad_input_is_named(data: dict[str, Any], text: str) -> None:
    assert refused_text(BGE, data) == text


def test_an_asynchronous_batch_is_refused_as_not_implemented() -> None:
    error = refusal(BGE, {"requests": [{"text": "a"}]})
    assert (error.code, error.status) == (3047, 501)


def test_m3_takes_texts_contexts_or_a_query_with_contexts() -> None:
    contexts = [{"text": "a"}, {"text": "b"}]
    assert decode(M3, {"text": "a", "truncate_inputs": True}) == Inputs(texts=["a"], truncate=True, single=True)
    assert decode(M3, {"contexts": contexts}) == Inputs(texts=["a", "b"], truncate=False, form="contexts")
    scored = decode(M3, {"query": "q", "contexts": contexts})
    assert scored == Inputs(texts=["q", "a", "b"], queries=1, truncate=False, form="query+contexts")
    assert [scored.is_query(index) for index in range(3)] == [True, False, False]
    assert refused_text(M3, {"query": "q"}).startswith("oneOf at '/' not met, 0 matches: ")
    assert refused_text(M3, {"text": "a", "contexts": contexts}) == "oneOf at '/' not met, 2 matches"
    assert refused_text(M3, {"contexts": [{"text": "a"}, {}]}) == "required properties at '/contexts/1' are 'text'"


def test_instruction_models_tell_queries_from_documents() -> None:
    queries = decode(QWEN, {"queries": "q", "instruction": "Find it"})
    assert (queries.texts, queries.is_query(0), queries.instruction, queries.single) == (["q"], True, "Find it", True)
    documents = decode(QWEN, {"text": ["d"]})
    assert (documents.kind, documents.is_query(0), documents.single) == ("document", False, False)
    both = decode(QWEN, {"documents": ["d", "e"], "queries": ["q"]})
    assert both.texts == ["q", "d", "e"]
    assert [both.is_query(index) for index in range(3)] == [True, False, False]
    assert refused_text(QWEN, {"documents": "d", "text": "e"}) == "documents and text are mutually exclusive"
    assert refused_text(QWEN, {"instruction": "Find it"}).startswith("anyOf at '/' not met: ")


@given(
    rows=st.lists(
        st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=3, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_vectors_come_back_bit_for_bit(rows: list[list[float]]) -> None:
    answer = render_json(BGE, Inputs(texts=["a"] * len(rows), pooling="mean"), output(rows, "mean"))
    assert answer["shape"] == [len(rows), 3]
    assert answer["pooling"] == "mean"
    assert answer["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    np.testing.assert_array_equal(np.asarray(answer["data"], dtype="<f4"), np.asarray(rows, dtype="<f4"))


@pytest.mark.parametrize(
    ("model_id", "data"),
    [
        (BGE, {"text": ["a", "b"]}),
        (M3, {"text": ["a", "b"]}),
        (M3, {"contexts": [{"text": "a"}, {"text": "b"}]}),
        (M3, {"query": "q", "contexts": [{"text": "a"}]}),
        (QWEN, {"queries": ["a", "b"]}),
        ("@cf/google/embeddinggemma-300m", {"text": ["a", "b"]}),
        ("@cf/pfnet/plamo-embedding-1b", {"text": ["a", "b"]}),
    ],
)
def test_every_answer_meets_the_models_own_schema(model_id: str, data: dict[str, Any]) -> None:
    model = catalog.default().find(model_id)
    answer = render_json(model_id, decode(model_id, data), output([[1.0, 0.0], [0.0, 1.0]]))
    jsonschema.validate(answer, tasks.for_model(model).output_schema(model))


def test_scores_are_cosines_best_first_with_the_contexts_index() -> None:
    inputs = decode(M3, {"query": "q", "contexts": [{"text": "a"}, {"text": "b"}, {"text": "c"}]})
    answer = render_json(M3, inputs, output([[2.0, 0.0], [0.0, 1.0], [3.0, 3.0], [5.0, 0.0]]))
    assert [row["id"] for row in answer["response"]] == [2, 1, 0]
    assert [row["score"] for row in answer["response"]] == pytest.approx([1.0, 0.5**0.5, 0.0])


def test_contexts_alone_come_back_as_vectors_under_response() -> None:
    answer = render_json(M3, decode(M3, {"contexts": [{"text": "a"}]}), output([[1.0, 0.5]], "cls"))
    assert answer["response"] == [[1.0, 0.5]]
    assert answer["shape"] == [1, 2]
    assert answer["pooling"] == "cls"
