"""OpenAI's embeddings, answered by Google's models."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from groundfog import errors
from tests.gateway.translate.steps import step, whole
from tests.gateway.translate.test_answers import openai_client

STUDIO = "google/gemini-embedding-001"
VERTEX = "google-vertex-ai/google/text-embedding-005"
ANSWERS: dict[str, tuple[Any, int]] = {
    STUDIO: ({"embeddings": [{"values": [0.5, -0.25]}, {"values": [1.0, 2.0]}]}, 0),
    VERTEX: (
        {
            "predictions": [
                {"embeddings": {"values": [0.5, -0.25], "statistics": {"token_count": 3, "truncated": False}}},
                {"embeddings": {"values": [1.0, 2.0], "statistics": {"token_count": 4, "truncated": False}}},
            ]
        },
        7,
    ),
}


def test_a_request_for_ai_studio() -> None:
    made = step(STUDIO, "embeddings", input=["a", "b"], dimensions=256)
    assert made.endpoint == "v1beta/models/gemini-embedding-001:batchEmbedContents"
    assert (b"x-goog-api-key", b"sk-1") in made.headers
    assert orjson.loads(made.body) == {
        "requests": [
            {
                "model": "models/gemini-embedding-001",
                "content": {"parts": [{"text": text}]},
                "outputDimensionality": 256,
            }
            for text in ("a", "b")
        ]
    }


def test_a_request_for_vertex() -> None:
    made = step(VERTEX, "embeddings", input="a")
    assert made.endpoint == (
        "v1/projects/{project}/locations/{region}/publishers/google/models/text-embedding-005:predict"
    )
    assert orjson.loads(made.body) == {"instances": [{"content": "a"}]}


@pytest.mark.parametrize("model", ANSWERS)
def test_an_answer_is_read_by_openais_client(model: str) -> None:
    answer, tokens = ANSWERS[model]
    # The client asks for base64 unless it is told not to, and unpacks it.
    made = step(model, "embeddings", input=["a", "b"], encoding_format="base64")
    body = orjson.dumps(whole(made, answer))
    got = openai_client(body, "application/json").embeddings.create(model="m", input=["a", "b"])
    assert [each.embedding for each in got.data] == [[0.5, -0.25], [1.0, 2.0]]
    assert [each.index for each in got.data] == [0, 1]
    assert got.usage.prompt_tokens == tokens
    plain = whole(step(model, "embeddings", input=["a", "b"]), answer)
    assert plain["data"][1]["embedding"] == [1.0, 2.0]


def test_errors_are_openais() -> None:
    answer = {"error": {"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"}}
    got = whole(step(STUDIO, "embeddings", input="a"), answer, 404)
    assert got["error"]["message"] == "models/x is not found"
    assert "error" in whole(step(STUDIO, "embeddings", input="a"), {"embeddings": 7})


@pytest.mark.parametrize(
    ("model", "endpoint"),
    [
        ("openai/text-embedding-3-small", "embeddings"),
        ("cohere/embed-v4.0", "compatibility/v1/embeddings"),
        ("workers-ai/@cf/baai/bge-base-en-v1.5", "v1/embeddings"),
        ("mistral/mistral-embed", "v1/embeddings"),
        ("custom-acme/e5", "{v1}embeddings"),
    ],
)
def test_who_speaks_openais_gets_it_as_it_is(model: str, endpoint: str) -> None:
    made = step(model, "embeddings", input=[[1, 2]], anything=1)
    assert (made.endpoint, made.translation) == (endpoint, None)
    assert orjson.loads(made.body) == {"model": model.partition("/")[2], "input": [[1, 2]], "anything": 1}


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        ("anthropic/claude-sonnet-4-5", {"input": "a"}, "model: anthropic has no embeddings"),
        (STUDIO, {"input": [1, 2]}, "input: "),
        (STUDIO, {"input": []}, "input: "),
        (STUDIO, {}, "missing required field `input`"),
        (STUDIO, {"input": "a", "encoding_format": "int8"}, "encoding_format: "),
        (VERTEX, {"input": "a", "colour": 1}, "unknown field `colour`"),
    ],
)
def test_mistakes_are_named(model: str, body: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        step(model, "embeddings", **body)
    assert caught.value.kind is errors.CHAT_BAD_FORMAT
    assert said in caught.value.description
