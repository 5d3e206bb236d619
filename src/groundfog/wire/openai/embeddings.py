"""`POST embeddings`: floats or base64 of little-endian float32 (spec §4)."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import JsonBody
from groundfog.tasks.text_embeddings import Output, matrix
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.openai import request

# Trained so that the first numbers of a vector are a shorter vector (Matryoshka representations).
_CAN_BE_SHORTER = ("qwen3-embedding", "embeddinggemma")
_OPENAI_FIELDS = ("input", "model", "encoding_format", "dimensions", "user", "options")


async def create(exchange: Exchange) -> Answer:
    """Vectors of one text or several. Fields that OpenAI does not have (`pooling`, …) are the model's own."""
    data, elsewhere = await request.body(exchange, "embeddings")
    if elsewhere is not None:
        return elsewhere
    model, task = request.model_and_task(exchange, data, "text-embeddings")
    native = {name: value for name, value in data.items() if name not in _OPENAI_FIELDS}
    base64_wanted = _wants_base64(data)
    dimensions = _dimensions(data, model)
    body = JsonBody({**native, "text": _texts(data)})
    try:
        inputs, _ = task.decode(model, body, exchange.platform.policy)
    except errors.GroundfogError as error:
        # What the task calls text is `input` to this caller.
        raise errors.GroundfogError(error.kind, error.description.replace("'/text", "'/input", 1)) from None
    reply = await exchange.run(request.call(exchange, data, model, task, inputs))
    assert isinstance(reply.output, Output)
    exchange.tokens = (reply.output.prompt_tokens, 0)
    rows = matrix(reply.output)
    if dimensions is not None and dimensions != reply.output.dimensions:
        rows = _shorter(rows, dimensions)
    vectors = [base64.b64encode(row.tobytes()).decode() for row in rows] if base64_wanted else rows
    answer = {
        "object": "list",
        "data": [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(vectors)],
        "model": model.id,
        "usage": {"prompt_tokens": reply.output.prompt_tokens, "total_tokens": reply.output.prompt_tokens},
    }
    return Whole(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), headers=request.headers(reply))


def _texts(data: dict[str, Any]) -> Any:
    """`input`, whose strings the task checks. Raises BAD_INPUT for arrays of tokens."""
    given = data.get("input")
    if given is None:
        raise errors.BAD_INPUT(what="required properties at '/' are 'input'")
    if not isinstance(given, str | list):
        raise errors.BAD_INPUT(what="Type mismatch of '/input', not in 'string','array'")
    for index, one in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(one, str):
            raise errors.BAD_INPUT(
                what=f"'/input/{index}' must be text: arrays of tokens of another model's tokenizer cannot be read "
                "(langchain: check_embedding_ctx_length=False)"
            )
    if not given:
        raise errors.BAD_INPUT(what="Length of '/input' must be >= 1")
    return given


def _wants_base64(data: dict[str, Any]) -> bool:
    wanted = data.get("encoding_format") or "float"
    if wanted not in ("float", "base64"):
        raise errors.BAD_INPUT(what=f"enum {wanted} not in float,base64 at '/encoding_format'")
    return bool(wanted == "base64")


def _dimensions(data: dict[str, Any], model: Model) -> int | None:
    """The length that is asked for. Raises BAD_INPUT where the model's vectors cannot have it."""
    wanted, own = data.get("dimensions"), model.output_dimensions
    if wanted is None:
        return None
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise errors.BAD_INPUT(what="Type mismatch of '/dimensions', not in 'integer'")
    if wanted == own:
        return wanted
    if not any(name in model.id.lower() for name in _CAN_BE_SHORTER):
        raise errors.BAD_INPUT(what=f"'/dimensions' must be {own}: the vectors of {model.id} cannot be shortened")
    if wanted < 1 or (own is not None and wanted > own):
        raise errors.BAD_INPUT(what=f"'/dimensions' must be >= 1 and <= {own}")
    return wanted


def _shorter(rows: Any, dimensions: int) -> Any:
    """The first numbers of each vector, brought back to length 1."""
    import numpy as np

    cut = rows[:, :dimensions]
    lengths = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.ascontiguousarray(cut / np.maximum(lengths, 1e-12), dtype="<f4")
