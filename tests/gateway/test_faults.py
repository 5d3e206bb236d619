"""Everything that can be wrong with a provider, through the whole of a gateway with limits, translation and log.

Whatever happens: the caller gets an error or an end, one record says so, and nothing stays reserved.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Step
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import Answer, FakeUpstream
from tests.support.gateways import Bench, running

LIMITS = {
    "rate_limiting_interval": 60,
    "rate_limiting_limit": 1000,
    "spend_limits": {"enabled": True, "rules": [{"id": "all", "limit": 10, "limitType": "cost", "window": 3600}]},
}
TEXT = "Grüße, 世界 🌫"
USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
CHUNKS = [{"id": "c", "choices": [{"index": 0, "delta": {"content": letter}}]} for letter in TEXT]
EVENTS = [
    {"type": "message_start", "message": {"id": "m", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 7}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": letter}} for letter in TEXT),
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
]


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        yield server


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url, **LIMITS) as made:
        yield made


def native(bench: Bench) -> Step:
    body = {"model": "gpt-4o-mini", "max_tokens": 50, "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
    return bench.step(body)


def translated(bench: Bench) -> Step:
    body = {"model": "anthropic/claude-sonnet-4-5", "max_tokens": 50, "stream": True}
    return bench.step({**body, "messages": [{"role": "user", "content": "Hi"}]}, provider="compat")


BOTH = pytest.mark.parametrize("step", [native, translated])


async def drained(bench: Bench, step: Step) -> tuple[bytes, Exception | None]:
    """What came of a stream, and how it ended."""
    try:
        response = await bench.run(step)
    except GroundfogError as error:
        return b"", error
    content = bytearray()
    try:
        async for chunk in response.drain():
            content += chunk
    except (OSError, GroundfogError) as error:
        return bytes(content), error
    return bytes(content), None


async def nothing_reserved(bench: Bench, tmp_path: Path) -> None:
    """After the end the ledger holds what the records say, and no lease more."""
    charged = sum(one.amount for record in bench.records for one in record.settlements if "all" in one.bucket)
    await bench.gateways.stop()
    with sqlite3.connect(tmp_path / "records.db") as database:
        slots = dict(database.execute("SELECT bucket, sum(spent) FROM ledger_slots GROUP BY bucket").fetchall())
        (leases,) = database.execute("SELECT count(*) FROM ledger_leases").fetchone()
    database.close()
    assert leases == 0
    assert sum(amount for bucket, amount in slots.items() if "all" in bucket) == charged


def openai_text(content: bytes) -> str:
    """The text of a chat stream."""
    text = ""
    for line in content.decode().splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: ")).get("choices", []):
                text += choice.get("delta", {}).get("content") or ""
    return text


@BOTH
@pytest.mark.parametrize("packet", [None, 1, 7])
async def test_text_survives_any_packets(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, step: Callable[[Bench], Step], packet: int | None
) -> None:
    frames = EVENTS if step is translated else [*CHUNKS, {"id": "c", "choices": [], "usage": USAGE}]
    upstream.queue(fake.sse([json.dumps(frame, ensure_ascii=False) for frame in frames], packet=packet))
    content, error = await drained(bench, step(bench))
    assert error is None
    assert openai_text(content) == TEXT
    (record,) = bench.records
    assert (record.tokens_in, record.tokens_out, record.success) == (7, 3, True)
    await nothing_reserved(bench, tmp_path)


@BOTH
async def test_half_a_stream_is_an_error_and_on_record(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, step: Callable[[Bench], Step]
) -> None:
    upstream.queue(fake.reset_mid_frame(EVENTS[:6] if step is translated else CHUNKS[:4]))
    _, error = await drained(bench, step(bench))
    assert isinstance(error, OSError)
    (record,) = bench.records
    assert record.success is False
    await nothing_reserved(bench, tmp_path)


@BOTH
async def test_a_stream_without_its_last_event_still_ends(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, step: Callable[[Bench], Step]
) -> None:
    upstream.queue(fake.sse(EVENTS[:-2] if step is translated else CHUNKS, done=False))
    content, error = await drained(bench, step(bench))
    assert error is None
    assert openai_text(content).startswith(TEXT)
    assert len(bench.records) == 1
    await nothing_reserved(bench, tmp_path)


@BOTH
async def test_missing_usage_costs_nothing_known_and_frees_the_rest(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, step: Callable[[Bench], Step]
) -> None:
    without = [{key: value for key, value in event.items() if key != "usage"} for event in EVENTS]
    without[0] = {"type": "message_start", "message": {"id": "m", "model": "claude-sonnet-4-5"}}
    upstream.queue(fake.sse(without if step is translated else CHUNKS))
    _, error = await drained(bench, step(bench))
    assert error is None
    (record,) = bench.records
    assert (record.tokens_in, record.tokens_out, record.cost) == (None, None, None)
    await nothing_reserved(bench, tmp_path)


async def test_duplicate_ids_pass_as_they_are(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.duplicate_ids())
    content, error = await drained(bench, native(bench))
    assert error is None
    assert content.count(b"id: 1\n") == len("hello")
    assert openai_text(content) == "hello"


@BOTH
async def test_a_frame_of_40_megabytes_is_neither_lost_nor_slow(
    bench: Bench, upstream: FakeUpstream, step: Callable[[Bench], Step]
) -> None:
    size = 40_000_000
    upstream.queue(fake.big_frame(size))
    async with asyncio.timeout(30):
        content, error = await drained(bench, step(bench))
    assert error is None
    if step is native:
        assert len(content) > size
    (record,) = bench.records
    assert record.response_body is None or len(record.response_body) <= 10_000_000


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:9/", "//10.0.0.1/"])
async def test_a_redirect_is_not_followed(bench: Bench, upstream: FakeUpstream, location: str) -> None:
    upstream.queue(fake.redirect(location))
    status, _, headers = await bench.ask()
    assert (status, headers["location"]) == (307, location)
    assert len(upstream.requests) == 1


async def test_a_hang_in_a_stream_ends_when_the_caller_does(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path
) -> None:
    upstream.queue(fake.hang_mid_stream(CHUNKS[:2]))
    reading = asyncio.create_task(drained(bench, native(bench)))
    await upstream.requested(1)
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await upstream.left_alone()
    assert len(bench.records) == 1
    await nothing_reserved(bench, tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"NOT HTTP AT ALL\r\n\r\n"),
        Answer(fault="reset", before_head=True),
        Answer(fault="close", before_head=True),
    ],
    ids=["no HTTP", "reset", "closed"],
)
async def test_an_answer_that_is_none_is_a_failed_provider(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, answer: Answer
) -> None:
    upstream.otherwise(answer)
    with pytest.raises(GroundfogError) as caught:
        await bench.run(native(bench))
    assert caught.value.kind is errors.PROVIDER_FAILED
    assert [record.error_code for record in bench.records] == [2005]
    assert [one for one in bench.records[0].settlements if "all" in one.bucket and one.amount] == []
    await nothing_reserved(bench, tmp_path)


@BOTH
@pytest.mark.parametrize("status", [400, 401, 429, 500, 529])
async def test_errors_of_a_provider_cost_nothing(
    bench: Bench, upstream: FakeUpstream, tmp_path: Path, step: Callable[[Bench], Step], status: int
) -> None:
    upstream.queue(fake.failing(status))
    answered, body, _ = await bench.ask(step(bench))
    assert answered == status
    assert b"fake failure" in body
    assert bench.records[0].cost is None
    await nothing_reserved(bench, tmp_path)
