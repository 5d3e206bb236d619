"""The engine itself: it finds the module of the task and asks the script first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Protocol, cast

import msgspec

from groundfog import errors
from groundfog.engines.base import Capabilities, Description, Job, LoadOptions
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.performance import Performance
from groundfog.engines.echo.script import Script
from groundfog.tasks import NAMES
from groundfog.weights.files import ModelFiles

MODULES = {name: name.replace("-", "_") for name in NAMES}
"""Task name → module of this package; a module is imported when its task is first asked for."""


class TaskModule(Protocol):
    """What a task's module has. `stream` only where the task has deltas."""

    def answer(self, model: EchoModel, inputs: Any) -> msgspec.Struct: ...

    def stream(self, model: EchoModel, inputs: Any) -> Iterator[msgspec.Struct]: ...


class EchoEngine:
    """Answers as a pure function of (model, inputs, seed), or as a script says."""

    name: ClassVar[str] = "echo"
    capabilities: ClassVar[Capabilities] = Capabilities(tasks=frozenset(MODULES), in_process=True)

    def __init__(self) -> None:
        self._modules: dict[str, TaskModule] = {}
        self._model: EchoModel | None = None
        self._script: Script | None = None
        self._answers = 0

    @classmethod
    def describe(cls, files: ModelFiles | None, options: LoadOptions) -> Description:
        """Nothing is read: the facts are in the options."""
        model = EchoModel(options)
        return Description(
            engine=cls.name,
            slots=1024,
            context_window=model.context_window,
            dimensions=options.facts.get("output_dimensions"),
            memory_bytes=0,
        )

    def load(self, files: ModelFiles | None, options: LoadOptions) -> Description:
        """`options.facts["echo_script"]` is the path of a script, if there is one. Raises BAD_MODEL_FILE for it."""
        self._model = EchoModel(options)
        path = options.facts.get("echo_script")
        self._script = Script.load(path, self._model) if path else None
        return self.describe(files, options)

    def unload(self) -> None:
        self._model = self._script = None

    def stats(self) -> Mapping[str, Any]:
        return {"answers": self._answers}

    def answer(self, task: str, inputs: msgspec.Struct) -> msgspec.Struct | Awaitable[msgspec.Struct]:
        """The output for `inputs` (of `task.inputs`). Raises errors of the table, as a model would."""
        model = self._loaded()
        self._answers += 1
        module = self._modules.get(task) or self._module(task)
        if self._script is not None and (rule := self._script.find(task, inputs)) is not None:
            return Performance(rule, model, task, module).answer(inputs)
        return module.answer(model, inputs)

    def stream(self, task: str, inputs: msgspec.Struct) -> Iterator[msgspec.Struct] | AsyncIterator[msgspec.Struct]:
        """The same answer, token by token. Errors come before the first delta."""
        model = self._loaded()
        self._answers += 1
        module = self._modules.get(task) or self._module(task)
        if not hasattr(module, "stream"):
            raise errors.BAD_INPUT(what=f"{model.id} cannot stream")
        if self._script is not None and (rule := self._script.find(task, inputs)) is not None:
            return Performance(rule, model, task, module).stream(inputs)
        return module.stream(model, inputs)

    async def infer(self, batch: Sequence[Job[Any]]) -> None:
        for job in batch:
            try:
                if not job.stream:
                    output = self.answer(job.task, job.inputs)
                    job.finish(output if isinstance(output, msgspec.Struct) else await output)
                    continue
                deltas = self.stream(job.task, job.inputs)
                if isinstance(deltas, AsyncIterator):
                    async for delta in deltas:
                        job.emit(delta)
                else:
                    for delta in deltas:
                        job.emit(delta)
                job.finish()
            except Exception as error:
                job.fail(error)

    def _loaded(self) -> EchoModel:
        if self._model is None:
            raise errors.EXECUTION_FAILED(what="the echo engine is not loaded")
        return self._model

    def _module(self, task: str) -> TaskModule:
        name = MODULES.get(task)
        if name is None:
            raise errors.NOT_IMPLEMENTED(what=f"echo knows no task {task}")
        module = cast("TaskModule", import_module(f"groundfog.engines.echo.{name}"))
        self._modules[task] = module
        return module
