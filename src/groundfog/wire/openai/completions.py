"""`POST completions`: OpenAI's legacy form. Several prompts are several calls whose choices come in one answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import msgspec

from groundfog.call import Call, Reply
from groundfog.errors import GroundfogError
from groundfog.tasks.text_generation import decode
from groundfog.tasks.text_generation.shapes.completion import CompletionStreamer, render_all, total
from groundfog.tasks.text_generation.types import Delta, Inputs, Output, Usage
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.openai import request
from groundfog.wire.openai.frames import ChunkFrames
from groundfog.wire.sse import open_stream


async def create(exchange: Exchange) -> Answer:
    """One answer, or its chunks when the body says `stream`."""
    data, elsewhere = await request.body(exchange, "completions")
    if elsewhere is not None:
        return elsewhere
    model, task = request.model_and_task(exchange, data, "text-generation")
    asked, stream = decode.completion(model, data, exchange.platform.policy)
    calls = [request.call(exchange, data, model, task, inputs, stream) for inputs in asked]
    if stream:
        reply = await exchange.run(calls[0])
        frames = ChunkFrames(CompletionStreamer(model, asked[0], exchange.request_id), exchange.request_id)
        if len(calls) > 1:
            # The echoed prompts differ, so they come with the deltas instead.
            plain = msgspec.structs.replace(asked[0], echo_prompt=False)
            frames = ChunkFrames(CompletionStreamer(model, plain, exchange.request_id), exchange.request_id)
            whole = _one_after_another(exchange, reply, calls[1:])
            reply = exchange.reply = Reply(reply.call, reply.source, reply.engine, deltas=whole)
        return await open_stream(exchange, reply, frames, request.headers(reply))
    outputs = await _all(exchange, calls)
    exchange.used = outputs
    used = total([output.usage for output in outputs])
    exchange.tokens = (used.prompt_tokens, used.completion_tokens)
    assert exchange.reply is not None
    content = render_all(model, asked, outputs, exchange.request_id)
    return Whole(content, headers=request.headers(exchange.reply, outputs))


async def _all(exchange: Exchange, calls: Sequence[Call]) -> list[Output]:
    """The answers to all calls, computed side by side; the first failure ends them all."""
    if len(calls) == 1:
        replies = [await exchange.run(calls[0])]
    else:
        replies = await exchange.unless_gone(_side_by_side(exchange, calls))
    outputs: list[Output] = []
    for reply in replies:
        assert isinstance(reply.output, Output)
        outputs.append(reply.output)
    return outputs


async def _side_by_side(exchange: Exchange, calls: Sequence[Call]) -> list[Reply]:
    calls[0].request_id = exchange.request_id
    exchange.call = calls[0]
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(exchange.platform.run(call)) for call in calls]
    except* GroundfogError as several:
        raise _first(several) from None
    replies = [task.result() for task in running]
    exchange.reply = replies[0]
    return replies


def _first(several: BaseExceptionGroup[GroundfogError]) -> GroundfogError:
    found = several.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


async def _one_after_another(exchange: Exchange, first: Reply, calls: Sequence[Call]) -> AsyncIterator[Delta]:
    """The deltas of all prompts in order, their choices numbered through, the usage of all on the last."""
    used: list[Usage] = []
    async with contextlib.AsyncExitStack() as stack:
        for number, call in enumerate((first.call, *calls)):
            reply = first if number == 0 else await exchange.platform.run(call)
            deltas = reply.deltas
            assert deltas is not None
            stack.push_async_callback(reply.aclose)
            inputs = call.inputs
            assert isinstance(inputs, Inputs)
            start = number * inputs.n
            if inputs.echo_prompt:
                for index in range(inputs.n):
                    yield Delta(index=start + index, text=inputs.prompt or "")
            async for delta in deltas:
                assert isinstance(delta, Delta)
                if delta.usage is not None:
                    used.append(delta.usage)
                yield msgspec.structs.replace(delta, index=start + delta.index, usage=None)
    yield Delta(usage=total(used))
