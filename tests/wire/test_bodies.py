"""Bodies are bounded, however they are sent; forms are read with and without a boundary."""

from __future__ import annotations

import gzip
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.tasks import BinaryBody, FormBody, JsonBody
from groundfog.wire import exchange
from groundfog.wire.body import json_object, read_body
from tests.support.wire import CHAT, RUN, Local, serving

LIMIT = 2048


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    folder: Path = tmp_path_factory.mktemp("state")
    with serving(folder, max_body_bytes=LIMIT) as local:
        yield local


def prompt_of(size: int) -> bytes:
    return b'{"prompt": "' + b"a" * (size - 14) + b'"}'


def test_a_body_of_just_the_limit_is_read(small: Local) -> None:
    assert small.client.post(RUN + CHAT, content=prompt_of(LIMIT)).status_code == 200


def test_a_longer_body_is_413_with_3006(small: Local) -> None:
    response = small.client.post(RUN + CHAT, content=prompt_of(LIMIT + 1))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (413, 3006)


def test_a_longer_chunked_body_is_413_too(small: Local) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            yield b" " * 500

    response = small.client.post(RUN + CHAT, content=chunks())
    assert (response.status_code, response.json()["errors"][0]["code"]) == (413, 3006)


def test_an_endless_body_is_cut_off(small: Local) -> None:
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as raw:
        raw.sendall(f"POST {RUN}{CHAT} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
        sent = 0
        try:
            while sent < 64 * 1024 * 1024:
                raw.sendall(chunk)
                sent += 1024
        except OSError:
            return
    pytest.fail("the server took everything")


def test_a_declared_length_is_refused_before_the_body_is_sent(small: Local) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", small.port, timeout=20)
    connection.putrequest("POST", RUN + CHAT)
    connection.putheader("content-length", "999999999")
    connection.putheader("expect", "100-continue")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert response.headers["connection"] == "close"
    connection.close()


def test_the_server_stays_usable_after_a_refusal(small: Local) -> None:
    for _ in range(3):
        assert small.client.post(RUN + CHAT, content=prompt_of(LIMIT * 2)).status_code == 413
    assert small.run(CHAT, {"prompt": "x"}).status_code == 200


def test_json_wins_over_the_header() -> None:
    assert read_body(b'{"a": 1}', "application/x-www-form-urlencoded") == JsonBody({"a": 1})


def test_what_is_not_json_is_bytes_with_the_inputs_beside_it() -> None:
    assert read_body(b"ID3\x00", "application/x-www-form-urlencoded", {"language": "en"}) == BinaryBody(
        b"ID3\x00", "application/x-www-form-urlencoded", {"language": "en"}
    )
    assert read_body(b"RIFF", None) == BinaryBody(b"RIFF", "application/octet-stream", {})


def test_media_are_bytes_even_if_they_look_like_json() -> None:
    assert read_body(b"{}", "audio/wav; rate=8000") == BinaryBody(b"{}", "audio/wav", {})


def test_an_nd_json_header_does_not_make_broken_json_binary() -> None:
    with pytest.raises(GroundfogError, match="not valid JSON"):
        read_body(b"oops", "application/json")


FORM = (
    b"--limit\r\n"
    b'Content-Disposition: form-data; name="prompt"\r\n\r\n'
    b"a tree\r\n"
    b"--limit\r\n"
    b'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    b"\x89PNG\r\n--\r\n\r\n"
    b"--limit--\r\n"
)


@pytest.mark.parametrize("header", ["multipart/form-data; boundary=limit", "multipart/form-data"])
def test_a_form_is_read_with_and_without_a_boundary_in_the_header(header: str) -> None:
    body = read_body(FORM, header)
    assert isinstance(body, FormBody)
    assert [(part.name, part.content, part.filename) for part in body.parts] == [
        ("prompt", b"a tree", None),
        ("image", b"\x89PNG\r\n--\r\n", "a.png"),
    ]


@pytest.mark.parametrize("content", [b"--limit\r\n", b"no form at all", FORM[:-11], b""])
def test_a_form_that_is_none_is_an_error(content: bytes) -> None:
    with pytest.raises(GroundfogError) as caught:
        read_body(content, "multipart/form-data")
    assert caught.value.status == 400


def test_deep_json_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(GroundfogError, match="not valid JSON"):
        json_object(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def nested(levels: int) -> bytes:
    return b'{"prompt": "hi", "options": ' + b'{"a": ' * (levels - 2) + b"{}" + b"}" * (levels - 1)


def test_a_body_is_nested_200_levels_at_most() -> None:
    assert json_object(nested(200))
    assert isinstance(read_body(nested(200), None), JsonBody)
    for read in (json_object, lambda content: read_body(content, None)):
        with pytest.raises(GroundfogError, match="nested deeper than 200 levels"):
            read(nested(201))
    assert json_object(b'{"prompt": "' + b"[" * 500 + b'", "many": [' + b"[]," * 500 + b"[]]}")


def test_a_compressed_body_is_refused_by_what_it_is() -> None:
    content = gzip.compress(b'{"prompt": "hi"}')
    for kind in (None, "application/json", "audio/wav"):
        with pytest.raises(GroundfogError, match="compressed with gzip"):
            read_body(content, kind)
    with pytest.raises(GroundfogError, match="compressed with gzip"):
        json_object(content)


def test_a_refusal_does_not_wait_for_a_body_that_never_comes(small: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "DRAIN_S", 0.1)
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as raw:
        raw.sendall(f"POST {RUN}{CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {LIMIT + 1}\r\n\r\n{{".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_stops_coming_is_not_awaited_for_ever(tmp_path: Path) -> None:
    """One that comes in pieces is awaited, however long it takes in all."""
    head = f"POST {RUN}{CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {LIMIT}\r\n\r\n".encode()
    content = prompt_of(LIMIT)
    with serving(tmp_path, body_timeout_s=0.5) as local:
        for part in (b"", content[:-1]):
            with socket.create_connection(("127.0.0.1", local.port), timeout=20) as raw:
                raw.sendall(head + part)
                answer = b"".join(iter(lambda: raw.recv(4096), b""))
                assert answer.startswith(b"HTTP/1.1 408 ")
                assert b'"code":3007' in answer
        with socket.create_connection(("127.0.0.1", local.port), timeout=20) as raw:
            raw.sendall(head)
            raw.settimeout(0.15)
            for at in range(0, LIMIT - 400, 400):
                raw.sendall(content[at : at + 400])
                # No answer before the body is complete: this is the pause between two pieces.
                with pytest.raises(TimeoutError):
                    raw.recv(1)
            raw.sendall(content[at + 400 :])
            raw.settimeout(20)
            assert raw.recv(100).startswith(b"HTTP/1.1 200 ")


def test_what_a_caller_sent_is_not_repeated_at_any_length(server: Local) -> None:
    response = server.run(CHAT, {"prompt": "hi", "reasoning_effort": "x" * 100_000})
    assert response.status_code == 400
    assert len(response.content) < 4000
