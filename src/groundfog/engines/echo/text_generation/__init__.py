"""Text generation: the answer repeats the question, calls tools, fills schemas; see `docs/echo.md`."""

from __future__ import annotations

from collections.abc import Iterator

from groundfog import errors
from groundfog.engines.echo import tokens
from groundfog.engines.echo.json_values.budget import Budget
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import stable_hash
from groundfog.engines.echo.text_generation import guard, structured, toolcalls, words
from groundfog.engines.echo.text_generation.pieces import logprobs, split
from groundfog.engines.echo.text_generation.prompt import Prompt, read
from groundfog.tasks.text_generation.types import Choice, Delta, FinishReason, Inputs, Output, Usage


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """`inputs.n` choices. Raises CONTEXT_EXCEEDED, NO_JSON_SCHEMA, JSON_MODE_FAILED, TOOL_CALL_IMPOSSIBLE."""
    prompt = read(inputs)
    room = _room(model, inputs, prompt)
    seed = stable_hash(prompt.text, model.salt) ^ (inputs.seed or 0)
    completion = reasoned = 0
    choices = []
    budget = Budget()
    for index in range(inputs.n):
        choice, used, thought = _choice(model, inputs, prompt, room, seed + index, budget)
        completion += used
        reasoned += thought
        choices.append(choice)
    return Output(choices, Usage(prompt.tokens, completion, 0, reasoned))


def stream(model: EchoModel, inputs: Inputs) -> Iterator[Delta]:
    """The same answer token by token. Errors are raised here, before the first delta."""
    return split(answer(model, inputs))


def _room(model: EchoModel, inputs: Inputs, prompt: Prompt) -> int | None:
    """Tokens the answer may have; None is no limit."""
    window, asked = model.context_window, inputs.max_tokens
    if window is None:
        return asked if asked is not None else model.default_max_tokens
    needed = prompt.tokens + (asked if asked is not None else 1)
    if needed > window:
        raise errors.CONTEXT_EXCEEDED(tokens=needed, limit=window)
    if asked is not None:
        return asked
    left = window - prompt.tokens
    return left if model.default_max_tokens is None else min(left, model.default_max_tokens)


def _choice(
    model: EchoModel, inputs: Inputs, prompt: Prompt, room: int | None, seed: int, budget: Budget
) -> tuple[Choice, int, int]:
    """One choice, the tokens it took, and how many of these were reasoning."""
    reasoning, thought = None, 0
    if (
        model.reasoning
        and inputs.reasoning_effort != "none"
        and inputs.template_arguments.get("enable_thinking", inputs.template_arguments.get("thinking", True))
    ):
        reasoning, thought = words.cut(words.reasoning(inputs, prompt), room)
        if room is not None:
            room -= thought
    calls = toolcalls.choose(inputs, prompt, seed, budget) if inputs.tools else []
    if calls:
        used = sum(tokens.count(call.name) + tokens.count(call.arguments) for call in calls)
        if room is not None and used > room:
            if inputs.tool_choice.mode in ("required", "function"):
                raise errors.TOOL_CALL_IMPOSSIBLE(max_tokens=inputs.max_tokens)
            return Choice("", "length", reasoning), thought, thought
        return Choice("", "tool_calls", reasoning, calls), thought + used, thought
    finish: FinishReason = "stop"
    verdict = "guard" in model.last_segment
    if inputs.json_format is not None and not verdict:
        text = structured.answer(model, inputs, prompt, seed, budget)
        used = tokens.count(text)
        if room is not None and used > room:
            raise errors.JSON_MODE_FAILED()
    else:
        text, known = (guard.verdict(prompt), None) if verdict else words.answer(model, inputs, prompt, seed)
        if known is not None and not inputs.stop and not inputs.ignore_eos and (room is None or known <= room):
            used = known
        else:
            text, used, finish = _within(text, inputs, room)
    marks = logprobs(text, inputs.top_logprobs) if inputs.logprobs else None
    return Choice(text, finish, reasoning, logprobs=marks), thought + used, thought


def _within(text: str, inputs: Inputs, room: int | None) -> tuple[str, int, FinishReason]:
    """The text up to a stop sequence and within `room` tokens, their number, and why it ends."""
    if inputs.ignore_eos and room is not None:
        text = words.stretch(text, room)
    stopped = words.until(text, inputs.stop)
    cut, used = words.cut(stopped, room)
    full = inputs.ignore_eos and len(stopped) == len(text) and used == room
    return cut, used, "length" if full or len(cut) < len(stopped) else "stop"
