"""Text embeddings (spec workers-ai §3.11): bge with `pooling`, bge-m3 with query and contexts, instruction models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, JsonBody, Policy, Rendered, Streamer, Task
from groundfog.tasks.form import Form
from groundfog.tasks.schema import Schema

LARGE_BATCH = 100
SMALL_BATCH = 32
"""Texts of one request: 32 for the instruction models, 100 for all others (spec §6.3)."""


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Texts to embed, each as a text, query or document; queries get the model's instruction (see `is_query`).

    `pooling` None is the model's own. `form` decides the answer's shape: with `query+contexts` the first text is the
    query and the answer is one score per further text.
    """

    texts: list[str]
    kind: Literal["text", "query", "document"] = "text"
    queries: int = 0
    """So many of the first texts are queries, whatever `kind` says of the others."""
    instruction: str | None = None
    pooling: Literal["mean", "cls"] | None = None
    truncate: bool | None = None
    """True: cut over-long texts (the caller asked for it); False: refuse them; None: the model's own way."""
    single: bool = False
    """The caller gave one string, not a list."""
    form: Literal["text", "contexts", "query+contexts"] = "text"

    def is_query(self, index: int) -> bool:
        """Whether the text at `index` is a query."""
        return self.kind == "query" or index < self.queries


class Output(msgspec.Struct):
    """`vectors` is little-endian float32, row by row: `count` rows of `dimensions`."""

    count: int
    dimensions: int
    vectors: bytes
    prompt_tokens: int
    pooling: str | None = None


_TRUNCATE = s.boolean("Cut texts that are too long instead of refusing them", default=False)

POOLED = Form(
    fields={
        "text": s.text_or_list("The text or texts to embed", most=LARGE_BATCH),
        "pooling": s.text(
            "How token vectors become one: `mean` and `cls` vectors cannot be compared with each other",
            choices=("mean", "cls"),
            default="mean",
        ),
    },
    required=("text",),
)
PLAIN = Form(fields={"text": s.text_or_list("The text or texts to embed", most=LARGE_BATCH)}, required=("text",))
INSTRUCTED = Form(
    fields={
        "queries": s.text_or_list("Search queries; they get the instruction", most=SMALL_BATCH),
        "documents": s.text_or_list("Documents to be found; they are embedded as they are", most=SMALL_BATCH),
        "text": s.text_or_list("The same as `documents`", most=SMALL_BATCH),
        "instruction": s.text(
            "What the queries are for",
            default="Given a web search query, retrieve relevant passages that answer the query",
        ),
    },
    keywords={"anyOf": [{"required": ["queries"]}, {"required": ["documents"]}, {"required": ["text"]}]},
)
M3_TEXT = Form(
    fields={
        "text": s.text_or_list("The text or texts to embed", most=LARGE_BATCH),
        "truncate_inputs": _TRUNCATE,
        "pooling": s.text("How token vectors become one; the model's own way is `cls`", choices=("mean", "cls")),
    },
    required=("text",),
)
M3_CONTEXTS = Form(
    fields={
        "query": s.text("What the contexts are scored against; without it they are embedded", least=1),
        "contexts": s.array(
            s.thing({"text": s.text("One context", least=1)}, ("text",)),
            "Texts to score or embed; the index is the id in the answer",
            least=1,
            most=LARGE_BATCH,
        ),
        "truncate_inputs": _TRUNCATE,
    },
    required=("contexts",),
)

_VECTORS = s.array(s.array(s.number()), "One vector per text")
_SHAPE = s.array(s.integer(), "Number of vectors and their length")
_POOLING = s.text("How token vectors became one")
_USAGE = s.thing({"prompt_tokens": s.integer(), "total_tokens": s.integer()})


