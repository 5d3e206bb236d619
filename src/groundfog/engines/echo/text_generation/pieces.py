"""A whole answer cut into the deltas of a stream, and the log probabilities of its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundfog.engines.echo import tokens
from groundfog.engines.echo.seeds import stable_hash
from groundfog.tasks.text_generation.types import Choice, Delta, Output, TokenLogprob, ToolCallDelta


def split(output: Output, chunks: Sequence[str] = ()) -> Iterator[Delta]:
    """One delta per token (or per chunk); the last of a choice has its `finish_reason`, the last of all the usage."""
    final = len(output.choices) - 1
    for index, choice in enumerate(output.choices):
        yield from _pieces(index, choice, chunks)
        yield Delta(index, finish_reason=choice.finish_reason, usage=output.usage if index == final else None)


def _pieces(index: int, choice: Choice, chunks: Sequence[str]) -> Iterator[Delta]:
    if choice.reasoning:
        for token in tokens.split(choice.reasoning):
            yield Delta(index, reasoning=token)
    if choice.logprobs is not None:
        for mark in choice.logprobs:
            yield Delta(index, mark.token, logprobs=[mark])
    else:
        for token in chunks or tokens.split(choice.text):
            yield Delta(index, token)
    for number, call in enumerate(choice.tool_calls):
        yield Delta(index, tool_calls=[ToolCallDelta(number, call.id, call.name)])
        for token in tokens.split(call.arguments):
            yield Delta(index, tool_calls=[ToolCallDelta(number, arguments=token)])


_OTHERS = (" the", " a", " of", " and", ".", ",", " it", " to", " is", "\n", " in", " you", " that", " for", " on",
           " with", " as", " not", " be", " at", " this")  # fmt: skip


def logprobs(text: str, top: int) -> list[TokenLogprob]:
    """A log probability for each token of the text, with `top` alternatives, likeliest first."""
    return [_mark(token, top) for token in tokens.split(text)]


def _mark(token: str, top: int) -> TokenLogprob:
    logprob = -(stable_hash(token) % 500) / 1000
    chosen = TokenLogprob(token, logprob, list(token.encode("utf-8", "surrogatepass")))
    if top:
        start = stable_hash(token)
        others = [other for other in (_OTHERS[(start + i) % len(_OTHERS)] for i in range(top)) if other != token]
        chosen.top = [
            TokenLogprob(token, logprob, chosen.bytes),
            *(TokenLogprob(o, logprob - 1.5 - i / 2, list(o.encode())) for i, o in enumerate(others[: top - 1])),
        ]
    return chosen
