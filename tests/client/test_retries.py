"""What may pass is tried again, after a pause; what will not is raised at once."""

from __future__ import annotations

import gc
import pickle
from collections.abc import AsyncIterator
from typing import Any

import pytest

from groundfog import AsyncAI, client
from groundfog.client.retries import LONGEST_S, Retries, may_pass
from groundfog.errors import GroundfogError
from tests.support.fake_api import FakeApi, Laid, error, fake_api

MODEL = "@cf/meta/llama-3.1-8b-instruct"
EVENTS = b'data: {"response":"Hi"}\n\ndata: [DONE]\n\n'
DONE = Laid(body=EVENTS, content_type="text/event-stream")
BROKEN = Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream", hang_up=True)


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with fake_api() as fake:
        yield fake


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
async def ai(api: FakeApi, pauses: list[float]) -> AsyncIterator[AsyncAI]:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with AsyncAI(url=api.url, api_key="k") as ai:
        ai._retries = Retries(2, pause, jitter=lambda: 0.0)
        yield ai


PASSING = [
    error(408, 3007, "AiError: Request timeout"),
    error(409, 1, "conflict"),
    error(429, 3040, "AiError: Capacity temporarily exceeded, please try again."),
    error(500, 5001, "AiError: x"),
    error(502, 0, "bad gateway"),
    error(503, 3048, "x"),
    Laid(503, b"<html>upstream</html>", content_type="text/html"),
    Laid(body=b"", hang_up=True),
]


@pytest.mark.parametrize("first", PASSING, ids=lambda laid: f"{laid.status}-{len(laid.body)}")
async def test_what_may_pass_is_tried_again(api: FakeApi, ai: AsyncAI, pauses: list[float], first: Laid) -> None:
    api.answers = [first, first, Laid()]
    assert await ai.run(MODEL, {"prompt": "x"}) == "ok"
    assert len(api.sent) == 3
    assert api.sent[0].body == api.sent[2].body
    assert pauses == [0.5, 1.0]


@pytest.mark.parametrize(
    ("laid", "kind"),
    [
        (error(400, 5006, "AiError: Bad input: Error: x"), client.BadInputError),
        (error(400, 5007, "AiError: No such model x or task"), client.NoSuchModelError),
        (error(401, 10000, "Authentication error"), client.AuthenticationError),
        (error(403, 10001, "The key may not run"), client.PermissionDeniedError),
        (error(404, 7003, "Could not route"), client.NotFoundError),
        (error(410, 5028, "Model has been deprecated"), client.DeprecatedModelError),
        (error(413, 5021, "AiError: Ai: too long"), client.ContextExceededError),
        (error(429, 3036, "AiError: AiError: daily free allocation"), client.QuotaError),
        (error(429, 4006, "daily free allocation"), client.QuotaError),
        (error(501, 3047, "not here"), client.ServerError),
    ],
)
async def test_what_will_not_pass_is_raised_at_once(
    api: FakeApi, ai: AsyncAI, laid: Laid, kind: type[client.AIError]
) -> None:
    api.answers = [laid]
    with pytest.raises(kind) as caught:
        await ai.run(MODEL, {"prompt": "x"})
    assert type(caught.value) is kind
    assert isinstance(caught.value, GroundfogError)
    assert caught.value.status == laid.status
    assert caught.value.next
    assert len(api.sent) == 1


async def test_after_the_last_try_the_error_is_raised(api: FakeApi, ai: AsyncAI) -> None:
    busy = error(429, 3040, "AiError: AiError: Capacity (r-1)", cf_ai_req_id="r-1", groundfog_hint="Wait a little.")
    api.answers = [busy] * 3
    with pytest.raises(client.OutOfCapacityError) as caught:
        await ai.run(MODEL, {"prompt": "x"})
    assert len(api.sent) == 3
    assert (caught.value.code, caught.value.status, caught.value.request_id) == (3040, 429, "r-1")
    assert caught.value.description == "Capacity"
    assert ai.last_request_id == "r-1"


async def test_retry_after_is_waited_for(api: FakeApi, ai: AsyncAI, pauses: list[float]) -> None:
    api.answers = [error(429, 3040, "x", Retry_After="7"), error(503, 0, "x", Retry_After="0.5"), Laid()]
    assert await ai.run(MODEL, {"prompt": "x"}) == "ok"
    assert pauses == [7.0, 0.5]


async def test_a_pause_that_is_too_long_is_not_waited_for(api: FakeApi, ai: AsyncAI, pauses: list[float]) -> None:
    api.answers = [error(429, 3040, "x", Retry_After="3600")]
    with pytest.raises(client.RateLimitError) as caught:
        await ai.run(MODEL, {"prompt": "x"})
    assert caught.value.retry_after == 3600
    assert pauses == []


async def test_a_date_in_retry_after_is_no_number_of_seconds(api: FakeApi, ai: AsyncAI, pauses: list[float]) -> None:
    api.answers = [error(429, 3040, "x", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), Laid()]
    assert await ai.run(MODEL, {"prompt": "x"}) == "ok"
    assert pauses == [0.5]


