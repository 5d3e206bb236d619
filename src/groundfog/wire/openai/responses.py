"""`POST responses`: the Responses form for every text-generation model (spec §3.5). Nothing is stored."""

from __future__ import annotations

from groundfog.tasks.text_generation import decode
from groundfog.tasks.text_generation.shapes.responses import render
from groundfog.tasks.text_generation.shapes.responses_stream import ResponsesStreamer
from groundfog.tasks.text_generation.types import Output
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.native import tokens_of
from groundfog.wire.openai import request
from groundfog.wire.openai.frames import EventFrames
from groundfog.wire.sse import open_stream


async def create(exchange: Exchange) -> Answer:
    """One `response` object, or its events when the body says `stream`."""
    data, elsewhere = await request.body(exchange, "responses")
    if elsewhere is not None:
        return elsewhere
    model, task = request.model_and_task(exchange, data, "text-generation")
    inputs, stream = decode.responses(model, data, exchange.platform.policy)
    call = request.call(exchange, data, model, task, inputs, stream)
    reply = await exchange.run(call)
    if reply.deltas is not None:
        frames = EventFrames(ResponsesStreamer(model, inputs, call.request_id))
        return await open_stream(exchange, reply, frames, request.headers(reply))
    assert isinstance(reply.output, Output)
    exchange.tokens = tokens_of(reply.output)
    return Whole(render(model, inputs, reply.output, call.request_id), headers=request.headers(reply))
