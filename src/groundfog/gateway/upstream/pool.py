"""The connections to one origin: kept alive, handed out, limited in number."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable

from groundfog.gateway.upstream.addresses import resolve
from groundfog.gateway.upstream.connection import Connection
from groundfog.gateway.upstream.faults import CannotConnect


class Origin:
    """`name` is `scheme://host:port`, `host` the value of the header.

    At most `most` connections are open; who comes then waits for one. `idle_body_s` is how long a body may pause while
    somebody waits for it.
    """

    __slots__ = (
        "_connect_s",
        "_connections",
        "_emptied",
        "_free",
        "_host",
        "_loop",
        "_most",
        "_opening",
        "_port",
        "_public_only",
        "_queue",
        "_tls",
        "host",
        "idle_body_s",
        "name",
    )

    def __init__(
        self,
        name: str,
        address: tuple[str, int, bytes],
        loop: asyncio.AbstractEventLoop,
        tls: Callable[[], ssl.SSLContext] | None,
        *,
        public_only: bool,
        most: int,
        connect_s: float,
        idle_body_s: float,
    ) -> None:
        self.name = name
        self.idle_body_s = idle_body_s
        self._host, self._port, self.host = address
        self._loop = loop
        self._tls = tls
        self._public_only = public_only
        self._most = most
        self._connect_s = connect_s
        self._opening = 0
        self._free: list[Connection] = []
        self._connections: set[Connection] = set()
        self._emptied: asyncio.Future[None] | None = None
        self._queue: deque[asyncio.Future[Connection | None]] = deque()

    @property
    def in_use(self) -> bool:
        return bool(self._connections or self._opening or self._queue)

    def take(self) -> Connection | None:
        """A connection that was kept alive, the one used last."""
        while self._free:
            connection = self._free.pop()
            if connection.usable():
                return connection
        return None

    async def open(self, *, fresh: bool = False) -> Connection:
        """A connection, new or (unless `fresh`) given back while waiting for a place.

        Raises CannotConnect, AddressRefused, TimeoutError.
        """
        while len(self._connections) + self._opening >= self._most:
            connection = await self._wait()
            if connection is not None and connection.usable():
                if not fresh:
                    return connection
                connection.abort()
        self._opening += 1
        try:
            async with asyncio.timeout(self._connect_s):
                return await self._connect()
        except TimeoutError as error:
            raise TimeoutError(f"no connection to {self.name} within {self._connect_s:g} s") from error
        finally:
            self._opening -= 1

    def give_back(self, connection: Connection) -> None:
        if not connection.usable():
            return
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        connection.idle_since = self._loop.time()
        self._free.append(connection)

    def lost(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if self._emptied is not None and not self._connections and not self._emptied.done():
            self._emptied.set_result(None)
        self._call_next()

    def sweep(self, before: float) -> None:
        """Close what has not been used since `before` (of the loop's clock)."""
        kept = []
        for connection in self._free:
            if connection.idle_since < before:
                connection.abort()
            elif connection.usable():
                kept.append(connection)
        self._free = kept

    async def aclose(self) -> None:
        """Close every connection and wait until they are."""
        if self._connections:
            self._emptied = self._loop.create_future()
            for connection in list(self._connections):
                connection.abort()
            await self._emptied

    async def _wait(self) -> Connection | None:
        waiter: asyncio.Future[Connection | None] = self._loop.create_future()
        self._queue.append(waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                connection = waiter.result()
                if connection is not None:
                    self.give_back(connection)
                else:
                    self._call_next()
            raise

    def _call_next(self) -> None:
        """There is room for one more connection."""
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _connect(self) -> Connection:
        tls = self._tls() if self._tls is not None else None
        failure: OSError | None = None
        for address in await resolve(self._host, self._port, public_only=self._public_only):
            try:
                _, connection = await self._loop.create_connection(
                    lambda: Connection(self, self._loop),
                    address,
                    self._port,
                    ssl=tls,
                    server_hostname=self._host if tls is not None else None,
                )
            except OSError as error:
                failure = error
                continue
            self._connections.add(connection)
            return connection
        self._call_next()
        reason = failure.strerror or str(failure) if failure else "it has no address"
        raise CannotConnect(f"cannot connect to {self.name}: {reason}") from failure
