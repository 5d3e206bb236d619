"""What is sent for what a caller gives."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import numpy as np
import pytest

from groundfog import AI, AsyncAI, client
from groundfog.client.http import base_url
from groundfog.tasks import multipart
from tests.support.examples import png, wav
from tests.support.fake_api import FakeApi, Laid, fake_api

MODEL = "@cf/meta/llama-3.1-8b-instruct"


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with fake_api() as fake:
        fake.answers = [Laid() for _ in range(10)]
        yield fake


@pytest.fixture
async def ai(api: FakeApi) -> AsyncIterator[AsyncAI]:
    async with AsyncAI(url=api.url, account="team a", api_key="gf_key") as ai:
        yield ai


async def test_inputs_are_a_json_body_with_the_key(api: FakeApi, ai: AsyncAI) -> None:
    await ai.run(MODEL, {"prompt": "Fog", "stop": ("a", "b"), "numbers": np.arange(3)})
    assert api.sent[0].path == f"/client/v4/accounts/team%20a/ai/run/{MODEL}"
    assert api.sent[0].headers["authorization"] == "Bearer gf_key"
    assert api.sent[0].headers["content-type"] == "application/json"
    assert api.last() == {"prompt": "Fog", "stop": ["a", "b"], "numbers": [0, 1, 2]}


async def test_a_whole_number_stays_whole_however_long_it_is(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [Laid(body=b'{"result":{"response":{"n":37832506050571510571510}},"success":true,"errors":[]}')]
    assert await ai.run(MODEL, {"prompt": "Count"}) == {"response": {"n": 37832506050571510571510}}


async def test_without_a_key_there_is_no_authorization(api: FakeApi) -> None:
    async with AsyncAI(url=api.url) as ai:
        await ai.run(MODEL, {"prompt": "Fog"})
    assert "authorization" not in api.sent[0].headers
    assert "/accounts/local/" in api.sent[0].path


async def test_options_are_sent_where_a_server_reads_them(api: FakeApi, ai: AsyncAI) -> None:
    options: client.RunOptions = {
        "rejectIfBusy": True,
        "tags": ["a", "b"],
        "sessionAffinity": "s1",
        "gateway": {"id": "g", "skipCache": True, "metadata": {"user": 1}, "retries": {"maxAttempts": 3}},
    }
    await ai.run(MODEL, {"prompt": "Fog"}, options)
    sent = api.sent[0]
    assert sent.query == {"rejectIfBusy": "true", "tags": "a,b"}
    assert sent.headers["x-session-affinity"] == "s1"
    assert sent.headers["cf-aig-gateway-id"] == "g"
    assert sent.headers["cf-aig-skip-cache"] == "true"
    assert sent.headers["cf-aig-max-attempts"] == "3"
    assert json.loads(sent.headers["cf-aig-metadata"]) == {"user": 1}
    assert api.last() == {"prompt": "Fog"}


@pytest.mark.parametrize(
    "options",
    [
        {"rejectIfBsy": True},
        {"tags": ["a b"]},
        {"tags": ["x" * 51]},
        {"tags": [str(number) for number in range(6)]},
        {"gateway": {"nonsense": 1}},
        {"gateway": {"maxAttempts": 1}},
        {"gateway": {"retries": {"id": 1}}},
    ],
)
async def test_options_that_nobody_knows_are_refused(api: FakeApi, ai: AsyncAI, options: client.RunOptions) -> None:
    with pytest.raises(client.BadInputError):
        await ai.run(MODEL, {"prompt": "Fog"}, options)
    assert api.sent == []


async def test_bytes_are_the_body_with_their_content_type(api: FakeApi, ai: AsyncAI) -> None:
    await ai.run("@cf/openai/whisper", wav())
    assert api.sent[0].headers["content-type"] == "audio/wav"
    assert api.sent[0].body == wav()
    await ai.run("@cf/microsoft/resnet-50", png())
    assert api.sent[1].headers["content-type"] == "image/png"
    await ai.run("@cf/microsoft/resnet-50", b"unknown")
    assert api.sent[2].headers["content-type"] == "application/octet-stream"


async def test_audio_bytes_leave_the_other_inputs_to_the_query(api: FakeApi, ai: AsyncAI) -> None:
    inputs = {"audio": wav(), "language": "fr", "punctuate": True, "utt_split": 0.5, "encoding": None}
    await ai.run("@cf/deepgram/nova-3", inputs, {"rejectIfBusy": True})
    assert api.sent[0].body == wav()
    assert api.sent[0].query == {"language": "fr", "punctuate": "true", "utt_split": "0.5", "rejectIfBusy": "true"}


async def test_image_bytes_among_inputs_are_a_data_uri(api: FakeApi, ai: AsyncAI) -> None:
    await ai.run("@cf/unum/uform-gen2-qwen-500m", {"image": png(), "prompt": "?", "mask": b"bare"})
    expected = base64.b64encode(png()).decode()
    assert api.last() == {"image": f"data:image/png;base64,{expected}", "prompt": "?", "mask": "YmFyZQ=="}


async def test_a_form_is_multipart(api: FakeApi, ai: AsyncAI) -> None:
    await ai.run("@cf/black-forest-labs/flux-2-dev", client.Form(prompt="Fög", width=512, input_image_0=png()))
    parts = {part.name: part for part in multipart.parse(api.sent[0].body, api.sent[0].headers["content-type"])}
    assert parts["prompt"].content.decode() == "Fög"
    assert parts["width"].content == b"512"
    assert parts["input_image_0"].content == png()
    assert parts["input_image_0"].content_type == "image/png"


async def test_what_json_does_not_have_is_refused(api: FakeApi, ai: AsyncAI) -> None:
    with pytest.raises(client.BadInputError):
        await ai.run(MODEL, {"prompt": object()})
    assert api.sent == []


async def test_stream_does_not_touch_the_callers_inputs(api: FakeApi, ai: AsyncAI) -> None:
    inputs = {"prompt": "Fog"}
    api.answers = [Laid(body=b"data: [DONE]\r\n\r\n", content_type="text/event-stream")]
    async with await ai.stream(MODEL, inputs) as stream:
        assert [delta async for delta in stream] == []
    assert api.last() == {"prompt": "Fog", "stream": True}
    assert inputs == {"prompt": "Fog"}


async def test_a_model_that_answers_at_once_does_not_stream(api: FakeApi, ai: AsyncAI) -> None:
    with pytest.raises(client.BadInputError) as caught:
        await ai.stream(MODEL, {"prompt": "Fog"})
    assert "does not stream" in caught.value.description


async def test_bytes_are_answered_as_bytes(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [Laid(body=b"\x89PNG", content_type="image/png")]
    assert await ai.run("@cf/lykon/dreamshaper-8-lcm", {"prompt": "Fog"}) == b"\x89PNG"


@pytest.mark.parametrize(
    "url",
    ["http://h:1", "http://h:1/", "http://h:1/client/v4", "http://h:1/client/v4/"],
)
def test_a_url_may_have_the_api_path_or_not(url: str) -> None:
    assert base_url(url, "a/b") == "http://h:1/client/v4/accounts/a%2Fb/ai"


@pytest.mark.parametrize(
    "variables",
    [
        {"GROUNDFOG_URL": "{url}", "GROUNDFOG_ACCOUNT": "acc", "GROUNDFOG_API_KEY": "key"},
        {
            "CLOUDFLARE_API_BASE_URL": "{url}/client/v4",
            "CLOUDFLARE_ACCOUNT_ID": "acc",
            "CLOUDFLARE_API_TOKEN": "key",
        },
        {
            "GROUNDFOG_URL": "{url}",
            "CLOUDFLARE_API_BASE_URL": "http://127.0.0.1:9",
            "CLOUDFLARE_ACCOUNT_ID": "acc",
            "GROUNDFOG_API_KEY": "key",
            "CLOUDFLARE_API_TOKEN": "other",
        },
    ],
)
async def test_the_environment_says_where_to_connect(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(url=api.url))
    async with AsyncAI() as ai:
        assert await ai.run(MODEL, {"prompt": "Fog"}) == "ok"
    assert api.sent[0].path == f"/client/v4/accounts/acc/ai/run/{MODEL}"
    assert api.sent[0].headers["authorization"] == "Bearer key"


def test_a_url_and_a_platform_are_one_too_many() -> None:
    for kind in (AI, AsyncAI):
        with pytest.raises(ValueError, match="not both"):
            kind(url="http://h", platform=object())  # type: ignore[arg-type]
