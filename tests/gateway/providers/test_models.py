"""Which model a request names, and whether it wants a stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundfog.gateway.options import Options
from groundfog.gateway.providers import Providers
from groundfog.gateway.request import Step
from groundfog.settings import Settings

BEDROCK = "bedrock-runtime/us-east-1/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0"
VERTEX = "v1/projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5"

CASES: list[tuple[str, str, Any, str | None, bool]] = [
    ("openai", "chat/completions", {"model": "gpt-4o"}, "gpt-4o", False),
    ("openai", "chat/completions", {"model": "gpt-4o", "stream": True}, "gpt-4o", True),
    ("openai", "chat/completions", {"stream": "yes"}, None, False),
    ("openai", "models", None, None, False),
    ("openai", "chat/completions", [1], None, False),
    ("anthropic", "v1/messages", {"model": "claude-sonnet-4-5", "stream": True}, "claude-sonnet-4-5", True),
    ("azure-openai", "res/my-gpt/chat/completions", {"stream": True}, "my-gpt", True),
    ("aws-bedrock", BEDROCK + "/invoke", {}, "us.anthropic.claude-haiku-4-5-20251001-v1:0", False),
    ("aws-bedrock", BEDROCK + "/converse-stream", {}, "us.anthropic.claude-haiku-4-5-20251001-v1:0", True),
    ("aws-bedrock", BEDROCK + "/invoke-with-response-stream", {}, "us.anthropic.claude-haiku-4-5-20251001-v1:0", True),
    ("aws-bedrock", "bedrock-mantle/us-east-1/anthropic/v1/messages", {"model": "m", "stream": True}, "m", True),
    ("google-ai-studio", "v1beta/models/gemini-2.5-flash:generateContent", {}, "gemini-2.5-flash", False),
    ("google-ai-studio", "v1beta/models/gemini-2.5-flash:streamGenerateContent", {}, "gemini-2.5-flash", True),
    ("google-ai-studio", "v1beta/openai/chat/completions", {"model": "gemini", "stream": True}, "gemini", True),
    ("google-vertex-ai", VERTEX + ":rawPredict", {}, "anthropic/claude-sonnet-4-5", False),
    ("google-vertex-ai", VERTEX + ":streamRawPredict", {}, "anthropic/claude-sonnet-4-5", True),
    ("google-vertex-ai", "v1/projects/p/locations/x/endpoints/openapi/chat/completions", {"model": "m"}, "m", False),
    ("replicate", "predictions", {"version": "5c7d5dc6"}, "5c7d5dc6", False),
    ("replicate", "v1/models/meta/llama-3/predictions", {"input": {}}, "meta/llama-3", False),
    ("huggingface", "bigcode/starcoder", {"inputs": ""}, "bigcode/starcoder", False),
    ("workers-ai", "@cf/meta/llama-3.1-8b-instruct", {"prompt": "a"}, "@cf/meta/llama-3.1-8b-instruct", False),
    ("workers-ai", "run/@hf/x/y", {"stream": True}, "@hf/x/y", True),
    ("workers-ai", "v1/chat/completions", {"model": "@cf/a/b"}, "@cf/a/b", False),
    ("deepgram", "v1/listen?model=nova-3&language=de", None, "nova-3", False),
    ("elevenlabs", "v1/text-to-speech/v", {"model_id": "eleven_flash"}, "eleven_flash", False),
    ("cartesia", "tts/bytes", {"model_id": "sonic"}, "sonic", False),
    ("fal", "fal-ai/fast-sdxl", {"prompt": "x"}, "fal-ai/fast-sdxl", False),
    ("baseten", "model/abc", {}, "abc", False),
    ("baseten", "v1/chat/completions", {"model": "openai/gpt-oss-120b"}, "openai/gpt-oss-120b", False),
    ("parallel", "v1/tasks/runs", {"processor": "base"}, "base", False),
    ("custom-acme", "v1/chat/completions", {"model": "m", "stream": True}, "m", True),
]


@pytest.mark.parametrize(("provider", "endpoint", "data", "model", "stream"), CASES, ids=lambda value: str(value)[:50])
def test_model_and_stream(
    tmp_path: Path, provider: str, endpoint: str, data: Any, model: str | None, stream: bool
) -> None:
    path, _, query = endpoint.partition("?")
    body = b"" if data is None else json.dumps(data).encode()
    step = Step(provider, path, "POST", [], body, Options(), query)
    Providers(Settings(state=tmp_path)).name(step)
    assert (step.model, step.stream) == (model, stream)


def test_forms_name_their_model_too(tmp_path: Path) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    body = part % (b"model", b"whisper-1") + part % (b"stream", b"true") + b"--b--\r\n"
    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    step = Step("openai", "audio/transcriptions", "POST", headers, body, Options())
    Providers(Settings(state=tmp_path)).name(step)
    assert (step.model, step.stream) == ("whisper-1", True)


def test_what_the_caller_said_before_is_kept(tmp_path: Path) -> None:
    step = Step("openai", "chat/completions", "POST", [], b'{"model":"b"}', Options(), model="a", stream=True)
    Providers(Settings(state=tmp_path)).name(step)
    assert (step.model, step.stream) == ("a", True)
