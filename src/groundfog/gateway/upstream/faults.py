"""What can go wrong between a gateway and a provider. All are OSErrors; that nobody answers in time is TimeoutError."""

from __future__ import annotations


class UpstreamError(OSError):
    """The provider could not be asked, or did not answer in a way that can be used."""


class CannotConnect(UpstreamError):
    """No connection: unknown host, refused, or TLS failed."""


class ConnectionBroken(UpstreamError):
    """The connection ended before the answer did."""


class BadAnswer(UpstreamError):
    """What came is no HTTP answer, or its head is too long."""


class AddressRefused(UpstreamError):
    """The address must not be asked: it is private, or the URL is none that a provider may have."""


class BadRequest(UpstreamError):
    """The request cannot be written as HTTP: line breaks in a header, a name that is no token."""
