"""A model's name says who answers; the caller's bytes go on wherever nothing has to change."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.options import Options
from groundfog.gateway.providers import Providers
from groundfog.gateway.request import Headers
from groundfog.gateway.translate import compat, rewrite
from groundfog.gateway.translate.names import ALIASES
from groundfog.gateway.translate.providers import PATHS, paths
from groundfog.settings import Settings
from tests.gateway.translate.steps import HI, step

CONFIG = GatewayConfig(id="g", account="a" * 32)
LLAMA = "@cf/meta/llama-3.1-8b-instruct"
NOVA = "us.amazon.nova-pro-v1:0"
NAMES = [
    ("openai/gpt-5-mini", "openai", "gpt-5-mini", "chat/completions"),
    ("groq/llama-3.3-70b-versatile", "groq", "llama-3.3-70b-versatile", "chat/completions"),
    ("mistral/mistral-large", "mistral", "mistral-large", "v1/chat/completions"),
    ("cohere/command-a-03-2025", "cohere", "command-a-03-2025", "compatibility/v1/chat/completions"),
    ("perplexity/sonar", "perplexity-ai", "sonar", "chat/completions"),
    ("perplexity-ai/sonar", "perplexity-ai", "sonar", "chat/completions"),
    ("xai/grok-4.3", "grok", "grok-4.3", "chat/completions"),
    ("grok/grok-4", "grok", "grok-4", "chat/completions"),
    ("deepseek/deepseek-chat", "deepseek", "deepseek-chat", "chat/completions"),
    ("cerebras/gpt-oss-120b", "cerebras", "gpt-oss-120b", "chat/completions"),
    ("baseten/openai/gpt-oss-120b", "baseten", "openai/gpt-oss-120b", "v1/chat/completions"),
    ("parallel/speed", "parallel", "speed", "v1beta/chat/completions"),
    ("openrouter/openai/gpt-5", "openrouter", "openai/gpt-5", "chat/completions"),
    (
        "workers-ai/@cf/meta/llama-3.1-8b-instruct",
        "workers-ai",
        "@cf/meta/llama-3.1-8b-instruct",
        "v1/chat/completions",
    ),
    ("@cf/meta/llama-3.1-8b-instruct", "workers-ai", "@cf/meta/llama-3.1-8b-instruct", "v1/chat/completions"),
    ("custom-acme/their/model", "custom-acme", "their/model", "{v1}chat/completions"),
    ("anthropic/claude-haiku-4.5", "anthropic", "claude-haiku-4-5", "v1/messages"),
    ("anthropic/claude-haiku-4-5", "anthropic", "claude-haiku-4-5", "v1/messages"),
    ("google/gemini-3-flash", "google-ai-studio", "gemini-3-flash", "v1beta/models/gemini-3-flash:generateContent"),
    (
        "google-ai-studio/tunedModels/mine",
        "google-ai-studio",
        "tunedModels/mine",
        "v1beta/tunedModels/mine:generateContent",
    ),
    (
        "google-vertex-ai/google/gemini-2.5-pro",
        "google-vertex-ai",
        "gemini-2.5-pro",
        "v1/projects/{project}/locations/{region}/publishers/google/models/gemini-2.5-pro:generateContent",
    ),
    (
        "google-vertex-ai/anthropic/claude-sonnet-4-5@20250929",
        "google-vertex-ai",
        "claude-sonnet-4-5@20250929",
        "v1/projects/{project}/locations/{region}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict",
    ),
    (
        "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "aws-bedrock",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "bedrock-runtime/{region}/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
    ),
    ("azure/my-resource/gpt-5", "azure-openai", "gpt-5", "my-resource/gpt-5/chat/completions"),
]


@pytest.mark.parametrize(("name", "provider", "model", "endpoint"), NAMES)
def test_a_name_says_who_answers_and_where(name: str, provider: str, model: str, endpoint: str) -> None:
    made = step(name)
    assert (made.provider, made.model, made.endpoint, made.method) == (provider, model, endpoint, "POST")
    assert not made.stream


@pytest.mark.parametrize(
    ("name", "endpoint", "query"),
    [
        ("google/gemini-3-flash", "v1beta/models/gemini-3-flash:streamGenerateContent", "alt=sse"),
        (
            "aws-bedrock/us.amazon.nova-pro-v1:0",
            "bedrock-runtime/{region}/model/us.amazon.nova-pro-v1%3A0/converse-stream",
            "",
        ),
        ("anthropic/claude-haiku-4-5", "v1/messages", ""),
        ("openai/gpt-5", "chat/completions", ""),
    ],
)
def test_a_stream_has_its_own_address_where_the_provider_wants_it(name: str, endpoint: str, query: str) -> None:
    made = step(name, stream=True)
    assert (made.endpoint, made.query, made.stream) == (endpoint, query, True)


@pytest.mark.parametrize("name", ["gpt-5", "", None, 7, "openai/", "/gpt-5", ["openai/gpt-5"]])
def test_a_name_without_a_provider_is_a_bad_format(name: object) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        compat.step({"model": name, "messages": HI}, "chat", [], Options())
    expected = errors.INVALID_PROVIDER if name == "/gpt-5" else errors.CHAT_BAD_FORMAT
    assert caught.value.kind is expected


@pytest.mark.parametrize("name", ["nobody/gpt-5", "OpenAI/gpt-5", "dynamic/route", "deepgram/nova-3"])
def test_an_unknown_provider_is_invalid(name: str) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        step(name)
    assert (caught.value.kind, caught.value.status) == (errors.INVALID_PROVIDER, 400)


@pytest.mark.parametrize("name", ["evil.example%2F/gpt-5", "gpt-5", "res/../x", "a b/c", "ré/c"])
def test_what_would_change_the_host_is_no_azure_resource(name: str) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        step(f"azure/{name}")
    assert caught.value.kind is errors.CHAT_BAD_FORMAT


@pytest.mark.parametrize(
    "name", ["google/../../v1/files?x#y", "aws-bedrock/../../{region}/x", "google-vertex-ai/google/a/../b"]
)
def test_a_name_stays_one_part_of_the_path(name: str) -> None:
    endpoint = step(name).endpoint
    assert "/../" not in endpoint
    assert "?" not in endpoint
    assert endpoint.count("{region}") <= 1


def test_the_callers_bytes_go_on() -> None:
    raw = b'{ "messages" : [{"role":"user","content":"h\\u00ef"}],\n "model" : "openai/gpt-5", "x": 1.0 }'
    made = compat.step(orjson.loads(raw), "chat", [], Options(), raw=raw)
    assert made.body == raw.replace(b"openai/gpt-5", b"gpt-5")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["openai/gpt-5", '"model":"openai/gpt-5"']),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["model", "a"]), inner, max_size=2),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["messages", "model", "é"]) | st.text(max_size=5), VALUES, max_size=4),
    st.booleans(),
)
def test_nothing_but_the_models_name_changes(data: dict[str, object], pretty: bool) -> None:
    data["model"] = "openai/gpt-5"
    raw = orjson.dumps(data, option=orjson.OPT_INDENT_2 if pretty else 0)
    assert orjson.loads(rewrite.model(raw, data, 'new"name')) == {**data, "model": 'new"name'}


@pytest.mark.parametrize(
    ("name", "headers", "expected"),
    [
        ("anthropic/c", [(b"authorization", b"Bearer k")], [(b"x-api-key", b"k")]),
        ("anthropic/c", [(b"authorization", b"bearer sk-ant-oat01-x")], [(b"authorization", b"bearer sk-ant-oat01-x")]),
        ("anthropic/c", [(b"x-api-key", b"k")], [(b"x-api-key", b"k")]),
        ("google/g", [(b"x-api-key", b"k")], [(b"x-goog-api-key", b"k")]),
        ("openai/g", [(b"x-api-key", b"k")], [(b"authorization", b"Bearer k")]),
        ("custom-acme/g", [(b"x-api-key", b"k")], [(b"x-api-key", b"k")]),
        ("google/g", [(b"authorization", b"Bearer k")], [(b"x-goog-api-key", b"k")]),
        ("azure/r/d", [(b"authorization", b"Bearer k")], [(b"api-key", b"k")]),
        ("openai/g", [(b"authorization", b"Bearer k")], [(b"authorization", b"Bearer k")]),
        ("aws-bedrock/m", [(b"authorization", b"Bearer k")], [(b"authorization", b"Bearer k")]),
    ],
)
def test_the_callers_key_goes_where_the_provider_looks(name: str, headers: Headers, expected: Headers) -> None:
    made = compat.step({"model": name, "messages": HI}, "chat", headers, Options())
    keys = (b"authorization", b"x-api-key", b"x-goog-api-key", b"api-key")
    assert [pair for pair in made.headers if pair[0] in keys] == expected


def test_a_translated_step_asks_for_json_that_is_not_compressed() -> None:
    headers = [
        (b"accept", b"text/event-stream"),
        (b"accept-encoding", b"br"),
        (b"content-length", b"5"),
        (b"content-type", b"application/json; charset=utf-8"),
        (b"user-agent", b"u"),
    ]
    made = compat.step({"model": "anthropic/claude-sonnet-4-5", "messages": HI}, "chat", headers, Options(), 3)
    assert made.index == 3
    assert made.headers == [
        (b"user-agent", b"u"),
        (b"content-type", b"application/json"),
        (b"accept-encoding", b"identity"),
        (b"anthropic-version", b"2023-06-01"),
    ]


@pytest.mark.parametrize("slug", PATHS)
def test_every_path_of_the_table_has_an_address(slug: str) -> None:
    providers = Providers(Settings())
    name = {"azure-openai": "resource/deployment"}.get(slug, "model")
    for kind in ("chat", "embeddings", "responses", "messages"):
        if kind == "embeddings" and paths(slug).embeddings is None:
            continue
        body = {"input": "hi"} if kind in ("embeddings", "responses") else {}
        target = providers.resolve(CONFIG, None, step(f"{slug}/{name}", kind, **body))  # type: ignore[arg-type]
        assert target.url.startswith(("https://", "local:"))


def test_the_aliases_are_those_of_the_native_paths() -> None:
    providers = Providers(Settings())
    for alias, slug in ALIASES.items():
        found = providers.find(alias)
        assert found is None or found.slug == slug
