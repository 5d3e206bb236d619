"""The providers' own clients on realtime WebSockets, unchanged but for the address (spec ai-gateway §1.10)."""

from __future__ import annotations

import openai
import pytest
from google import genai
from google.genai import types

from tests.support.fake_realtime import FakeRealtime, tokens
from tests.support.gateway_server import GATEWAY, Served
from tests.wire.gateway.test_realtime_budgets import TEXT_IN, TEXT_OUT, row
from tests.wire.gateway.test_realtime_google import COST, MODEL, FakeLive


async def test_openai_s_client_speaks_realtime(served: Served) -> None:
    served.upstream.on_socket(FakeRealtime(tokens(100, 0, 10, 0)))
    base = served.url + GATEWAY + "/openai"
    async with (
        openai.AsyncOpenAI(base_url=base, api_key="sk-mine", max_retries=0) as client,
        client.realtime.connect(model="gpt-realtime") as connection,
    ):
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await connection.response.create(response={"max_output_tokens": 20})
        async for event in connection:
            if event.type == "response.done":
                assert event.response.usage is not None
                assert event.response.usage.output_tokens == 10
                break
    record = await row(served)
    assert (record.model, record.cost) == ("gpt-realtime", 100 * TEXT_IN + 10 * TEXT_OUT)
    assert served.upstream.sockets[0].target == "/v1/realtime?model=gpt-realtime"
    assert served.upstream.sockets[0].header("authorization") == "Bearer sk-mine"


async def test_google_s_client_speaks_live(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.upstream.on_socket(FakeLive())
    options = types.HttpOptions(base_url=served.url + GATEWAY + "/google-ai-studio")
    client = genai.Client(api_key="K", http_options=options)
    # The client insists on TLS, which this server leaves to a proxy before it.
    address = str(options.base_url).replace("http", "ws", 1)
    monkeypatch.setattr(client._api_client, "_websocket_base_url", lambda *_: address)
    monkeypatch.setattr(client._api_client, "_websocket_ssl_ctx", {})
    async with client.aio.live.connect(model=MODEL, config={"response_modalities": ["AUDIO"]}) as session:
        await session.send_client_content(turns={"role": "user", "parts": [{"text": "hi"}]}, turn_complete=True)
        used = [message.usage_metadata async for message in session.receive()][-1]
        assert used is not None
        assert used.response_token_count == 30
    record = await row(served)
    assert (record.provider, record.model, record.cost) == ("google-ai-studio", MODEL, COST)
    assert served.upstream.sockets[0].header("x-goog-api-key") == "K"
