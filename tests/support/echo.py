"""An echo engine, loaded for one model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from groundfog.engines.base import LoadOptions
from groundfog.engines.echo import EchoEngine

LLAMA = "@cf/meta/llama-3.1-8b-instruct"


def echo(model_id: str = LLAMA, script: Path | None = None, **facts: Any) -> EchoEngine:
    engine = EchoEngine()
    if script is not None:
        facts["echo_script"] = str(script)
    engine.load(None, LoadOptions(model_id=model_id, facts=facts))
    return engine


def answer(engine: EchoEngine, task: str, inputs: msgspec.Struct) -> Any:
    """The output of an answer that comes at once."""
    output = engine.answer(task, inputs)
    assert isinstance(output, msgspec.Struct)
    return output


def deltas(engine: EchoEngine, task: str, inputs: msgspec.Struct) -> list[Any]:
    stream = engine.stream(task, inputs)
    assert not hasattr(stream, "__aiter__")
    return list(stream)
