"""Puts an answer together from pieces: as deltas for a stream, as one output otherwise."""

from __future__ import annotations

import dataclasses

from groundfog.engines.base import Job
from groundfog.tasks.text_generation.types import (
    Choice,
    Delta,
    FinishReason,
    Inputs,
    Output,
    TokenLogprob,
    ToolCall,
    ToolCallDelta,
    Usage,
)


@dataclasses.dataclass(slots=True)
class _Whole:
    """One choice of a unary answer while it grows."""

    text: list[str] = dataclasses.field(default_factory=list)
    reasoning: list[str] = dataclasses.field(default_factory=list)
    tool_calls: list[ToolCall] = dataclasses.field(default_factory=list)
    logprobs: list[TokenLogprob] | None = None
    finish_reason: FinishReason | None = None


class Answer:
    """The pieces of one job's answer, of all its choices.

    Pieces that arrive in one tick of the event loop become one delta per choice: `flush` ends the tick.
    """

    def __init__(self, job: Job[Inputs]) -> None:
        self._job = job
        self._stream = job.stream
        self._pending: dict[int, Delta] = {}
        self._held: Delta | None = None
        self._wholes = [_Whole() for _ in range(job.inputs.n)]
        self._reasoning: list[str] = []

    def text(self, index: int, text: str) -> None:
        if self._stream:
            self._delta(index).text += text
        else:
            self._wholes[index].text.append(text)

    def reasoning(self, index: int, text: str) -> None:
        self._reasoning.append(text)
        if self._stream:
            self._delta(index).reasoning += text
        else:
            self._wholes[index].reasoning.append(text)

    def tool_call(self, index: int, piece: ToolCallDelta) -> None:
        if self._stream:
            self._delta(index).tool_calls.append(piece)
            return
        calls = self._wholes[index].tool_calls
        while len(calls) <= piece.index:
            calls.append(ToolCall("", ""))
        call = calls[piece.index]
        call.id = piece.id or call.id
        call.name += piece.name or ""
        call.arguments += piece.arguments

    def logprobs(self, index: int, tokens: list[TokenLogprob]) -> None:
        holder: Delta | _Whole = self._delta(index) if self._stream else self._wholes[index]
        holder.logprobs = (holder.logprobs or []) + tokens

    def finish(self, index: int, reason: FinishReason) -> None:
        """The choice is complete. Its delta is held back, because the last one of all carries the usage."""
        self._wholes[index].finish_reason = reason
        if self._stream:
            delta = self._delta(index)
            delta.finish_reason = reason
            del self._pending[index]
            if self._held is not None:
                self._job.emit(self._held)
            self._held = delta

    def flush(self) -> None:
        if self._pending:
            for delta in self._pending.values():
                self._job.emit(delta)
            self._pending.clear()

    def complete(self, usage: Usage) -> None:
        """Finish the job."""
        self.flush()
        if self._stream:
            last = self._held or Delta(finish_reason="stop")
            last.usage = usage
            self._job.emit(last)
            self._job.finish()
            return
        choices = [
            Choice(
                text="".join(whole.text),
                finish_reason=whole.finish_reason or "stop",
                reasoning="".join(whole.reasoning) or None,
                tool_calls=whole.tool_calls,
                logprobs=whole.logprobs,
            )
            for whole in self._wholes
        ]
        self._job.finish(Output(choices, usage))

    @property
    def reasoning_text(self) -> str:
        """All reasoning, to count its tokens."""
        return "".join(self._reasoning)

    def _delta(self, index: int) -> Delta:
        delta = self._pending.get(index)
        if delta is None:
            # Fresh lists: a struct's defaults are shared until something is appended to them.
            delta = self._pending[index] = Delta(index=index, tool_calls=[])
        return delta
