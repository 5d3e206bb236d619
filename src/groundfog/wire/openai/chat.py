"""`POST chat/completions`: every text-generation model in the chat.completion shape."""

from __future__ import annotations

from groundfog.tasks.text_generation import decode
from groundfog.tasks.text_generation.shapes.chat import ChatStreamer, render
from groundfog.tasks.text_generation.types import Output
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.native import tokens_of
from groundfog.wire.openai import request
from groundfog.wire.openai.frames import ChunkFrames
from groundfog.wire.sse import open_stream


async def create(exchange: Exchange) -> Answer:
    """One answer, or its chunks when the body says `stream`."""
    data, elsewhere = await request.body(exchange, "chat/completions")
    if elsewhere is not None:
        return elsewhere
    model, task = request.model_and_task(exchange, data, "text-generation")
    inputs, stream = decode.chat(model, data, exchange.platform.policy)
    call = request.call(exchange, data, model, task, inputs, stream)
    reply = await exchange.run(call)
    if reply.deltas is not None:
        frames = ChunkFrames(ChatStreamer(model, inputs, call.request_id), call.request_id)
        return await open_stream(exchange, reply, frames, request.headers(reply))
    assert isinstance(reply.output, Output)
    exchange.tokens = tokens_of(reply.output)
    return Whole(render(model, inputs, reply.output, call.request_id), headers=request.headers(reply))
