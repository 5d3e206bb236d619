"""groundfog's own chat model in the server: it answers for text models until their weights are there, and says so."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import openai
import pytest

from tests.support import tiny_gguf
from tests.support.examples import SEED_MODELS
from tests.support.wire import ACCOUNT, CHAT, RUN, Local, serving

LARGE = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
GPT_OSS = "@cf/openai/gpt-oss-20b"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
GUARD = "@cf/meta/llama-guard-3-8b"
SMALL = "@cf/meta/llama-3.2-1b-instruct"
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
TOOL: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Get the weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"enum": ["Oslo", "Rome"]}}, "required": ["city"]},
    },
}
WHO = {"messages": [{"role": "user", "content": "Who are you?"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """The sources of every new server; SMALL has weights, GEMMA sources of its own."""
    folder = tmp_path_factory.mktemp("stand-in")
    models = {SMALL: {"path": tiny_gguf.build(folder / "tiny.gguf")}, GEMMA: {"sources": ("echo",)}}
    with serving(folder / "state", sources=("weights", "stand-in", "echo"), models=models) as local:
        yield local


@pytest.fixture
def client(server: Local) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}{ACCOUNT}/ai/v1", api_key="none", max_retries=0, timeout=60) as made:
        yield made


def test_it_answers_says_so_and_says_the_same_again(server: Local) -> None:
    answers = [server.run(LARGE, WHO) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200
        assert (answer.headers["groundfog-source"], answer.headers["groundfog-engine"]) == ("stand-in", "llama.cpp")
    texts = {answer.json()["result"]["response"] for answer in answers}
    assert len(texts) == 1
    assert "stand-in" in texts.pop()


@pytest.mark.parametrize(
    ("model", "source"), [(LARGE, "stand-in"), (SMALL, "weights"), (GEMMA, "echo"), (GUARD, "echo")]
)
def test_weights_and_a_models_own_sources_win_and_verdicts_are_left_alone(
    server: Local, model: str, source: str
) -> None:
    answer = server.run(model, {**WHO, "max_tokens": 4})
    assert answer.headers["groundfog-source"] == source


@pytest.mark.parametrize("model_id", [LARGE, GPT_OSS, "@cf/qwen/qwen3-30b-a3b-fp8"])
def test_a_documented_call_answers_in_the_documented_shape(server: Local, model_id: str) -> None:
    answer = server.run(model_id, SEED_MODELS[model_id].json or {})
    assert (answer.status_code, answer.headers["groundfog-source"]) == (200, "stand-in")
    shape = server.client.get(f"{ACCOUNT}/ai/models/schema", params={"model": model_id}).json()["result"]["output"]
    jsonschema.validate(answer.json()["result"], shape)


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    asked: Any = {"model": LARGE, **WHO, "stream_options": {"include_usage": True}}
    whole = client.chat.completions.create(model=LARGE, messages=asked["messages"])
    chunks: Any = list(client.chat.completions.create(**asked, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert whole.usage is not None
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens > 1


def test_choices_seeds_and_log_probabilities(client: openai.OpenAI) -> None:
    def ask(seed: int) -> list[str | None]:
        answer = client.chat.completions.create(
            model=LARGE,
            messages=WHO["messages"],  # type: ignore[arg-type]
            n=2,
            seed=seed,
            temperature=2.0,
            max_tokens=40,
            logprobs=True,
            top_logprobs=2,
            extra_body={"ignore_eos": True},
        )
        for choice in answer.choices:
            assert choice.logprobs is not None
            assert [len(token.top_logprobs) for token in choice.logprobs.content or []] == [2] * 40
        return [choice.message.content for choice in answer.choices]

    first = ask(1)
    assert len(set(first)) == 2
    assert ask(1) == first
    assert ask(2) != first


def test_a_schema_is_kept(server: Local) -> None:
    form = {"type": "json_schema", "json_schema": SCHEMA}
    messages = [{"role": "user", "content": "Extract the data from this text: Ada is 36 years old."}]
    answer = server.run(LARGE, {"messages": messages, "response_format": form})
    jsonschema.validate(answer.json()["result"]["response"], SCHEMA)


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
def test_a_tool_is_called_with_valid_arguments_and_its_result_is_read(client: openai.OpenAI, choice: Any) -> None:
    turns: list[Any] = [{"role": "user", "content": "What is the weather in Oslo?"}]
    called = client.chat.completions.create(model=LARGE, messages=turns, tools=[TOOL], tool_choice=choice)
    assert called.choices[0].finish_reason == "tool_calls"
    (call,) = called.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments)["city"] in ("Oslo", "Rome")
    turns += [
        called.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": '{"degrees": 7}'},
    ]
    told = client.chat.completions.create(model=LARGE, messages=turns, tools=[TOOL])
    assert told.choices[0].message.content


def test_max_tokens_may_be_more_than_its_own_window(server: Local) -> None:
    answer = server.run(LARGE, {**WHO, "max_tokens": 8000})
    assert answer.status_code == 200
    assert answer.json()["result"]["usage"]["completion_tokens"] < 200


def test_a_prompt_beyond_its_window_is_refused_with_advice_in_both_dialects(
    server: Local, client: openai.OpenAI
) -> None:
    prompt = "one two three four five " * 1200
    refused = server.run(LARGE, {"prompt": prompt})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (413, 5021)
    assert (
        f"limit (2048). That is the limit of groundfog's small stand-in model, which answers in place of {LARGE}"
        in (error["message"])
    )
    assert "groundfog pull" in refused.headers["groundfog-hint"]
    with pytest.raises(openai.APIStatusError) as caught:
        list(client.chat.completions.create(model=LARGE, messages=[{"role": "user", "content": prompt}], stream=True))
    assert caught.value.status_code == 413
    assert "stand-in" in str(caught.value)


def test_the_window_of_the_asked_model_is_its_contract(server: Local) -> None:
    (error,) = server.run(LARGE, {"prompt": "Hi", "max_tokens": 30_000}).json()["errors"]
    assert error["code"] == 5021
    assert "(24000)" in error["message"]
    assert "stand-in" not in error["message"]


def test_an_image_is_refused_with_advice(server: Local) -> None:
    url = "data:image/png;base64," + base64.b64encode(tiny_gguf.png()).decode()
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
    model = "@cf/meta/llama-4-scout-17b-16e-instruct"
    refused = server.run(model, {"messages": [{"role": "user", "content": parts}]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, 5012)
    assert "cannot read images" in refused.json()["errors"][0]["message"]
    assert "GROUNDFOG_SOURCES=echo" in refused.headers["groundfog-hint"]


def test_the_sources_of_the_settings_leave_it_out(tmp_path: Path) -> None:
    with serving(tmp_path, sources=("weights", "echo")) as local:
        assert local.client.post(RUN + CHAT, json=WHO).headers["groundfog-source"] == "echo"
