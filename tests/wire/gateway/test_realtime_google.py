"""Gemini's Live protocol through a gateway: model, usage, policies and budgets (spec ai-gateway §1.10)."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from groundfog.gateway.realtime.frames.google import GoogleFrames
from groundfog.gateway.record import CHARGE, Record
from groundfog.metering.money import dollars_float
from tests.support.fake_socket import FakeSocket
from tests.support.gateway_server import Served

MODEL = "gemini-2.5-flash-native-audio-preview-12-2025"
SETUP = {"setup": {"model": f"models/{MODEL}", "generationConfig": {"maxOutputTokens": 100}}}
TURN = {"clientContent": {"turns": [{"parts": [{"text": "hi"}]}], "turnComplete": True}}
SOUND = {"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "A" * 4000}}}
TEXT_IN, AUDIO_IN, TEXT_OUT, AUDIO_OUT = 500_000, 3_000_000, 2_000_000, 12_000_000
USAGE = {
    "promptTokenCount": 50,
    "responseTokenCount": 30,
    "totalTokenCount": 80,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 20}, {"modality": "AUDIO", "tokenCount": 30}],
    "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 25}, {"modality": "TEXT", "tokenCount": 5}],
}
COST = 20 * TEXT_IN + 30 * AUDIO_IN + 25 * AUDIO_OUT + 5 * TEXT_OUT


class FakeLive:
    """Answers a complete turn, or a second frame of sound, in binary frames as Gemini does."""

    def __init__(self) -> None:
        self.answered = 0

    async def __call__(self, there: FakeSocket) -> None:
        heard = 0
        while (message := await there.receive()) is not None:
            frame = json.loads(message)
            if "setup" in frame:
                await self._say(there, {"setupComplete": {}})
            heard += "realtimeInput" in frame
            if "clientContent" in frame or "client_content" in frame or heard == 2:
                heard = 0
                self.answered += 1
                part = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "A" * 600}}
                await self._say(there, {"serverContent": {"modelTurn": {"parts": [part]}}})
                await self._say(there, {"serverContent": {"generationComplete": True}})
                await self._say(there, {"serverContent": {"turnComplete": True}, "usageMetadata": USAGE})

    async def _say(self, there: FakeSocket, event: dict[str, Any]) -> None:
        await there.send(json.dumps(event).encode())


def socket(served: Served, gateway: str = "g") -> connect:
    url = served.url.replace("http", "ws", 1) + f"/v1/acct/{gateway}/google?api_key=K"
    return connect(url, proxy=None, max_size=None)


def frame(data: dict[str, Any]) -> str:
    return json.dumps(data)


def tight(served: Served, pico: int, **more: Any) -> None:
    rule = {"id": "r1", "limitType": "cost", "limit": dollars_float(pico), "window": 3600, "technique": "fixed", **more}
    served.gateway("tight", spend_limits={"enabled": True, "rules": [rule]})


async def turn(connection: ClientConnection) -> None:
    while "turnComplete" not in json.loads(await connection.recv()).get("serverContent", {}):
        pass


async def closed(connection: ClientConnection) -> tuple[int | None, str]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv()
    return connection.close_code, connection.close_reason or ""


async def row(served: Served) -> Record:
    count = 1
    while (record := await served.recorded(count)).request_type == CHARGE:
        count += 1
    return record


@pytest.fixture
def live(served: Served) -> FakeLive:
    fake = FakeLive()
    served.upstream.on_socket(fake)
    return fake


async def test_the_first_frame_names_the_model_and_each_turn_is_priced(served: Served, live: FakeLive) -> None:
    async with socket(served) as connection:
        await connection.send(frame(SETUP))
        for _ in range(2):
            await connection.send(frame(TURN).encode())
            await turn(connection)
    record = await row(served)
    assert (record.provider, record.model) == ("google-ai-studio", MODEL)
    assert (record.tokens_in, record.tokens_out, record.cost) == (100, 60, 2 * COST)


async def test_a_budget_of_one_model_holds_for_the_model_of_the_first_frame(served: Served, live: FakeLive) -> None:
    # Room for one answer of 100 tokens, and not for two.
    tight(served, 1500 * TEXT_IN + 120 * AUDIO_OUT, model={"mode": "filter", "values": [MODEL]})
    async with socket(served, "tight") as connection:
        await connection.send(frame(SETUP))
        for _ in range(4):
            await connection.send(frame(TURN))
        assert (await closed(connection))[0] == 1013
    record = await row(served)
    assert record.cost == COST * live.answered
    assert live.answered >= 1
    assert record.cost <= 1500 * TEXT_IN + 120 * AUDIO_OUT


async def test_sound_is_held_for_before_it_goes_on(served: Served, live: FakeLive) -> None:
    tight(served, 100 * AUDIO_OUT)
    async with socket(served, "tight") as connection:
        await connection.send(frame(SETUP))
        await connection.send(frame(SOUND))
        await connection.send(frame(SOUND))
        assert (await closed(connection))[0] == 1013
    assert live.answered == 0
    assert frame(SOUND) not in served.upstream.sockets[0].received


async def test_a_policy_sees_the_model_of_the_first_frame(served: Served, live: FakeLive) -> None:
    served.gateway("ruled")
    policies = "/client/v4/accounts/acct/ai-gateway/gateways/ruled/policies?commit=true"
    for name, resource, action in (("all", "*", "no-limit"), ("not-that", {"model": MODEL}, "block")):
        given = {"name": name, "actor": "all", "resource": resource, "condition": "true", "action": {"type": action}}
        answer = await served.post(policies, json=given)
        assert answer.status_code == 200, answer.text
    other = {"setup": {"model": "models/gemini-3.1-flash-live-preview"}}
    async with socket(served, "ruled") as connection:
        await connection.send(frame(other))
        await connection.send(frame(TURN))
        await turn(connection)
        # A second setup is asked about again.
        await connection.send(frame(SETUP))
        assert (await closed(connection))[0] == 1008
    async with socket(served, "ruled") as connection:
        await connection.send(frame(SETUP))
        assert await closed(connection) == (1008, "2003: Access denied by policy")
    assert served.upstream.sockets[1].received == []


async def test_what_is_sent_before_the_model_is_named_is_asked_about_too(served: Served, live: FakeLive) -> None:
    served.gateway("ruled")
    policies = "/client/v4/accounts/acct/ai-gateway/gateways/ruled/policies?commit=true"
    given = {"name": "one", "actor": "all", "resource": {"model": MODEL}, "condition": "true"}
    answer = await served.post(policies, json={**given, "action": {"type": "no-limit"}})
    assert answer.status_code == 200, answer.text
    async with socket(served, "ruled") as connection:
        await connection.send(frame(TURN))
        assert (await closed(connection))[0] == 1008
    assert live.answered == 0


@pytest.mark.parametrize(
    ("given", "audio", "starts"),
    [
        (SOUND, True, False),
        ({"realtime_input": {"media_chunks": [{"mime_type": "audio/pcm", "data": "AAAA"}]}}, True, False),
        ({"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=100", "data": "AAAA"}}}, False, False),
        ({"realtimeInput": {"audio": {"mimeType": "audio/opus", "data": "AAAA"}}}, False, False),
        ({**SOUND, **TURN}, False, True),
        ({"client_content": {"turn_complete": True}}, False, True),
        ({"toolResponse": {"functionResponses": []}}, False, True),
    ],
)
def test_what_is_sound_and_what_asks(given: dict[str, Any], audio: bool, starts: bool) -> None:
    sent = GoogleFrames().sent(frame(given))
    assert (sent.audio > 0, sent.text > 0, sent.starts) == (audio, not audio, starts)


def test_tools_of_the_provider_and_earlier_sessions_open_the_whole_context() -> None:
    for given in ({"tools": [{"googleSearch": {}}]}, {"sessionResumption": {"handle": "h"}}):
        assert GoogleFrames().sent(frame({"setup": {"model": "models/m", **given}})).whole
    own = {"tools": [{"functionDeclarations": [{"name": "f"}]}], "sessionResumption": {}}
    assert not GoogleFrames().sent(frame({"setup": {"model": "models/m", **own}})).whole


async def test_a_connection_without_a_turn_costs_nothing(served: Served, live: FakeLive) -> None:
    async with socket(served) as connection:
        await connection.send(frame(SETUP))
        await connection.recv()
    record = await row(served)
    assert (record.cost, record.tokens_in) == (None, None)
