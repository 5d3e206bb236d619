"""Observers of guarded streams: one has them judged at their end, one keeps what was found on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from groundfog.gateway.guards import whole
from groundfog.gateway.guards.guardrails import Evaluation, Guardrails, unreadable
from groundfog.gateway.guards.journal import Journal
from groundfog.gateway.guards.text import Piece
from groundfog.gateway.request import Request, Step

_GRAVITY = {"PASS": 0, "UNAVAILABLE": 1, "FLAG": 2, "BLOCK": 3}


class Afterwards:
    """Collects a stream as it goes by; `judge` gets it at the end, None when it was too long to be held."""

    __slots__ = ("_chunks", "_judge", "_size")

    def __init__(self, judge: Callable[[bytes | None], Awaitable[None]]) -> None:
        self._judge = judge
        self._chunks: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= whole.LONGEST:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    async def finish(self, error: BaseException | None) -> None:
        body = b"".join(self._chunks) if self._size <= whole.LONGEST else None
        self._chunks.clear()
        await self._judge(body)


class Windowed:
    """Judges the windows of a stream (`windows.checked`), and journals one evaluation: the gravest of them."""

    __slots__ = ("_gravest", "_journal", "_pieces", "_rails", "_refuse", "_request", "_step")

    def __init__(
        self,
        rails: Guardrails,
        journal: Journal,
        request: Request,
        step: Step,
        refuse: Callable[[Evaluation], None],
    ) -> None:
        self._rails = rails
        self._journal = journal
        self._request = request
        self._step = step
        self._refuse = refuse
        self._gravest: Evaluation | None = None
        self._pieces: list[Piece] = []

    async def judge(self, pieces: list[Piece] | None) -> None:
        """Raises the refusal."""
        if pieces is None:
            evaluation, pieces = unreadable("response", "the stream is too long to be held"), []
        else:
            evaluation = await self._rails.evaluate(self._request.account, pieces)
        if self._gravest is None or _GRAVITY[evaluation.outcome] > _GRAVITY[self._gravest.outcome]:
            self._gravest, self._pieces = evaluation, pieces
        self._refuse(evaluation)

    def feed(self, chunk: bytes) -> None:
        """What goes by was judged before."""

    async def finish(self, error: BaseException | None) -> None:
        if self._gravest is not None:
            await self._journal.evaluated(self._request, self._step, self._gravest, self._pieces)
