"""The llama.cpp engine: loads one GGUF model and answers text generation jobs with continuous batching."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from groundfog import errors
from groundfog.engines.base import Capabilities, Description, Job, LoadOptions
from groundfog.engines.llama_cpp import gguf_header, request, sizing
from groundfog.engines.llama_cpp.connection import Connection
from groundfog.engines.llama_cpp.generation import Generation
from groundfog.engines.llama_cpp.server import Server
from groundfog.engines.llama_cpp.session import Model, Slots
from groundfog.tasks.text_generation.types import Inputs
from groundfog.weights import embedded, split
from groundfog.weights.files import ModelFiles


class LlamaCppEngine:
    """One GGUF model in llama.cpp's server core."""

    name: ClassVar[str] = "llama.cpp"
    capabilities: ClassVar[Capabilities] = Capabilities(
        tasks=frozenset({"text-generation"}), formats=frozenset({"gguf"}), batching="continuous"
    )

    def __init__(self) -> None:
        self._server: Server | None = None
        self._model: Model | None = None

    @classmethod
    def describe(cls, files: ModelFiles, options: LoadOptions) -> Description:
        """Context, slots and memory from the files' headers. Raises BAD_MODEL_FILE."""
        return _describe(files, options)[0]

    def load(self, files: ModelFiles, options: LoadOptions) -> Description:
        """Bring the model into memory. Raises BAD_MODEL_FILE, ENGINE_MISSING."""
        embedded.verify(files)
        description, header, size = _describe(files, options)
        adapters = {role.removeprefix("lora:"): path for role, path in files.extra.items() if role.startswith("lora:")}
        stand_in = bool(options.facts.get("stand_in"))
        self._server = Server(files, options, size, list(adapters.values()))
        connection = Connection(self._server.address)
        self._model = Model(
            id=options.model_id,
            connection=connection,
            slots=Slots(connection, size.slots),
            limit=size.context,
            cells=size.cells // size.slots,
            template=header.chat_template,
            adapters={name: number for number, name in enumerate(adapters)},
            media=request.Media(instead_of=options.model_id) if stand_in else _media(files),
            temperature=options.facts.get("temperature"),
            stand_in=stand_in,
            window=options.facts.get("context_window"),
        )
        return description

    async def infer(self, batch: Sequence[Job[Inputs]]) -> None:
        """Answer the jobs; each takes `n` slots of the model as they become free."""
        if self._model is None:
            raise RuntimeError("the engine is not loaded")
        await asyncio.gather(*(Generation(self._model, job).run() for job in batch))

    def unload(self) -> None:
        if self._model is not None:
            self._model.connection.close()
            self._model = None
        if self._server is not None:
            self._server.close()
            self._server = None

    def stats(self) -> Mapping[str, Any]:
        """`busy_slots` counts a cancelled request until llama.cpp itself says that its slot is free."""
        if self._model is None:
            return {"slots": 0, "busy_slots": 0}
        return self._model.slots.stats()


def _describe(files: ModelFiles, options: LoadOptions) -> tuple[Description, gguf_header.Header, sizing.Sizing]:
    header = gguf_header.read(files.main)
    weights = sum(part.stat().st_size for part in split.parts(Path(files.main)))
    draft: gguf_header.Header | None = None
    for role, path in files.extra.items():
        if role in ("mmproj", "draft") or role.startswith("lora:"):
            companion = gguf_header.read(path)
            weights += companion.size
            draft = companion if role == "draft" else draft
    if header.number("block_count") is None or "tokenizer.ggml.model" not in header.metadata:
        what = "it holds no language model (no layers or no tokenizer in its metadata)"
        raise errors.BAD_MODEL_FILE(file=Path(files.main).name, what=what)
    size = sizing.choose(header, options, weights, draft)
    description = Description(
        engine=LlamaCppEngine.name,
        slots=size.slots,
        context_window=size.context,
        memory_bytes=size.memory_bytes,
        details={
            "architecture": header.architecture,
            "name": header.metadata.get("general.name"),
            "trained_context": header.context_length,
            "vocabulary": header.vocabulary,
            "chat_template": header.chat_template is not None,
            "size_bytes": weights,
            "threads": size.threads,
        },
    )
    return description, header, size


def _media(files: ModelFiles) -> request.Media:
    projector = files.path("mmproj")
    if projector is None:
        return request.Media()
    metadata = gguf_header.read(projector).metadata
    return request.Media(
        images=bool(metadata.get("clip.has_vision_encoder")), audio=bool(metadata.get("clip.has_audio_encoder"))
    )
