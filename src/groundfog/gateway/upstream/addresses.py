"""Where a host's connections go: names are resolved once, here, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from groundfog.gateway.upstream.faults import AddressRefused, CannotConnect

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


async def resolve(host: str, port: int, *, public_only: bool) -> list[str]:
    """IP addresses of a host, in the order to try them.

    With `public_only` the private ones (this machine, the local network, link-local, reserved) are left out; raises
    AddressRefused when no other is left, CannotConnect when the name is unknown. The caller connects to the address and
    not to the name, so that a second answer of the name server cannot lead elsewhere.
    """
    try:
        found = [str(ipaddress.ip_address(host))]
    except ValueError:
        try:
            rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise CannotConnect(f"the name {host} cannot be resolved: {error.strerror or error}") from error
        except UnicodeError as error:
            raise AddressRefused(f"{host!r} is no host name") from error
        found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    if public_only:
        public = [address for address in found if is_public(address)]
        if not public:
            raise AddressRefused(
                f"{host} is a private address; GROUNDFOG_GATEWAY_ALLOW_PRIVATE=true lets custom providers have one"
            )
        return public
    return found


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, also where it wraps an IPv4 address."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast
