"""The REST API as commands use it: that of the server of GROUNDFOG_URL, or the same one without a network, over the
state directory of this machine. Who can read the directory needs no key.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

import click

from groundfog.cli import options, server

if TYPE_CHECKING:
    from groundfog.settings import Settings

API = "/client/v4"
TIMEOUT_S = 30.0
Query = Sequence[tuple[str, str]] | Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """`hint` is what to do about a refusal."""

    status: int
    body: bytes
    content_type: str = ""
    hint: str = ""


class Transport(Protocol):
    def send(self, method: str, path: str, body: bytes | None) -> Answer: ...


class Api:
    """Requests below `/client/v4/accounts/{account}/ai-gateway`. What is refused becomes a ClickException."""

    def __init__(self, transport: Transport, account: str) -> None:
        self._transport = transport
        self._base = f"{API}/accounts/{quote(account, safe='')}/ai-gateway"

    def result(self, method: str, path: str, *, query: Query = (), body: Any = None) -> Any:
        """The `result` of the envelope."""
        return self.envelope(method, path, query=query, body=body).get("result")

    def envelope(self, method: str, path: str, *, query: Query = (), body: Any = None) -> dict[str, Any]:
        answer = self.raw(method, path, query=query, body=body)
        envelope: dict[str, Any] = json.loads(answer.body)
        return envelope

    def raw(self, method: str, path: str, *, query: Query = (), body: Any = None) -> Answer:
        """The answer as it came."""
        full = self._base + path + (f"?{urlencode(query)}" if query else "")
        answer = self._transport.send(method, full, None if body is None else json.dumps(body).encode())
        if answer.status >= 400:
            raise click.ClickException(_refusal(answer))
        return answer

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> list[Any]:
        """Every row of a list."""
        rows: list[Any] = []
        page = 1
        while found := self.result("GET", path, query={**(query or {}), "page": str(page), "per_page": "50"}):
            rows += found
            page += 1
        return rows


@contextlib.contextmanager
def connect(state: Path | None, config: Path | None) -> Iterator[Api]:
    """The server's API where GROUNDFOG_URL is set and no option says where the state is; else this machine's."""
    from groundfog.client.configuration import configured

    settings = options.settings(state, config)
    given = configured(None, None, None)
    if given.url and state is None and config is None:
        yield Api(_Remote(given.url, given.api_key), given.account or settings.account)
        return
    local = _Local(settings)
    try:
        yield Api(local, settings.account)
    finally:
        local.close()


class _Remote:
    def __init__(self, url: str, key: str | None) -> None:
        self._root = url.rstrip("/").removesuffix(API)
        self._key = key

    def send(self, method: str, path: str, body: bytes | None) -> Answer:
        request = urllib.request.Request(self._root + path, data=body, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self._key:
            request.add_header("Authorization", f"Bearer {self._key}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return Answer(answer.status, answer.read(), answer.headers.get("content-type", ""))
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 401 or (error.code == 403 and not self._key):
                    raise click.ClickException(
                        f"The server at {self._root} wants a key. Make one with `groundfog keys create --scope admin` "
                        "on its machine and set GROUNDFOG_API_KEY to it."
                    ) from None
                return Answer(error.code, error.read(), hint=error.headers.get("groundfog-hint", ""))
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise click.ClickException(
                f"No server answers at {self._root} ({reason}). Start one with `groundfog serve`, or set GROUNDFOG_URL."
            ) from None


class _Local:
    """The application called in this process, by the owner of its files."""

    def __init__(self, settings: Settings) -> None:
        from groundfog.platform import Platform
        from groundfog.wire.app import App
        from groundfog.wire.owner import OwnerAuth

        self._runner = asyncio.Runner()
        self._platform = Platform(settings.model_copy(update={"log_level": "warning"}))
        self._app = App(self._platform)
        self._app.auth = OwnerAuth(self._platform.store, self._platform.clock, local=True)

    def send(self, method: str, path: str, body: bytes | None) -> Answer:
        return self._runner.run(self._send(method, path, body or b""))

    def close(self) -> None:
        self._runner.run(self._platform.stop())
        self._runner.close()

    async def _send(self, method: str, path: str, body: bytes) -> Answer:
        from urllib.parse import unquote

        plain, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(plain),
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "headers": [
                (b"host", server.address(self._platform.settings.host, self._platform.settings.port).encode()),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
        pending = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Mapping[str, Any]] = []

        async def receive() -> Mapping[str, Any]:
            if pending:
                return pending.pop()
            return await asyncio.Future[Mapping[str, Any]]()

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0].get("headers", ())}
        content = b"".join(message.get("body", b"") for message in sent[1:])
        hint = headers.get("groundfog-hint", "")
        return Answer(sent[0]["status"], content, headers.get("content-type", ""), hint)


def _refusal(answer: Answer) -> str:
    """What the server said, and what to do next."""
    try:
        said = str(json.loads(answer.body)["errors"][0]["message"])
    except (ValueError, KeyError, IndexError, TypeError):
        said = f"the server answered {answer.status}"
    sentence = said[:1].upper() + said[1:]
    return f"{sentence if sentence.endswith('.') else sentence + '.'} {answer.hint}".rstrip()
