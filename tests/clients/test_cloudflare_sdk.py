"""Cloudflare's own Python SDK, unmodified, with its base URL changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cloudflare
import pytest
from cloudflare import Cloudflare

from groundfog.store import Keys, Store
from tests.support.server import Server, running_server

ACCOUNT = "acct"
CHAT = "@cf/meta/llama-3.1-8b-instruct"
EMBED = "@cf/baai/bge-base-en-v1.5"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--sources", "echo") as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Cloudflare]:
    with Cloudflare(api_token="anything", base_url=server.rest, max_retries=0) as client:
        yield client


def test_run_text_generation(client: Cloudflare) -> None:
    answer: Any = client.ai.run(CHAT, account_id=ACCOUNT, prompt="hello")
    assert "hello" in answer["response"]


def test_run_messages(client: Cloudflare) -> None:
    answer: Any = client.ai.run(CHAT, account_id=ACCOUNT, messages=[{"role": "user", "content": "hello"}])
    assert answer["usage"]["total_tokens"] > 0


def test_run_embeddings(client: Cloudflare) -> None:
    answer: Any = client.ai.run(EMBED, account_id=ACCOUNT, text=["one", "two"])
    assert answer["shape"] == [2, 768]


def test_stream_through_the_streaming_response(client: Cloudflare) -> None:
    with client.ai.with_streaming_response.run(CHAT, account_id=ACCOUNT, prompt="hello", stream=True) as response:
        lines = [line.removeprefix("data: ") for line in response.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    assert "hello" in "".join(json.loads(line).get("response") or "" for line in lines[:-1])


def test_the_list_of_models_ends(client: Cloudflare) -> None:
    names = [row["name"] for row in client.ai.models.list(account_id=ACCOUNT)]  # type: ignore[index]
    assert len(names) == len(set(names))
    assert {EMBED, "@cf/openai/gpt-oss-20b"} <= set(names)


def test_a_list_with_small_pages_ends_too(client: Cloudflare) -> None:
    every = list(client.ai.models.list(account_id=ACCOUNT))
    paged = list(client.ai.models.list(account_id=ACCOUNT, per_page=7))
    assert [row["name"] for row in paged] == [row["name"] for row in every]  # type: ignore[index]


def test_a_list_is_filtered(client: Cloudflare) -> None:
    rows: list[Any] = list(client.ai.models.list(account_id=ACCOUNT, task="Text Embeddings", author="baai"))
    assert rows
    assert all("baai" in row["name"] for row in rows)


def test_the_schema_of_a_model(client: Cloudflare) -> None:
    schema = client.ai.models.schema.get(account_id=ACCOUNT, model=EMBED).to_dict()
    assert "text" in json.dumps(schema["input"])
    assert "shape" in json.dumps(schema["output"])


def test_tasks_and_authors(client: Cloudflare) -> None:
    tasks: list[Any] = list(client.ai.tasks.list(account_id=ACCOUNT))
    authors: list[Any] = list(client.ai.authors.list(account_id=ACCOUNT))
    assert "Text Generation" in [row["name"] for row in tasks]
    assert "baai" in [row["name"] for row in authors]


def test_fine_tunes_are_none(client: Cloudflare) -> None:
    assert client.ai.finetunes.list(account_id=ACCOUNT) == []
    assert list(client.ai.finetunes.public.list(account_id=ACCOUNT)) == []


def test_a_schema_violation_is_a_bad_request_with_its_code(client: Cloudflare) -> None:
    with pytest.raises(cloudflare.BadRequestError) as caught:
        client.ai.run(CHAT, account_id=ACCOUNT, prompt="x", extra_body={"max_tokens": "many"})
    assert caught.value.errors[0].code == 5006
    assert "/max_tokens" in str(caught.value.errors[0].message)


def test_an_unknown_model_is_a_bad_request(client: Cloudflare) -> None:
    with pytest.raises(cloudflare.BadRequestError) as caught:
        client.ai.run("@cf/no/such", account_id=ACCOUNT, prompt="x")
    assert caught.value.errors[0].code == 5007


def test_a_prompt_beyond_the_window_is_413(client: Cloudflare) -> None:
    with pytest.raises(cloudflare.APIStatusError) as caught:
        client.ai.run(CHAT, account_id=ACCOUNT, prompt="x", max_tokens=1_000_000)
    assert caught.value.status_code == 413


def test_a_path_that_is_not_here_is_not_found(client: Cloudflare) -> None:
    with pytest.raises(cloudflare.NotFoundError):
        client.get(f"/accounts/{ACCOUNT}/ai/no-such-thing", cast_to=object)


def test_keys(server: Server) -> None:
    with running_server("--sources", "echo") as closed:
        store = Store(closed.state)
        _, secret = Keys(store).create(accounts=(ACCOUNT,))
        store.close()
        with Cloudflare(api_token=secret, base_url=closed.rest, max_retries=0) as allowed:
            answer: Any = allowed.ai.run(CHAT, account_id=ACCOUNT, prompt="hello")
            assert answer["response"]
            verified: Any = allowed.user.tokens.verify()
            assert verified.status == "active"
            with pytest.raises(cloudflare.AuthenticationError):
                allowed.ai.run(CHAT, account_id="another", prompt="hello")
        # Given an e-mail address too, this SDK sends the address and no key.
        with Cloudflare(api_key=secret, base_url=closed.rest, max_retries=0) as legacy:
            assert legacy.ai.run(CHAT, account_id=ACCOUNT, prompt="hello")
        with Cloudflare(api_token="gf_wrong", base_url=closed.rest, max_retries=0) as refused:
            with pytest.raises(cloudflare.AuthenticationError) as caught:
                refused.ai.run(CHAT, account_id=ACCOUNT, prompt="hello")
            assert caught.value.errors[0].code == 10000
