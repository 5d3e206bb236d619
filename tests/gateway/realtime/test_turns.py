"""What is held and charged for the responses of a realtime session (spec ai-gateway §1.10, §3.6)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.realtime.frames import Came, Sent
from groundfog.gateway.realtime.frames.base import LONG
from groundfog.gateway.realtime.frames.google import GoogleFrames
from groundfog.gateway.realtime.frames.openai import OpenAIFrames
from groundfog.gateway.realtime.turns import Turns
from groundfog.metering.ledger import Claim, Ledger
from groundfog.metering.usage import Media, Usage
from tests.support.ledger import StillClock, apply, leased, ledger_database, spent

CLAIM = Claim("b", 10**12, 60, "fixed")
AUDIO_OUT = 64_000_000


class Listening:
    """Frames of a provider that may begin by itself."""

    named_later = False
    auto = True
    most: int | None = 100

    def sent(self, frame: str | bytes) -> Sent:
        return Sent()

    def came(self, data: bytes) -> Came | None:
        return None

    def tokens(self, data: bytes) -> int:
        return len(data)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def ledger(tmp_path: Path, clock: StillClock) -> AsyncIterator[Ledger]:
    with ledger_database(tmp_path) as store:
        made = Ledger(store, clock)
        yield made
        await made.stop()


async def opened(ledger: Ledger, clock: StillClock) -> Turns:
    turns = Turns(ledger, clock, Listening(), "openai", None, None)
    await turns.open([CLAIM], "gpt-realtime")
    return turns


async def test_what_is_held_moves_on_with_the_window(ledger: Ledger, clock: StillClock) -> None:
    turns = await opened(ledger, clock)
    await turns.sent(Sent(audio=1))
    before = clock.now
    clock.now += 60
    await turns.sent(Sent(audio=1))
    used = Usage(tokens_in=10, tokens_out=5, media=Media(audio_out=5))
    (charge,) = await turns.came(Came("r", begins=True, ends=True, usage=used), b"")
    assert charge.slot > before * 1000
    assert charge.amount == 10 * 4_000_000 + 5 * AUDIO_OUT
    assert turns.close(left=True) == []


async def test_what_nobody_foresaw_is_charged_all_the_same(ledger: Ledger, clock: StillClock) -> None:
    turns = await opened(ledger, clock)
    used = Usage(tokens_in=10, tokens_out=5, media=Media())
    charges = await turns.came(Came("r", begins=True, ends=True, usage=used), b"")
    apply(ledger._store, ledger, charges)
    assert spent(ledger._store, "b") == 10 * 4_000_000 + 5 * 16_000_000
    turns.close(left=False)
    await ledger.stop()
    assert leased(ledger._store, "b") == 0


async def test_nothing_is_charged_twice(ledger: Ledger, clock: StillClock) -> None:
    turns = await opened(ledger, clock)
    await turns.sent(Sent(audio=1))
    used = Usage(tokens_in=10, tokens_out=5, media=Media())
    assert len(await turns.came(Came("r", begins=True), b"")) == 0
    assert len(await turns.came(Came("r", ends=True, usage=used), b"")) == 1
    again = await turns.came(Came("r", ends=True, usage=None), b"")
    assert again + turns.close(left=True) == []
    assert turns.cost == 10 * 4_000_000 + 5 * 16_000_000


async def test_a_session_that_is_set_up_again_has_the_price_of_its_new_model(ledger: Ledger, clock: StillClock) -> None:
    turns = await opened(ledger, clock)
    await turns.open([CLAIM], "a-model-of-tomorrow")
    used = Usage(tokens_in=10, tokens_out=5, media=Media())
    await turns.came(Came("r", begins=True, ends=True, usage=used), b"")
    assert turns.cost is None
    # The provider's own name for it has a price again.
    await turns.came(Came(model="gpt-realtime-2025-08-28"), b"")
    await turns.came(Came("s", begins=True, ends=True, usage=used), b"")
    assert turns.cost == 10 * 4_000_000 + 5 * 16_000_000


async def test_a_caller_s_own_price_is_held_for_a_model_without_a_name(ledger: Ledger, clock: StillClock) -> None:
    given = {"per_token_in": 0.00001, "per_token_out": 0.01}
    turns = Turns(ledger, clock, Listening(), "custom-x", given, None)
    await turns.open([CLAIM], None)
    with pytest.raises(GroundfogError):
        # 100 tokens at a cent are the whole dollar, and the question is not in it.
        await turns.sent(Sent(text=10))


@pytest.mark.parametrize(
    ("part", "starts", "whole"),
    [
        ({"type": "conversation.item.create", "item": {"type": "message"}}, False, False),
        ({"type": "response.create"}, True, False),
        ({"type": "conversation.item.create", "item": {"type": "item_reference", "id": "i"}}, False, True),
    ],
)
def test_a_frame_that_is_too_long_to_be_read_is_taken_for_all_it_may_be(
    part: dict[str, object], starts: bool, whole: bool
) -> None:
    short, long = OpenAIFrames().sent(json.dumps(part)), OpenAIFrames().sent(json.dumps({**part, "x": "y" * LONG}))
    assert (short.starts, short.whole) == (long.starts, long.whole) == (starts, whole)
    assert long.text > LONG
    nested = "[" * (LONG + 1)
    assert OpenAIFrames().sent(nested).text == GoogleFrames().sent(nested).text == LONG + 1


def test_an_escape_may_stand_for_anything() -> None:
    frame = '{"type": "\\u0072esponse.create", "x": "' + "y" * LONG + '"}'
    sent = OpenAIFrames().sent(frame)
    assert (sent.starts, sent.whole, sent.tools) == (True, True, True)


def test_sound_is_counted_by_its_length_however_it_is_cut() -> None:
    whole, pieces = OpenAIFrames(), OpenAIFrames()
    sound = '{"type": "input_audio_buffer.append", "audio": "' + "A" * 9950 + '"}'
    assert whole.sent(sound).audio == len(sound) // 500 + 1
    small = '{"type": "input_audio_buffer.append", "audio": "AA"}'
    assert sum(pieces.sent(small).audio for _ in range(100)) == 100 * len(small) // 500 + 1
