"""Embeddings with the real OpenAI SDK (spec §4)."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import openai
import pytest

from tests.support.wire import ACCOUNT, EMBED, Local

QWEN = "@cf/qwen/qwen3-embedding-0.6b"


def test_the_sdk_s_own_base64_and_floats_are_the_same_numbers(client: openai.OpenAI) -> None:
    asked = client.embeddings.create(model=EMBED, input=["one", "two"])
    floats = client.embeddings.create(model=EMBED, input=["one", "two"], encoding_format="float")
    assert [row.index for row in asked.data] == [0, 1]
    assert [len(row.embedding) for row in asked.data] == [768, 768]
    for row, same in zip(asked.data, floats.data, strict=True):
        assert row.embedding == pytest.approx(same.embedding, abs=1e-6)
    assert asked.usage.prompt_tokens == asked.usage.total_tokens > 0


def test_base64_is_little_endian_float32(server: Local) -> None:
    def embedding(kind: str) -> Any:
        body = {"model": EMBED, "input": "one", "encoding_format": kind}
        return server.client.post(f"{ACCOUNT}/ai/v1/embeddings", json=body).json()["data"][0]["embedding"]

    unpacked = struct.unpack("<768f", base64.b64decode(embedding("base64")))
    assert list(unpacked) == pytest.approx(embedding("float"), abs=1e-7)


async def test_asynchronous_embeddings_are_those_of_ai_run(async_client: openai.AsyncOpenAI, server: Local) -> None:
    answer = await async_client.embeddings.create(model=EMBED, input="one")
    native = server.run(EMBED, {"text": "one"}).json()["result"]["data"][0]
    assert answer.data[0].embedding == pytest.approx(native, abs=1e-6)


def test_shorter_vectors_of_models_trained_for_it(client: openai.OpenAI) -> None:
    whole = client.embeddings.create(model=QWEN, input="one").data[0].embedding
    short = client.embeddings.create(model=QWEN, input="one", dimensions=256).data[0].embedding
    assert len(short) == 256
    assert math.hypot(*short) == pytest.approx(1, abs=1e-5)
    length = math.hypot(*whole[:256])
    assert short == pytest.approx([number / length for number in whole[:256]], abs=1e-5)
    assert len(client.embeddings.create(model=EMBED, input="one", dimensions=768).data[0].embedding) == 768


def test_the_model_s_own_fields_may_be_given(client: openai.OpenAI) -> None:
    mean = client.embeddings.create(model=EMBED, input="one two", extra_body={"pooling": "mean"}).data[0].embedding
    assert len(mean) == 768
    with pytest.raises(openai.BadRequestError, match="enum max not in mean,cls"):
        client.embeddings.create(model=EMBED, input="one", extra_body={"pooling": "max"})


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"input": [1, 2]}, "arrays of tokens"),
        ({"input": [[1, 2]]}, "arrays of tokens"),
        ({"input": []}, "Length of '/input' must be >= 1"),
        ({"input": ["fog", ""]}, "Length of '/input/1' must be >= 1"),
        ({"input": ["fog"] * 101}, "Length of '/input' must be <= 100"),
        ({"input": "a", "dimensions": 100}, "'/dimensions' must be 768"),
        ({"input": "a", "model": QWEN, "dimensions": 5000}, "'/dimensions' must be >= 1 and <= 1024"),
        ({"input": "a", "encoding_format": "hex"}, "enum hex not in float,base64"),
        ({"input": ["a"] * 101}, "100"),
        ({"input": "a", "extra_body": {"colour": "red"}}, "'/colour' at '/' not allowed"),
        ({"input": "a", "model": "@cf/meta/llama-3.1-8b-instruct"}, "is a model for Text Generation"),
    ],
)
def test_what_cannot_be_embedded_is_refused(client: openai.OpenAI, more: dict[str, Any], text: str) -> None:
    with pytest.raises(openai.BadRequestError, match=text):
        client.embeddings.create(**{"model": EMBED, "encoding_format": "float", **more})
