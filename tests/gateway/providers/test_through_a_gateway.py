"""Keys and addresses through a whole gateway: a stored key reaches its provider, and nobody else."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.request import Step
from tests.support.fake_upstream import FakeUpstream, failing, json_answer, redirect
from tests.support.gateways import ACCOUNT, Bench, running

SECRET = "sk-stored-0123456789-abcdef"


@pytest.fixture
async def provider() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as provider:
        yield provider


def anonymous(bench: Bench, **more: Any) -> Step:
    step = bench.step(**more)
    step.headers = [pair for pair in step.headers if pair[0] != b"authorization"]
    return step


def stored(bench: Bench, **changes: Any) -> str:
    body = {"provider_slug": "openai", "alias": "default", "default_config": True, "secret": SECRET, **changes}
    return str(bench.gateways.parts.keys.add(ACCOUNT, "g", body)["id"])


async def test_a_stored_key_reaches_the_provider_and_nothing_else(
    provider: FakeUpstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.queue(json_answer({"ok": 1}), failing(401))
    async with running(tmp_path / "s", provider.url) as bench:
        stored(bench)
        for _ in range(2):
            _, body, headers = await bench.ask(anonymous(bench))
            assert SECRET not in body.decode() + str(headers)
        assert [request.header("authorization") for request in provider.requests] == [f"Bearer {SECRET}"] * 2
        assert SECRET not in str(bench.records)
    assert SECRET not in caplog.text
    files = [path for path in (tmp_path / "s").rglob("*") if path.is_file()]
    assert len(files) > 2
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []


async def test_rotation_and_removal_take_effect_at_once(provider: FakeUpstream, tmp_path: Path) -> None:
    async with running(tmp_path / "s", provider.url) as bench:
        key_id = stored(bench)
        await bench.ask(anonymous(bench))
        bench.gateways.parts.keys.update(ACCOUNT, "g", key_id, {"secret": "sk-second-0123456789"})
        await bench.ask(anonymous(bench))
        bench.gateways.parts.keys.remove(ACCOUNT, "g", key_id)
        with pytest.raises(GroundfogError) as refused:
            await bench.ask(anonymous(bench))
        assert (refused.value.code, refused.value.status) == (2021, 402)
        sent = [request.header("authorization") for request in provider.requests]
        assert sent == [f"Bearer {SECRET}", "Bearer sk-second-0123456789"]


async def test_a_redirect_is_the_callers_affair(provider: FakeUpstream, tmp_path: Path) -> None:
    """One to a private address, with a stored key on the request that met it."""
    async with FakeUpstream() as inner, running(tmp_path / "s", provider.url) as bench:
        provider.queue(redirect(inner.url + "/latest/meta-data"))
        stored(bench)
        status, _, headers = await bench.ask(anonymous(bench))
        assert (status, headers["location"]) == (307, inner.url + "/latest/meta-data")
        assert inner.connections == 0


async def test_each_attempt_carries_the_key(provider: FakeUpstream, tmp_path: Path) -> None:
    provider.queue(failing(500), json_answer({"ok": 1}))
    async with running(tmp_path / "s", provider.url, retry_max_attempts=2, retry_delay=0) as bench:
        stored(bench)
        status, _, _ = await bench.ask(anonymous(bench))
        assert status == 200
        assert [request.header("authorization") for request in provider.requests] == [f"Bearer {SECRET}"] * 2
        assert [len(request.headers) for request in provider.requests] == [len(provider.requests[0].headers)] * 2


async def test_a_custom_provider_with_a_private_address(
    provider: FakeUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public-looking name that leads to this machine is found out when it is resolved."""

    async def private(self: Any, host: str, port: int, **rest: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async with running(tmp_path / "s", provider.url) as bench:
        given = {"name": "A", "slug": "acme", "enable": True, "base_url": f"https://api.example:{provider.port}"}
        bench.gateways.parts.custom_providers.create(ACCOUNT, given)
        step = bench.step()
        step.provider = "custom-acme"
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", private)
        with pytest.raises(GroundfogError, match=r"api\.example is a private address") as refused:
            await bench.ask(step)
        assert refused.value.code == 2005
        assert provider.connections == 0


@pytest.mark.parametrize("header", [(b"x-a", b"1\r\nx-b: 2"), (b"bad name", b"1")])
async def test_a_header_that_would_break_out_is_refused(
    provider: FakeUpstream, tmp_path: Path, header: tuple[bytes, bytes]
) -> None:
    async with running(tmp_path / "s", provider.url) as bench:
        step = bench.step()
        step.headers.append(header)
        with pytest.raises(GroundfogError) as refused:
            await bench.ask(step)
        assert refused.value.code == 2005
        assert provider.requests == []
