"""The head of a request as bytes. What a caller or a JSON body gave cannot break out of its line."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from groundfog.gateway.request import Headers
from groundfog.gateway.upstream.faults import AddressRefused, BadRequest

DROPPED = frozenset(
    b"host content-length connection keep-alive proxy-connection transfer-encoding te trailer upgrade expect "
    b"proxy-authorization proxy-authenticate".split()
)
"""Headers of one hop, which are ours to say (RFC 9110 §7.6.1)."""

_TOKEN = bytes(set(range(0x21, 0x7F)) - set(b'"(),/:;<=>?@[\\]{}'))
_TARGET = bytes(set(range(0x21, 0x7F)) - set(b"#"))
_WITH_BODY = ("POST", "PUT", "PATCH")


def request_head(method: str, target: bytes, host: bytes, headers: Headers, length: int) -> bytes:
    """Raises BadRequest."""
    if not method.isalpha():
        raise BadRequest(f"{method!r} is no HTTP method")
    kept = [pair for pair in headers if pair[0] not in DROPPED]
    lines = [b"%b: %b" % pair for pair in kept]
    if length or method in _WITH_BODY:
        lines.append(b"content-length: %d" % length)
    head = b"%b %b HTTP/1.1\r\nhost: %b\r\n%b\r\n\r\n" % (method.encode("latin-1"), target, host, b"\r\n".join(lines))
    if not lines:
        head = head[:-2]
    names = b"".join([name for name, _ in kept])
    breaks = len(lines) + 3
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head or names.translate(None, _TOKEN):
        raise BadRequest("a header has a name that is no token, or a line break in its value")
    return head


def split_url(url: str) -> tuple[str, bytes]:
    """(`https://host:port`, path with query). Percent-encoding stays as it is; what no URL may have is encoded."""
    end = url.find("/", 8)
    if end < 0 or "?" in url[:end] or "#" in url[:end]:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}", _target(
            f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        )
    return url[:end], _target(url[end:])


def authority(origin: str) -> tuple[str, str, int, bytes]:
    """(scheme, host, port, value of `host`) of `https://host:port`. Raises AddressRefused for anything else."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        raise AddressRefused(f"{origin!r} is no address") from None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.path or "\\" in origin:
        raise AddressRefused(f"{origin!r} is no address of an HTTP server")
    try:
        host = host.encode("ascii").decode()
    except UnicodeEncodeError:
        host = host.encode("idna").decode()
    shown = f"[{host}]" if ":" in host else host
    usual = 443 if parts.scheme == "https" else 80
    value = shown if port in (None, usual) else f"{shown}:{port}"
    return parts.scheme, host, port or usual, value.encode("ascii")


def _target(path: str) -> bytes:
    target = path.encode()
    if target.translate(None, _TARGET):
        target = quote(target, safe="/%?&=+,;:@!$'()*~-._[]|{}^`\\\"<>").encode("ascii")
    return target
