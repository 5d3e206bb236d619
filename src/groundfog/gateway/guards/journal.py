"""What the guards leave in the log: findings and evaluations on the row, and an entry for every evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import orjson

from groundfog.clock import Clock
from groundfog.gateway.guards.dlp import Finding, Findings
from groundfog.gateway.guards.guardrails import Evaluation
from groundfog.gateway.guards.text import Piece
from groundfog.gateway.record import Record
from groundfog.gateway.request import Request, Step

DLP_HEADER = b"cf-aig-dlp"
REQUEST_TYPE = "guardrails"
"""`request_type` of the entries that are evaluations and no requests."""
_LONGEST_TEXT = 100_000


class Appends(Protocol):
    async def append(self, record: Record) -> None: ...


class Journal:
    """Writes into a step's draft, and entries of its own into the log."""

    def __init__(self, records: Appends, ids: Callable[[], str], clock: Clock) -> None:
        self._records = records
        self._ids = ids
        self._clock = clock

    async def evaluated(self, request: Request, step: Step, evaluation: Evaluation, pieces: Sequence[Piece]) -> None:
        """Keep an evaluation, passes included (spec §3.17)."""
        draft = step.draft
        if draft is None:
            return
        record = draft.record
        earlier = orjson.loads(record.guardrails) if record.guardrails else {}
        shown = evaluation.shown()
        record.guardrails = orjson.dumps({**earlier, evaluation.phase: shown}).decode()
        if not record.logged:
            return
        keep = record.request_body is not None and record.dlp is None
        text = "\n\n".join(piece.text for piece in pieces)[:_LONGEST_TEXT].encode("utf-8", "replace") if keep else None
        model, source = evaluation.scanners[0] if evaluation.scanners else ("", "")
        unavailable = evaluation.outcome == "UNAVAILABLE"
        verdict = orjson.dumps(shown)
        now = self._clock.time()
        await self._records.append(
            Record(
                id=self._ids(),
                account=request.account,
                gateway=request.gateway,
                created_at=now,
                provider="workers-ai" if model.startswith("@cf/") else "groundfog",
                model=model,
                model_type="guardrails",
                path=f"guardrails/{evaluation.phase}",
                duration_ms=evaluation.duration_ms,
                success=not unavailable,
                status_code=503 if unavailable else 200,
                step=step.index,
                metadata=record.metadata,
                request_type=REQUEST_TYPE,
                request_content_type="text/plain" if text is not None else "",
                response_content_type="application/json",
                request_size=len(text or b""),
                response_size=len(verdict),
                event_id=request.event_id,
                request_id=request.request_id,
                guardrails=orjson.dumps({evaluation.phase: shown}).decode(),
                source=source,
                engine="rules" if source == "stand-in" else "",
                key_id=record.key_id,
                request_body=text,
                response_body=verdict,
            )
        )

    def found(self, request: Request, step: Step, findings: Findings) -> None:
        """Keep what was found, and tell the caller. The body that holds it is not kept."""
        draft = step.draft
        earlier = read_findings(draft.record.dlp) if draft is not None else None
        findings = findings.with_earlier(earlier)
        header = findings.header()
        request.extra_headers[:] = [pair for pair in request.extra_headers if pair[0] != DLP_HEADER]
        request.extra_headers.append((DLP_HEADER, header.encode("ascii", "replace")))
        if draft is None:
            return
        record = draft.record
        record.dlp, record.dlp_action = header, findings.action
        if any(each.check == "REQUEST" for each in findings.found):
            record.request_body = None
        if any(each.check == "RESPONSE" for each in findings.found):
            draft.keep_bodies = False


def read_findings(text: str | None) -> Findings | None:
    """Of a record's field `dlp`."""
    if not text:
        return None
    given = orjson.loads(text)
    found = tuple(
        Finding(
            each["check"],
            each["profile"]["profile_id"],
            tuple(each["profile"]["entry_ids"]),
            tuple(each["policy_ids"]),
        )
        for each in given["findings"]
    )
    return Findings(given["action"], found)
