"""Where each path below a provider's slug goes (spec ai-gateway §1.6), both with and without `v1/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.config import Extension, GatewayConfig
from groundfog.gateway.custom_providers import CustomProvider
from groundfog.gateway.options import Options
from groundfog.gateway.providers import Providers
from groundfog.gateway.request import Headers, Step
from groundfog.settings import Settings

CONFIG = GatewayConfig(id="g", account="a")

URLS = [
    ("openai", "chat/completions", "https://api.openai.com/v1/chat/completions"),
    ("openai", "v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
    ("openai", "responses", "https://api.openai.com/v1/responses"),
    ("openai", "v1/files/file-1/content", "https://api.openai.com/v1/files/file-1/content"),
    ("anthropic", "v1/messages", "https://api.anthropic.com/v1/messages"),
    ("anthropic", "messages", "https://api.anthropic.com/v1/messages"),
    (
        "azure-openai",
        "my-res/gpt-4o/chat/completions?api-version=2024-10-21",
        "https://my-res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
    ),
    ("azure", "r/d/embeddings", "https://r.openai.azure.com/openai/deployments/d/embeddings"),
    (
        "aws-bedrock",
        "bedrock-runtime/eu-west-1/model/us.anthropic.claude-v1%3A0/invoke",
        "https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.anthropic.claude-v1%3A0/invoke",
    ),
    (
        "bedrock",
        "bedrock-runtime/cn-north-1/model/m/converse",
        "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/converse",
    ),
    (
        "aws-bedrock",
        "bedrock-mantle/us-east-1/anthropic/v1/messages",
        "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages",
    ),
    (
        "google-ai-studio",
        "v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    ),
    ("google", "v1/models/m:generateContent", "https://generativelanguage.googleapis.com/v1/models/m:generateContent"),
    (
        "google-vertex-ai",
        "v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent",
        "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/"
        "m:generateContent",
    ),
    (
        "google-vertex-ai",
        "v1/projects/p/locations/global/publishers/google/models/m:generateContent",
        "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/m:generateContent",
    ),
    (
        "google-vertex-ai",
        "v1/projects/p/locations/eu/publishers/anthropic/models/m:rawPredict",
        "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/anthropic/models/m:rawPredict",
    ),
    ("groq", "chat/completions", "https://api.groq.com/openai/v1/chat/completions"),
    ("groq", "v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"),
    ("groq", "openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"),
    ("mistral", "v1/chat/completions", "https://api.mistral.ai/v1/chat/completions"),
    ("mistral", "chat/completions", "https://api.mistral.ai/v1/chat/completions"),
    ("cohere", "v1/chat", "https://api.cohere.com/v1/chat"),
    ("cohere", "chat", "https://api.cohere.com/v1/chat"),
    ("cohere", "v2/chat", "https://api.cohere.com/v2/chat"),
    (
        "cohere",
        "compatibility/v1/chat/completions",
        "https://api.cohere.com/compatibility/v1/chat/completions",
    ),
    ("perplexity-ai", "chat/completions", "https://api.perplexity.ai/chat/completions"),
    ("perplexity", "v1/chat/completions", "https://api.perplexity.ai/chat/completions"),
    ("replicate", "predictions", "https://api.replicate.com/v1/predictions"),
    ("replicate", "v1/predictions/abc", "https://api.replicate.com/v1/predictions/abc"),
    ("huggingface", "org/model", "https://router.huggingface.co/hf-inference/models/org/model"),
    ("huggingface", "models/org/model", "https://router.huggingface.co/hf-inference/models/org/model"),
    ("deepseek", "chat/completions", "https://api.deepseek.com/chat/completions"),
    ("deepseek", "v1/chat/completions", "https://api.deepseek.com/chat/completions"),
    ("grok", "chat/completions", "https://api.x.ai/v1/chat/completions"),
    ("xai", "v1/messages", "https://api.x.ai/v1/messages"),
    ("openrouter", "chat/completions", "https://openrouter.ai/api/v1/chat/completions"),
    ("openrouter", "v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"),
    ("openrouter", "api/v1/models", "https://openrouter.ai/api/v1/models"),
    ("cerebras", "chat/completions", "https://api.cerebras.ai/v1/chat/completions"),
    ("cerebras-ai", "v1/chat/completions", "https://api.cerebras.ai/v1/chat/completions"),
    ("cartesia", "tts/bytes", "https://api.cartesia.ai/tts/bytes"),
    ("cartesia", "v1/tts/bytes", "https://api.cartesia.ai/tts/bytes"),
    (
        "elevenlabs",
        "v1/text-to-speech/voice?output_format=mp3_44100_128",
        "https://api.elevenlabs.io/v1/text-to-speech/voice?output_format=mp3_44100_128",
    ),
    ("deepgram", "v1/listen?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3"),
    ("fal", "fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl"),
    ("ideogram", "v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate"),
    ("baseten", "v1/chat/completions", "https://inference.baseten.co/v1/chat/completions"),
    ("baseten", "chat/completions", "https://inference.baseten.co/v1/chat/completions"),
    ("baseten", "model/abc123", "https://model-abc123.api.baseten.co/production/predict"),
    ("parallel", "v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs"),
    ("parallel", "v1beta/search", "https://api.parallel.ai/v1beta/search"),
    ("fireworks", "chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions"),
    ("fireworks", "v1/chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions"),
    ("workers-ai", "@cf/meta/llama-3.1-8b-instruct", "local:///@cf/meta/llama-3.1-8b-instruct"),
    ("workers-ai", "v1/chat/completions?a=b", "local:///v1/chat/completions?a=b"),
    ("adobe-firefly", "v3/images/generate", "https://firefly-api.adobe.io/v3/images/generate"),
    ("alibaba", "chat/completions", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"),
    ("minimax", "chat/completions", "https://api.minimax.io/v1/chat/completions"),
]


def providers(tmp_path: Path, **settings: Any) -> Providers:
    return Providers(Settings(state=tmp_path, **settings))


def step(provider: str, endpoint: str, headers: Headers | None = None) -> Step:
    path, _, query = endpoint.partition("?")
    return Step(provider, path, "POST", headers or [], b"", Options(), query)


def url(
    tmp_path: Path, provider: str, endpoint: str, config: GatewayConfig = CONFIG, headers: Headers | None = None
) -> str:
    table, asked = providers(tmp_path), step(provider, endpoint, headers)
    table.name(asked)
    return table.resolve(config, None, asked).url


def overridden(slug: str, base: str) -> GatewayConfig:
    return GatewayConfig(id="g", account="a", groundfog=Extension(base_urls={slug: base}))


@pytest.mark.parametrize(("provider", "endpoint", "wanted"), URLS, ids=lambda value: str(value)[:60])
def test_paths_go_where_the_table_says(tmp_path: Path, provider: str, endpoint: str, wanted: str) -> None:
    assert url(tmp_path, provider, endpoint) == wanted


def test_every_provider_of_the_table_is_tested(tmp_path: Path) -> None:
    table = providers(tmp_path)
    tested = {found.slug for provider, _, _ in URLS if (found := table.find(provider)) is not None}
    assert {provider.slug for provider in table.all()} == tested


def test_percent_encoding_and_queries_stay_byte_for_byte(tmp_path: Path) -> None:
    path = "v1/files/a%2Fb%20c%C3%BC?q=%5B1%5D&q=2&empty=&x"
    assert url(tmp_path, "openai", path) == f"https://api.openai.com/{path}"


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://127.0.0.1:1/", "http://127.0.0.1:1/v1"])
@pytest.mark.parametrize("endpoint", ["chat/completions", "v1/chat/completions"])
def test_a_gateways_own_base_url(tmp_path: Path, base: str, endpoint: str) -> None:
    assert url(tmp_path, "openai", endpoint, overridden("openai", base)) == "http://127.0.0.1:1/v1/chat/completions"


@pytest.mark.parametrize(
    ("provider", "endpoint", "wanted"),
    [
        ("azure-openai", "r/d/chat/completions", "http://h/openai/deployments/d/chat/completions"),
        ("aws-bedrock", "bedrock-runtime/us-east-1/model/m/converse", "http://h/model/m/converse"),
        (
            "google-vertex-ai",
            "v1/projects/p/locations/global/publishers/google/models/m:x",
            "http://h/v1/projects/p/locations/global/publishers/google/models/m:x",
        ),
        ("baseten", "model/abc", "http://h/production/predict"),
        ("huggingface", "org/model", "http://h/org/model"),
        ("fal", "fal-ai/x", "http://h/fal-ai/x"),
        ("anthropic", "v1/messages", "http://h/v1/messages"),
        ("google-ai-studio", "v1beta/models/m:generateContent", "http://h/v1beta/models/m:generateContent"),
    ],
)
def test_base_urls_of_special_forms(tmp_path: Path, provider: str, endpoint: str, wanted: str) -> None:
    assert url(tmp_path, provider, endpoint, overridden(provider, "http://h")) == wanted


@pytest.mark.parametrize(
    ("provider", "endpoint"),
    [
        ("azure-openai", "evil.example/d/chat/completions"),
        ("azure-openai", "evil.example%2F/d/chat/completions"),
        ("azure-openai", "only-resource"),
        ("aws-bedrock", "bedrock-runtime/us-east-1.evil.example/model/m/invoke"),
        ("aws-bedrock", "bedrock-runtime/us-east-1@evil/model/m/invoke"),
        ("aws-bedrock", "s3/us-east-1/bucket/key"),
        ("aws-bedrock", "model/m/invoke"),
        ("google-vertex-ai", "v1/projects/p/locations/evil.example%2F/publishers/x/models/m:x"),
        ("google-vertex-ai", "v1/models/m:x"),
        ("baseten", "model/x.evil"),
    ],
)
def test_no_path_chooses_another_host(tmp_path: Path, provider: str, endpoint: str) -> None:
    with pytest.raises(GroundfogError) as refused:
        url(tmp_path, provider, endpoint)
    assert refused.value.code == 2008


@pytest.mark.parametrize("name", ["nobody", "", "openai.com", "Custom"])
def test_unknown_providers(tmp_path: Path, name: str) -> None:
    with pytest.raises(GroundfogError) as refused:
        providers(tmp_path).name(step(name, "x"))
    assert refused.value.code == 2008


def test_aliases_and_case_lead_to_the_canonical_slug(tmp_path: Path) -> None:
    for alias, slug in (
        ("google", "google-ai-studio"),
        ("xai", "grok"),
        ("OpenAI", "openai"),
        ("Custom-A", "custom-a"),
    ):
        asked = step(alias, "chat/completions")
        providers(tmp_path).name(asked)
        assert asked.provider == slug


@pytest.mark.parametrize(
    "target", ["https://queue.fal.run/fal-ai/x?a=b", "https://fal.run/y", "https://rest.alpha.fal.ai/z"]
)
def test_fals_target_header_replaces_the_url(tmp_path: Path, target: str) -> None:
    table = providers(tmp_path)
    asked = step("fal", "ignored", [(b"x-fal-target-url", target.encode()), (b"x", b"1")])
    found = table.resolve(CONFIG, None, asked)
    assert (found.url, found.headers, found.public_only) == (target, [(b"x", b"1")], True)


@pytest.mark.parametrize(
    "target",
    [
        "http://queue.fal.run/x",
        "https://fal.run.evil.example/x",
        "https://evilfal.run/x",
        "https://fal.run@evil.example/x",
        "https://evil.example\\@fal.run/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_fals_target_header_stays_within_fal(tmp_path: Path, target: str) -> None:
    with pytest.raises(GroundfogError) as refused:
        url(tmp_path, "fal", "x", headers=[(b"x-fal-target-url", target.encode())])
    assert refused.value.code == 2008


def custom(base_url: str, **rest: Any) -> CustomProvider:
    return CustomProvider(id="1", account="a", slug="acme", name="A", base_url=base_url, enable=True, **rest)


@pytest.mark.parametrize(
    ("base", "endpoint", "wanted"),
    [
        (
            "https://api.acme.example/llm",
            "v1/chat/completions?a=%2F",
            "https://api.acme.example/llm/v1/chat/completions?a=%2F",
        ),
        ("https://api.acme.example/v1", "v1/chat", "https://api.acme.example/v1/v1/chat"),
        ("https://api.acme.example/v1", "{v1}chat/completions", "https://api.acme.example/v1/chat/completions"),
        ("https://api.acme.example/api/v2beta", "{v1}embeddings", "https://api.acme.example/api/v2beta/embeddings"),
        ("https://api.acme.example", "{v1}chat/completions", "https://api.acme.example/v1/chat/completions"),
    ],
)
def test_custom_providers_append_the_path(tmp_path: Path, base: str, endpoint: str, wanted: str) -> None:
    found = providers(tmp_path).resolve(CONFIG, custom(base), step("custom-acme", endpoint))
    assert (found.url, found.public_only) == (wanted, True)


def test_a_custom_providers_headers_win(tmp_path: Path) -> None:
    fixed = ((b"x-tenant", b"t"), (b"authorization", b"Bearer fixed"))
    asked = step("custom-acme", "x", [(b"authorization", b"Bearer mine"), (b"x-a", b"1")])
    found = providers(tmp_path).resolve(CONFIG, custom("https://h", sent_headers=fixed), asked)
    assert found.headers == [(b"x-a", b"1"), *fixed]
    assert asked.headers[0] == (b"authorization", b"Bearer mine"), "the step's own headers stay for the next attempt"


def test_custom_providers_that_are_refused(tmp_path: Path) -> None:
    table = providers(tmp_path)
    off = CustomProvider(id="1", account="a", slug="acme", name="A", base_url="https://h")
    for found in (None, off, custom("http://h")):
        with pytest.raises(GroundfogError) as refused:
            table.resolve(CONFIG, found, step("custom-acme", "x"))
        assert refused.value.code == 2008
    open_table = providers(tmp_path, gateway_allow_http=True, gateway_allow_private=True)
    found = open_table.resolve(CONFIG, custom("http://h"), step("custom-acme", "x"))
    assert (found.url, found.public_only) == ("http://h/x", False)


@pytest.mark.parametrize(
    ("provider", "endpoint", "wanted"),
    [
        ("openai", "?model=gpt-realtime", "https://api.openai.com/v1/realtime?model=gpt-realtime"),
        ("openai", "realtime?model=m", "https://api.openai.com/v1/realtime?model=m"),
        (
            "google",
            "?api_key=k&x=1",
            "https://generativelanguage.googleapis.com/ws/"
            "google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k&x=1",
        ),
        (
            "cartesia",
            "?cartesia_version=2024-06-10&api_key=k",
            "https://api.cartesia.ai/tts/websocket?cartesia_version=2024-06-10&api_key=k",
        ),
        ("elevenlabs", "?agent_id=a", "https://api.elevenlabs.io/v1/convai/conversation?agent_id=a"),
        ("fal", "fal-ai/fast-lcm-diffusion", "https://ws.fal.run/fal-ai/fast-lcm-diffusion"),
        ("deepgram", "v1/listen?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3"),
        ("deepgram", "?model=nova-3", "https://api.deepgram.com/v1/listen?model=nova-3"),
        ("mistral", "v1/audio", "https://api.mistral.ai/v1/audio"),
    ],
)
def test_realtime_addresses(tmp_path: Path, provider: str, endpoint: str, wanted: str) -> None:
    table, asked = providers(tmp_path), step(provider, endpoint)
    table.name(asked)
    assert table.resolve(CONFIG, None, asked, websocket=True).url == wanted
