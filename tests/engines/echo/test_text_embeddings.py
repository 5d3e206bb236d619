"""Echo's vectors have the model's dimensions and length 1, and keep similar texts close."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from groundfog import errors
from groundfog.engines.echo import tokens
from groundfog.errors import GroundfogError
from groundfog.tasks.text_embeddings import Inputs, Output
from tests.support.echo import answer, echo

BGE = "@cf/baai/bge-base-en-v1.5"


def embedded(texts: list[str], facts: dict[str, Any] | None = None, model: str = BGE, **fields: Any) -> Output:
    engine = echo(model, **{"output_dimensions": 768, **(facts or {})})
    output: Output = answer(engine, "text-embeddings", Inputs(texts=texts, **fields))
    return output


def vectors(texts: list[str], **more: Any) -> npt.NDArray[np.float32]:
    output = embedded(texts, **more)
    return np.frombuffer(output.vectors, "<f4").reshape(output.count, output.dimensions)


def test_vectors_are_of_length_one_and_of_the_models_dimensions() -> None:
    found = vectors(["fog", "", " ", "東京", "a" * 20_000], facts={"output_dimensions": 1024})
    assert found.shape == (5, 1024)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_similar_texts_are_closer_than_others() -> None:
    near, twin, far = vectors(
        [
            "The quick brown fox jumps over the lazy dog",
            "A quick brown fox jumped over a lazy dog",
            "Markets fell today",
        ]
    )
    assert near @ twin > 0.6
    assert abs(near @ far) < 0.25


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    texts = [f"text number {i} about fog" for i in range(50)]
    together = vectors(texts)
    for i in (0, 17, 49):
        assert np.array_equal(vectors([texts[i]])[0], together[i])


def test_letter_case_and_spaces_do_not_matter_and_words_do() -> None:
    plain, loud, other = vectors(["fog on the ground", "FOG  on the Ground", "mist on the ground"])
    assert np.allclose(plain, loud)
    assert plain @ other < 0.9


def test_pooling_cls_and_mean_differ() -> None:
    texts = ["fog on the ground"]
    assert np.array_equal(vectors(texts), vectors(texts, pooling="mean"))
    assert abs(float((vectors(texts) @ vectors(texts, pooling="cls").T)[0, 0])) < 0.3
    assert embedded(texts, pooling="cls").pooling == "cls"
    assert np.array_equal(vectors(texts, facts={"pooling": "cls"}), vectors(texts, pooling="cls"))


def test_models_have_spaces_of_their_own() -> None:
    other = vectors(["fog"], model="@cf/google/embeddinggemma-300m")
    assert abs(float((vectors(["fog"]) @ other.T)[0, 0])) < 0.3


def test_a_query_is_near_its_document_without_being_it() -> None:
    document, query = vectors(["where does fog form"], kind="document"), vectors(["where does fog form"], kind="query")
    instructed = vectors(["where does fog form"], kind="query", instruction="Find passages")
    assert 0.8 < float((document @ query.T)[0, 0]) < 0.9999
    assert not np.array_equal(query, instructed)


def test_tokens_are_counted() -> None:
    assert embedded(["one two", "three"]).prompt_tokens == 3


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(GroundfogError) as caught:
        embedded(["one two three four"], facts={"max_input_tokens": 3})
    assert caught.value.kind is errors.UPSTREAM_REFUSED
    assert caught.value.description == "Sequence too long: 4 > 3"


def test_it_is_cut_when_the_caller_asks_for_it_or_the_model_does_so() -> None:
    cut = vectors(["one two three four"], facts={"max_input_tokens": 3}, truncate=True)
    assert np.array_equal(cut, vectors(["one two three"]))
    assert np.array_equal(cut, vectors(["one two three four"], facts={"max_input_tokens": 3, "truncate": True}))
    with pytest.raises(GroundfogError):
        embedded(["one two three four"], facts={"max_input_tokens": 3, "truncate": True}, truncate=False)
    assert tokens.count("one two three") == 3
