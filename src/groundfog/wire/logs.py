"""Structured logs on standard error, as text or JSON lines. Never in them: prompts, answers, keys, query strings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Iterator
from logging.handlers import MemoryHandler
from typing import Any, TextIO

import orjson

from groundfog.wire.exchange import Exchange

MOST_HELD = 1000
"""Lines that wait at most."""
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Formatter(logging.Formatter):
    """One line per record; an exception's traceback is a field in JSON, and follows the line in text."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if self._json:
            fields: dict[str, Any] = {
                "time": _utc(record.created),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            }
            if trace:
                fields["exception"] = trace
            return orjson.dumps(fields).decode()
        line = f"{_utc(record.created)} {record.levelname.lower()} {record.name}: {record.getMessage()}"
        return f"{line}\n{trace}" if trace else line


def configure(form: str, level: str) -> None:
    """Send the root logger to standard error; called once by `serve`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS[level])
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, LEVELS[level]))
    logging.getLogger("uvicorn.error").addFilter(_is_news)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Lines of the program's parts wait until the end of the block, or until one of them is a warning."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    waiting = [MemoryHandler(MOST_HELD, logging.WARNING, handler) for handler in handlers]
    root.handlers[:] = waiting
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for handler in waiting:
            handler.close()


def _is_news(record: logging.LogRecord) -> bool:
    """Left out: a client that asks for an upgrade to something else than a WebSocket; an answer that broke off because
    its provider did, and a WebSocket that was refused, which stand in the log already.
    """
    return not record.getMessage().startswith(
        (
            "Unsupported upgrade request",
            "ASGI callable returned without completing response",
            "ASGI callable returned without completing handshake",
        )
    )


class RequestLog:
    """One line per request. Lines of one turn of the event loop are written together."""

    def __init__(self, form: str, level: str, stream: TextIO | None = None) -> None:
        self._json = form == "json"
        self.enabled = LEVELS[level] <= logging.INFO
        self._stream = stream or sys.stderr
        self._lines: list[str] = []
        self._held = False
        self._second = 0
        self._second_text = ""

    def add(self, exchange: Exchange, status: int, seconds: float) -> None:
        call, reply, error, via = exchange.call, exchange.reply, exchange.error, exchange.via
        fields: dict[str, Any] = {
            "request_id": exchange.request_id,
            "dialect": exchange.dialect,
            "method": exchange.method,
            "path": exchange.path,
            "status": status,
            "ms": round(seconds * 1000, 2),
        }
        if call is not None:
            fields["account"] = call.account
            fields["model"] = call.model.id
            if call.tags:
                fields["tags"] = ",".join(call.tags)
        if reply is not None:
            fields["source"] = reply.source
            fields["engine"] = reply.engine
        if via is not None:
            fields["account"], fields["gateway"] = via.account, via.gateway
            fields["provider"] = via.steps[0].provider
            if via.log_id:
                fields["log_id"] = via.log_id
        if exchange.tokens != (0, 0):
            fields["prompt_tokens"], fields["completion_tokens"] = exchange.tokens
        if exchange.principal is not None:
            fields["key"] = exchange.principal.id
        if error is not None:
            fields["code"] = error.code
        moment = self._now()
        if self._json:
            line = orjson.dumps({"time": moment, "level": "info", **fields}).decode()
        else:
            line = f"{moment} info " + " ".join([f"{name}={_plain(value)}" for name, value in fields.items()])
        if not self._lines and not self._held:
            asyncio.get_running_loop().call_soon(self._flush)
        self._lines.append(line)
        if len(self._lines) == MOST_HELD and self._held:
            self._flush()

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Lines wait until the end of the block, so that they do not stand in the middle of what else is printed."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._flush()

    def _now(self) -> str:
        """The time of day; its text is made once a second."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        return f"{self._second_text}.{int(now % 1 * 1000):03d}Z"

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        self._stream.write("\n".join(lines) + "\n")
        self._stream.flush()


def _plain(value: Any) -> str:
    """A field of a text line; what a caller chose (paths, ids) cannot forge a line or a field."""
    if not isinstance(value, str):
        return str(value)
    return value if value.isprintable() and " " not in value and value else orjson.dumps(value).decode()


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1000):03d}Z"
