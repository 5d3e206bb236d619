"""Ask a chat model about the passages written by hand: `python -m tests.tools.chat_model.by_hand [FILE]`.

The three forms are those of the snippets that people copy: retrieval, structured output, a chat with history.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.tools.chat_model.passages import PASSAGES, Passage
from tools.chat_model import shipped
from tools.chat_model.asking import Asked

Body = dict[str, Any]
GOAL = 7
"""Right answers out of ten, in every form."""


def retrieval(passage: Passage, others: Sequence[Passage]) -> Body:
    context = "\n\n".join(one.text for one in others)
    system = {"role": "system", "content": f"Answer using this context:\n{context}"}
    return {"messages": [system, {"role": "user", "content": passage.question}], "temperature": 0}


def structured(passage: Passage) -> Body:
    kinds = {key: {"type": "integer" if isinstance(value, int) else "string"} for key, value in passage.fields.items()}
    schema = {"type": "object", "properties": kinds, "required": list(kinds)}
    asked = {"role": "user", "content": f"Extract the data from this text: {passage.text}"}
    form = {"type": "json_schema", "json_schema": schema}
    return {"messages": [asked], "response_format": form, "temperature": 0}


def history(passage: Passage) -> Body:
    turns = [
        {"role": "user", "content": passage.tells},
        {"role": "assistant", "content": "Nice to meet you!"},
        {"role": "user", "content": passage.asks},
    ]
    return {"messages": turns, "temperature": 0}


def right(form: str, passage: Passage, text: str) -> bool:
    """Whether an answer holds what it must: for `structured`, the fields and nothing else."""
    if form == "structured":
        return bool(json.loads(text) == passage.fields)
    wanted = passage.remembers if form == "history" else passage.says
    return wanted in text and "does not say" not in text


def bodies() -> dict[str, list[Body]]:
    """Ten requests for each form. Retrieval has the passage alone, or between two others."""
    found: dict[str, list[Body]] = {"retrieval": [], "retrieval of 3": [], "structured": [], "history": []}
    for number, passage in enumerate(PASSAGES):
        near = [PASSAGES[(number + step) % len(PASSAGES)] for step in (3, 0, 7)]
        found["retrieval"].append(retrieval(passage, [passage]))
        found["retrieval of 3"].append(retrieval(passage, near))
        found["structured"].append(structured(passage))
        found["history"].append(history(passage))
    return found


async def score(file: Path, *, show: bool = False) -> dict[str, int]:
    """How many of the ten are right, by form. They are asked one by one: answers in one batch round differently."""
    counts = {}
    with Asked(file, slots=1) as asked:
        for form, asks in bodies().items():
            outputs = await asked.ask_all(asks)
            texts = [None if isinstance(output, Exception) else output.choices[0].text for output in outputs]
            found = [
                text is not None and right(form, passage, text) for passage, text in zip(PASSAGES, texts, strict=True)
            ]
            counts[form] = sum(found)
            if show:
                for good, text, output in zip(found, texts, outputs, strict=True):
                    print(form, good, output if text is None else text)
    return counts


if __name__ == "__main__":
    print(asyncio.run(score(Path(sys.argv[1]) if sys.argv[1:] else shipped.FILE, show=True)))
