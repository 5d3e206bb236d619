"""Connections go to the public internet where a caller names the host."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from groundfog.gateway.upstream.addresses import is_public, resolve
from groundfog.gateway.upstream.faults import AddressRefused, CannotConnect
from groundfog.gateway.upstream.http import HttpUpstream
from tests.support.fake_upstream import FakeUpstream
from tests.support.upstream import post


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1"])
async def test_this_machine_is_refused(provider: FakeUpstream, upstream: HttpUpstream, host: str) -> None:
    with pytest.raises((AddressRefused, CannotConnect)):
        await upstream.send(post(f"http://{host}:{provider.port}/", public_only=True))
    assert provider.requests == []


async def test_a_kept_connection_is_not_shared_with_who_may_not_have_it(
    provider: FakeUpstream, upstream: HttpUpstream
) -> None:
    assert (await upstream.send(post(provider.url + "/"))).status == 200
    with pytest.raises(AddressRefused):
        await upstream.send(post(provider.url + "/", public_only=True))


async def test_what_was_checked_is_what_is_connected_to(
    provider: FakeUpstream, upstream: HttpUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives a public address first and a private one later gains nothing: it is asked once."""
    asked: list[str] = []

    async def rebinding(self: Any, host: str, port: int, **rest: Any) -> Any:
        asked.append(host)
        address = "127.0.0.1" if len(asked) > 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    loop = asyncio.get_running_loop()
    if type(loop).__module__.startswith("uvloop"):
        pytest.skip("uvloop's methods cannot be replaced")
    monkeypatch.setattr(type(loop), "getaddrinfo", rebinding)
    with pytest.raises(AddressRefused):
        await upstream.send(post(f"http://rebind.example:{provider.port}/", public_only=True))
    assert asked == ["rebind.example"]
    assert provider.requests == []


async def test_private_answers_of_a_name_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def mixed(self: Any, host: str, port: int, **rest: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("10.0.0.1", "8.8.8.8", "8.8.8.8")]

    loop = asyncio.get_running_loop()
    if type(loop).__module__.startswith("uvloop"):
        pytest.skip("uvloop's methods cannot be replaced")
    monkeypatch.setattr(type(loop), "getaddrinfo", mixed)
    assert await resolve("mixed.example", 80, public_only=True) == ["8.8.8.8"]
    assert await resolve("mixed.example", 80, public_only=False) == ["10.0.0.1", "8.8.8.8"]