class TextEmbeddings:
    name = "text-embeddings"
    cloudflare_task = "Text Embeddings"
    inputs = Inputs
    output = Output
    delta = None

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[Inputs, bool]:
        """Raises BAD_INPUT for more texts than the model takes at once, empty texts and unknown pooling."""
        if _is_m3(model):
            return _read_m3(body, policy), False
        form = _form(model)
        values = form.read(body, policy)
        if form is INSTRUCTED:
            return _instructed(values), False
        texts, single = _texts(values["text"])
        return Inputs(texts=texts, single=single, pooling=values.get("pooling")), False

    def render(self, model: Model, inputs: msgspec.Struct, output: msgspec.Struct, request_id: str) -> Rendered:
        assert isinstance(inputs, Inputs)
        assert isinstance(output, Output)
        usage = {"prompt_tokens": output.prompt_tokens, "total_tokens": output.prompt_tokens}
        if inputs.form == "query+contexts":
            return Rendered(orjson.dumps({"response": _scores(output), "usage": usage}))
        shape = [output.count, output.dimensions]
        rows = matrix(output)
        if inputs.form == "contexts":
            answer = {"response": rows, "shape": shape, "pooling": output.pooling, "usage": usage}
        elif _is_m3(model) or _form(model) is POOLED:
            answer = {"shape": shape, "data": rows, "pooling": output.pooling, "usage": usage}
        else:
            answer = {"data": rows, "shape": shape, "usage": usage}
        if answer.get("pooling", "") is None:
            answer["pooling"] = inputs.pooling or "cls"
        return Rendered(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY))

    def streamer(self, model: Model, inputs: msgspec.Struct, request_id: str) -> Streamer:
        raise NotImplementedError("embeddings have no stream")

    def input_schema(self, model: Model) -> dict[str, Any]:
        if _is_m3(model):
            return {"type": "object", "oneOf": [M3_CONTEXTS.published, M3_TEXT.published]}
        return _form(model).published

    def output_schema(self, model: Model) -> dict[str, Any]:
        if not _is_m3(model):
            fields = {"shape": _SHAPE, "data": _VECTORS, "usage": _USAGE}
            if _form(model) is POOLED:
                fields["pooling"] = _POOLING
            return s.json_output(s.thing(fields, ("shape", "data")))
        scored = s.thing({"id": s.integer("Index of the context"), "score": s.number()}, ("id", "score"))
        scores: Schema = s.thing({"response": s.array(scored), "usage": _USAGE}, ("response",))
        vectors = {"shape": _SHAPE, "pooling": _POOLING, "usage": _USAGE}
        contexts = s.thing({"response": _VECTORS, **vectors}, ("response", "shape"))
        texts = s.thing({"data": _VECTORS, **vectors}, ("data", "shape"))
        return s.json_output({"type": "object", "anyOf": [scores, contexts, texts]})


TASK: Task = TextEmbeddings()


def matrix(output: Output) -> Any:
    """The vectors as a NumPy array of `count` x `dimensions`, without a copy."""
    import numpy as np

    return np.frombuffer(output.vectors, dtype="<f4").reshape(output.count, output.dimensions)


def _scores(output: Output) -> list[dict[str, Any]]:
    """Cosine of the first vector with each of the others, best first; `id` is the context's index."""
    import numpy as np

    rows = matrix(output).astype(np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    found = rows[1:] @ rows[0]
    order = np.argsort(-found, kind="stable")
    return [{"id": int(index), "score": float(found[index])} for index in order]


def _form(model: Model) -> Form:
    """The form of a model by its `input_schema_kind`; the bge family has `pooling`."""
    kind = model.input_schema_kind or ""
    if kind.startswith("queries|") or (not kind and "/qwen/" in model.id):
        return INSTRUCTED
    return POOLED if "bge-" in model.id else PLAIN


def _is_m3(model: Model) -> bool:
    return "query+contexts" in (model.input_schema_kind or "")


def _texts(value: str | list[str]) -> tuple[list[str], bool]:
    return ([value], True) if isinstance(value, str) else (value, False)


def _instructed(values: Mapping[str, Any]) -> Inputs:
    if "documents" in values and "text" in values:
        raise errors.BAD_INPUT(what="documents and text are mutually exclusive")
    queries, single_query = _texts(values.get("queries", []))
    documents, single_document = _texts(values.get("documents", values.get("text", [])))
    texts = [*queries, *documents]
    return Inputs(
        texts=texts,
        kind="document" if documents else "query",
        queries=len(queries),
        instruction=values["instruction"],
        single=len(texts) == 1 and (single_query or single_document),
    )


def _read_m3(body: Body, policy: Policy) -> Inputs:
    given = body.data if isinstance(body, JsonBody) else {}
    if given.get("contexts") is not None:
        if given.get("text") is not None:
            raise errors.BAD_INPUT(what="oneOf at '/' not met, 2 matches")
        values = M3_CONTEXTS.read(body, policy)
        contexts = [context["text"] for context in values["contexts"]]
        truncate = values["truncate_inputs"]
        if "query" not in values:
            return Inputs(texts=contexts, truncate=truncate, form="contexts")
        return Inputs(texts=[values["query"], *contexts], queries=1, truncate=truncate, form="query+contexts")
    if given.get("text") is None:
        raise errors.BAD_INPUT(
            what="oneOf at '/' not met, 0 matches: required properties at '/' are 'contexts', "
            "required properties at '/' are 'text'"
        )
    values = M3_TEXT.read(body, policy)
    texts, single = _texts(values["text"])
    return Inputs(texts=texts, single=single, truncate=values["truncate_inputs"], pooling=values.get("pooling"))