async def test_a_stream_is_asked_for_again_until_it_begins(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [error(429, 3040, "x"), DONE]
    assert [delta.text async for delta in await ai.stream(MODEL, {"prompt": "x"})] == ["Hi"]
    assert len(api.sent) == 2


async def test_a_stream_that_has_begun_is_never_asked_for_again(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [BROKEN, DONE]
    stream = await ai.stream(MODEL, {"prompt": "x"})
    assert (await anext(stream)).text == "Hi"
    with pytest.raises(client.StreamBrokenError):
        await anext(stream)
    assert len(api.sent) == 1


async def test_a_stream_without_done_is_broken_even_if_it_ends_well(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream")]
    stream = await ai.stream(MODEL, {"prompt": "x"})
    assert (await anext(stream)).text == "Hi"
    with pytest.raises(client.StreamBrokenError):
        await anext(stream)


async def test_no_server_is_a_connection_error_that_says_where() -> None:
    async with AsyncAI(url="http://127.0.0.1:9", max_retries=0) as ai:
        with pytest.raises(client.ConnectionFailedError) as caught:
            await ai.run(MODEL, {"prompt": "x"})
        assert "http://127.0.0.1:9" in caught.value.description
        assert "groundfog serve" in caught.value.next
        with pytest.raises(client.ConnectionFailedError):
            await ai.schema(MODEL)
        with pytest.raises(client.ConnectionFailedError):
            await anext(ai.models())


async def test_lists_are_tried_again_too(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [error(503, 0, "x"), Laid(body=b'{"result":[{"name":"a"}]}')]
    assert [model["name"] async for model in ai.models()] == ["a"]
    api.answers = [error(503, 0, "x"), Laid(body=b'{"result":{"input":{},"output":{}}}')]
    assert await ai.schema(MODEL) == {"input": {}, "output": {}}


async def test_a_stalled_answer_times_out_and_hangs_up(api: FakeApi) -> None:
    api.answers = [Laid(body=b"{", stall=True)]
    async with AsyncAI(url=api.url, timeout=0.1) as ai:
        with pytest.raises(client.OverdueError):
            await ai.run(MODEL, {"prompt": "x"})
        await api.hung_up.wait()


async def test_a_stalled_stream_times_out_at_its_next_piece_and_hangs_up(api: FakeApi) -> None:
    api.answers = [Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream", stall=True)]
    async with AsyncAI(url=api.url, timeout=0.2, max_retries=0) as ai:
        stream = await ai.stream(MODEL, {"prompt": "x"})
        assert (await anext(stream)).text == "Hi"
        with pytest.raises(client.OverdueError):
            await anext(stream)
        await api.hung_up.wait()


async def test_leaving_a_stream_hangs_up(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream", stall=True)]
    async with await ai.stream(MODEL, {"prompt": "x"}) as stream:
        await anext(stream)
    await api.hung_up.wait()
    assert [delta async for delta in stream] == []


async def test_dropping_a_stream_hangs_up(api: FakeApi, ai: AsyncAI) -> None:
    api.answers = [Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream", stall=True)]
    stream = await ai.stream(MODEL, {"prompt": "x"})
    await anext(stream)
    del stream
    gc.collect()
    await api.hung_up.wait()


async def test_closing_the_client_ends_its_streams(api: FakeApi) -> None:
    api.answers = [Laid(body=b'data: {"response":"Hi"}\n\n', content_type="text/event-stream", stall=True)]
    ai = AsyncAI(url=api.url)
    stream = await ai.stream(MODEL, {"prompt": "x"})
    await ai.close()
    assert [delta async for delta in stream] == []
    await api.hung_up.wait()
    with pytest.raises(RuntimeError, match="closed"):
        await ai.run(MODEL, {"prompt": "x"})


def test_pauses_grow_and_end_growing_and_are_shortened_by_jitter() -> None:
    steady, shaken = Retries(9, jitter=lambda: 0.0), Retries(9, jitter=lambda: 1.0)
    waits: list[Any] = [steady._before(attempt, None) for attempt in range(7)]
    assert waits == [0.5, 1, 2, 4, LONGEST_S, LONGEST_S, LONGEST_S]
    assert shaken._before(2, None) == 1.5


def test_an_unknown_error_keeps_its_code_and_words() -> None:
    found = client.errors.from_answer(
        418, 9999, "AiError: AiError: I am a teapot (r)", request_id="r", hint=None, retry_after=None
    )
    assert (found.code, found.status, found.description) == (9999, 418, "I am a teapot")
    assert not may_pass(found)


def test_errors_survive_pickling() -> None:
    before = client.errors.from_answer(429, 9999, "x", request_id="r", hint="h", retry_after=3.0)
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is client.RateLimitError
    assert (after.code, after.request_id, after.retry_after, after.next) == (9999, "r", 3.0, "h")


@pytest.mark.parametrize(
    "body",
    [
        b'{"internalCode":5007,"name":"AiError","message":"AiError: x","description":"No such model"}',
        b'{"error":{"message":"AiError: No such model","type":"t","code":"5007"}}',
        b'{"errors":[{"message":"AiError: No such model","code":5007}],"success":false}',
    ],
)
async def test_errors_are_read_in_every_form(api: FakeApi, ai: AsyncAI, body: bytes) -> None:
    api.answers = [Laid(400, body)]
    with pytest.raises(client.NoSuchModelError) as caught:
        await ai.run(MODEL, {"prompt": "x"})
    assert caught.value.description == "No such model"
