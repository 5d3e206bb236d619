"""Messages arrive whole and in order, however the bytes are cut, and leave together."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import msgspec
import pytest

from groundfog.inference.framing import HEADER, Connection


class Word(msgspec.Struct, tag=1, array_like=True):
    text: str


def frame(*words: str) -> bytes:
    body = msgspec.msgpack.encode([Word(word) for word in words])
    return HEADER.pack(len(body)) + body


def never(message: msgspec.Struct, error: Exception) -> None:
    raise AssertionError(f"{message} can be sent: {error}")


def reader() -> tuple[Connection[Word], list[str]]:
    heard: list[str] = []
    return Connection(Word, lambda word: heard.append(word.text), lambda: None, never), heard


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 10_000])
async def test_frames_survive_being_cut_anywhere(size: int) -> None:
    connection, heard = reader()
    data = frame("a") + frame() + frame("b", "c" * 300) + frame("d")
    for start in range(0, len(data), size):
        connection.data_received(data[start : start + size])
    assert heard == ["a", "b", "c" * 300, "d"]


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Connection[Word], asyncio.Queue[str], asyncio.Event]]:
    """A connection to write into, what its other end has heard, and whether that end knows that it has closed."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()
    writer: Connection[Word] = Connection(Word, lambda _: None, lambda: None, never)
    other: Connection[Word] = Connection(Word, lambda word: heard.put_nowait(word.text), closed.set, never)
    for end, sock in zip((writer, other), socket.socketpair(), strict=True):
        sock.setblocking(False)
        await loop.create_connection(lambda end=end: end, sock=sock)
    yield writer, heard, closed
    writer.close()
    await closed.wait()
    other.close()


async def test_what_one_turn_of_the_loop_posts_is_one_write(
    pair: tuple[Connection[Word], asyncio.Queue[str], asyncio.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, heard, _ = pair
    encoded: list[list[msgspec.Struct]] = []
    encoder = msgspec.msgpack.Encoder()

    class Recording:
        def encode_into(self, messages: list[msgspec.Struct], buffer: bytearray, offset: int) -> None:
            encoded.append(messages)
            encoder.encode_into(messages, buffer, offset)

    monkeypatch.setattr(writer, "_encoder", Recording())
    for word in ("a", "b", "c"):
        writer.post(Word(word))
    assert [await heard.get() for _ in range(3)] == ["a", "b", "c"]
    assert encoded == [[Word("a"), Word("b"), Word("c")]]


async def test_threads_may_post_at_once_and_nothing_is_lost(
    pair: tuple[Connection[Word], asyncio.Queue[str], asyncio.Event],
) -> None:
    writer, heard, _ = pair

    def post(name: str) -> None:
        for number in range(500):
            writer.post(Word(f"{name}{number}"))

    threads = [threading.Thread(target=post, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    words = [await heard.get() for _ in range(2000)]
    for thread in threads:
        thread.join()
    for name in "abcd":
        assert [word for word in words if word[0] == name] == [f"{name}{number}" for number in range(500)]


async def test_a_message_of_many_megabytes_arrives(
    pair: tuple[Connection[Word], asyncio.Queue[str], asyncio.Event],
) -> None:
    writer, heard, _ = pair
    writer.post(Word("x" * 20_000_000))
    writer.post(Word("after"))
    assert len(await heard.get()) == 20_000_000
    assert await heard.get() == "after"


async def test_close_sends_what_is_due_and_the_other_end_is_told(
    pair: tuple[Connection[Word], asyncio.Queue[str], asyncio.Event],
) -> None:
    writer, heard, closed = pair
    writer.post(Word("last"))
    writer.close()
    await closed.wait()
    assert heard.get_nowait() == "last"
