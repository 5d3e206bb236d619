"""Ask a chat model about the passages written by hand: `python -m tests.tools.chat_model.by_hand FILE`.

The three forms are those of the snippets that people copy: retrieval, structured output, a chat with history.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundfog.tasks.text_generation.types import Output
from tests.tools.chat_model.passages import PASSAGES, Passage
from tools.chat_model.asking import Asked

Body = dict[str, Any]


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


def right(form: str, passage: Passage, output: Output | Exception) -> bool:
    if isinstance(output, Exception):
        return False
    text = output.choices[0].text
    if form == "structured":
        return bool(json.loads(text) == passage.fields)
    wanted = passage.says if form == "retrieval" else passage.remembers
    return wanted in text and "does not say" not in text


async def score(file: Path, *, show: bool = False) -> dict[str, int]:
    """How many of the ten are right, by form. Retrieval has the passage alone, or between two others."""
    bodies: dict[str, list[Body]] = {"retrieval": [], "retrieval of 3": [], "structured": [], "history": []}
    for number, passage in enumerate(PASSAGES):
        near = [PASSAGES[(number + step) % len(PASSAGES)] for step in (3, 0, 7)]
        bodies["retrieval"].append(retrieval(passage, [passage]))
        bodies["retrieval of 3"].append(retrieval(passage, near))
        bodies["structured"].append(structured(passage))
        bodies["history"].append(history(passage))
    counts = {}
    with Asked(file) as asked:
        for form, asks in bodies.items():
            outputs = await asked.ask_all(asks)
            found = [right(form.split()[0], *pair) for pair in zip(PASSAGES, outputs, strict=True)]
            counts[form] = sum(found)
            if show:
                for good, output in zip(found, outputs, strict=True):
                    print(form, good, output if isinstance(output, Exception) else output.choices[0].text)
    return counts


if __name__ == "__main__":
    print(asyncio.run(score(Path(sys.argv[1]), show=True)))
