"""TLS: certificates are checked, by name and by chain."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from groundfog.gateway.upstream.faults import CannotConnect
from groundfog.gateway.upstream.http import HttpUpstream
from groundfog.gateway.upstream.tls import client_context
from groundfog.gateway.upstream.websocket import connect
from tests.support.fake_upstream import FakeUpstream, big_frame, reset_mid_frame
from tests.support.upstream import post, whole


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake provider")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("fake.example")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
async def secure(certificate: Path) -> AsyncIterator[FakeUpstream]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with FakeUpstream(ssl=context) as provider:
        yield provider


def trusting(certificate: Path) -> ssl.SSLContext:
    context = client_context()
    context.load_verify_locations(certificate)
    return context


async def test_a_trusted_provider(secure: FakeUpstream, certificate: Path) -> None:
    upstream = HttpUpstream(tls=lambda: trusting(certificate))
    for _ in range(3):
        assert (await upstream.send(post(secure.url + "/"))).body == b'{"ok": true}'
    assert secure.connections == 1
    secure.queue(big_frame(3_000_000))
    assert len(await whole(await upstream.send(post(secure.url + "/")))) > 3_000_000
    await upstream.aclose()


async def test_a_reset_within_tls(secure: FakeUpstream, certificate: Path) -> None:
    upstream = HttpUpstream(tls=lambda: trusting(certificate))
    secure.queue(reset_mid_frame(["a" * 100]))
    with pytest.raises(OSError, match="broke off"):
        await whole(await upstream.send(post(secure.url + "/")))
    await upstream.aclose()


async def test_an_unknown_authority(secure: FakeUpstream) -> None:
    upstream = HttpUpstream()
    with pytest.raises(CannotConnect, match=r"(?i)certificate"):
        await upstream.send(post(secure.url + "/"))
    assert secure.requests == []
    await upstream.aclose()


async def test_another_name(secure: FakeUpstream, certificate: Path) -> None:
    upstream = HttpUpstream(tls=lambda: trusting(certificate))
    with pytest.raises(CannotConnect, match=r"(?i)certificate|hostname"):
        await upstream.send(post(f"https://localhost:{secure.port}/"))
    assert secure.requests == []
    await upstream.aclose()


async def test_plain_http_where_tls_is_wanted(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(connect_s=0.1)
    with pytest.raises(TimeoutError, match="no connection to https"):
        await upstream.send(post(provider.url.replace("http", "https") + "/"))
    await provider.left_alone()
    await upstream.aclose()


async def test_a_websocket(secure: FakeUpstream, certificate: Path) -> None:
    socket = await connect(post(secure.ws_url + "/", b""), tls=trusting(certificate))
    await socket.send("hi")
    assert await socket.receive() == "hi"
    await socket.close()
