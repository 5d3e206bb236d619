"""Reranking (spec workers-ai §3.11): how well each context answers a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`top_k` None keeps every context in the answer."""

    query: str
    contexts: list[str]
    top_k: int | None = None


class Output(msgspec.Struct, kw_only=True):
    """`scores` are the model's raw scores (logits: a sigmoid brings them to 0–1), one per context, in its order."""

    scores: list[float]
    prompt_tokens: int = 0


FORM = Form(
    fields={
        "query": s.text("What the contexts are to answer", least=1),
        "contexts": s.array(
            s.thing({"text": s.text("One context", least=1)}, ("text",)), "Texts to sort; the index is the id", least=1
        ),
        "top_k": s.integer("How many of the best to answer", least=1),
    },
    required=("query", "contexts"),
)


class Rerank(UnaryTask):
    name = "rerank"
    cloudflare_task = "Text Classification"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        contexts = [context["text"] for context in values["contexts"]]
        return Inputs(query=values["query"], contexts=contexts, top_k=values.get("top_k"))

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        best = sorted(enumerate(output.scores), key=lambda pair: -pair[1])[: inputs.top_k]
        return {"response": [{"id": index, "score": score} for index, score in best]}

    def output_schema(self, model: Model) -> dict[str, Any]:
        row = s.thing({"id": s.integer("Index of the context"), "score": s.number("Raw score")}, ("id", "score"))
        return s.json_output(s.thing({"response": s.array(row, "Best first")}, ("response",)))


TASK: Task = Rerank()
