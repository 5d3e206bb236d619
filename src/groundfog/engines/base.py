"""What an engine is: four functions and its capabilities as data.

Engines run in a host process (`inference/host.py`), except those that declare `in_process` (pure Python, no model
file). They are found through the entry-point group `groundfog.engines`; groundfog's own are registered the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar, runtime_checkable

import msgspec

from groundfog.weights.files import ModelFiles


@dataclasses.dataclass(frozen=True, slots=True)
class Capabilities:
    """`tasks` are names of `groundfog.tasks`; `formats` are file formats (`gguf`, `onnx`; empty: needs no file).

    `batching`: `continuous` gets every job at once, up to `slots` of them, and batches by itself; `micro` gets jobs in
    groups that the host packs by length; `none` gets one job at a time.
    """

    tasks: frozenset[str]
    formats: frozenset[str] = frozenset()
    batching: Literal["continuous", "micro", "none"] = "none"
    in_process: bool = False
    install: str = ""
    """What to `pip install` when the engine's libraries are missing; empty: they are in the base install."""


class LoadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to load: None means "decide from the file and this machine". `facts` come from the catalogue and the card.

    Known facts: `context_window`, `max_input_tokens`, `output_dimensions`, `pooling` (default pooling of the model's
    card), `normalize` (bool), `query_prefix`, `document_prefix`, `truncate` (bool), `stand_in_dimensions` (int: map the
    vectors isometrically to this length), `reasoning` (bool), `temperature` (for requests that give none), `stand_in`
    (bool: it answers in place of the model, whose contract `context_window` then is).
    """

    model_id: str
    context_size: int | None = None
    slots: int | None = None
    threads: int | None = None
    gpu_layers: int | None = None
    precision: str | None = None
    memory_limit: int | None = None
    """Bytes that all loaded models may take together; None: `weights.memory.limit`."""
    facts: dict[str, Any] = {}


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine can say of a model. `slots` is how many jobs may be in the engine at once."""

    engine: str
    slots: int = 1
    context_window: int | None = None
    dimensions: int | None = None
    memory_bytes: int | None = None
    """Estimate of the memory needed, weights and caches."""
    details: dict[str, Any] = {}


I = TypeVar("I", bound=msgspec.Struct)  # noqa: E741


class Job(Generic[I]):
    """One request inside the engine. The engine emits deltas (streams only) and then finishes or fails it, once.

    `emit`, `finish` and `fail` may be called from any thread. An engine looks at `cancelled`, or registers `on_cancel`,
    and stops working for a job that nobody waits for.
    """

    __slots__ = ("_cancel_callbacks", "_sink", "cancelled", "deadline", "inputs", "stream", "task")

    def __init__(self, task: str, inputs: I, stream: bool, sink: JobSink, deadline: float | None = None) -> None:
        self.task = task
        self.inputs = inputs
        self.stream = stream
        self.deadline = deadline
        self.cancelled = False
        self._sink = sink
        self._cancel_callbacks: list[Callable[[], None]] = []

    def emit(self, delta: msgspec.Struct) -> None:
        self._sink.emit(delta)

    def finish(self, output: msgspec.Struct | None = None) -> None:
        """`output` for a unary job, None for a stream."""
        self._sink.finish(output)

    def fail(self, error: Exception) -> None:
        """A `GroundfogError` is shown as it is; anything else becomes EXECUTION_FAILED."""
        self._sink.fail(error)

    def on_cancel(self, callback: Callable[[], None]) -> None:
        self._cancel_callbacks.append(callback)
        if self.cancelled:
            callback()

    def cancel(self) -> None:
        """Called by the host when the caller went away or the deadline passed."""
        if not self.cancelled:
            self.cancelled = True
            for callback in self._cancel_callbacks:
                callback()


class JobSink(Protocol):
    def emit(self, delta: msgspec.Struct) -> None: ...
    def finish(self, output: msgspec.Struct | None) -> None: ...
    def fail(self, error: Exception) -> None: ...


@runtime_checkable
class Engine(Protocol):
    """One loaded model, made without arguments. `load` may block; `infer` must not block the event loop."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @classmethod
    def describe(cls, files: ModelFiles, options: LoadOptions) -> Description:
        """Read the files' headers only. Raises BAD_MODEL_FILE."""
        ...

    def load(self, files: ModelFiles, options: LoadOptions) -> Description:
        """Bring the model into memory. Raises BAD_MODEL_FILE, ENGINE_MISSING."""
        ...

    async def infer(self, batch: Sequence[Job[Any]]) -> None:
        """Finish or fail every job of the batch. `continuous` and `none` engines get batches of one."""
        ...

    def unload(self) -> None: ...

    def stats(self) -> Mapping[str, Any]:
        """Numbers for `groundfog ps` and /metrics: busy slots, queued jobs, tokens."""
        ...


@runtime_checkable
class MicroBatchEngine(Engine, Protocol):
    """A `micro` engine has three stages; the host runs them side by side for different batches.

    `prepare` (tokenise; raises input errors for its own job only) → `compute` (one packed batch; in a worker thread) →
    `complete` (build the output of one job).
    """

    max_batch_tokens: int

    def prepare(self, job: Job[Any]) -> Sequence[Prepared]: ...

    def compute(self, rows: Sequence[Prepared]) -> Sequence[Any]:
        """One result per row, in order."""
        ...

    def complete(self, job: Job[Any], results: Sequence[Any]) -> msgspec.Struct: ...


@dataclasses.dataclass(slots=True)
class Prepared:
    """One row for the encoder: `length` in tokens (rows are sorted and packed by it), `data` is the engine's own."""

    length: int
    data: Any


@runtime_checkable
class InProcessEngine(Engine, Protocol):
    """An engine that declares `in_process` is called directly: no model file, no native code, no host process.

    Both calls are quick. Where an answer has to wait (a scripted delay), they return the asynchronous twin instead.
    """

    def answer(self, task: str, inputs: msgspec.Struct) -> msgspec.Struct | Awaitable[msgspec.Struct]:
        """The whole output, at once."""
        ...

    def stream(self, task: str, inputs: msgspec.Struct) -> Iterator[msgspec.Struct] | AsyncIterator[msgspec.Struct]:
        """The same answer as deltas."""
        ...
