"""What a task is: typed inputs, outputs and deltas, how they are read from a request and shown as the model's output.

A new task is a new module with a `TASK`, listed in `tasks/__init__.py`. Sources: spec workers-ai §3.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from groundfog.catalog import Model


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide what a request may ask for; handed to the decoders of `tasks/`."""

    allow_json_stream: bool = False
    unknown_fields: str = "refuse"
    """`refuse` answers 5006 for a field that the schema does not have, `ignore` drops it; `strict` also refuses what
    the spec tolerates for the sake of clients (extras of flux-1-schnell, `voice`)."""
    refuse_deprecated: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class JsonBody:
    """A JSON object, as in `{"prompt": …}`."""

    data: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class BinaryBody:
    """Raw bytes (audio, an image); the other inputs come beside them (query string, `userInputs`)."""

    content: bytes
    content_type: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class FormPart:
    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class FormBody:
    """A parsed multipart form; `extra` as in `BinaryBody`."""

    parts: Sequence[FormPart]
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


Body = JsonBody | BinaryBody | FormBody


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """A model's whole output as the native surfaces show it: `json` (encoded, bare, no envelope) or raw bytes."""

    content: bytes
    content_type: str = "application/json"

    @property
    def is_json(self) -> bool:
        return self.content_type == "application/json"


class Streamer(Protocol):
    """Turns deltas into the events of one native stream. The dialect frames them (`data: …`) and ends with `[DONE]`."""

    def feed(self, delta: msgspec.Struct) -> Iterable[bytes]:
        """Encoded JSON of the events for one delta; may be empty."""
        ...

    def finish(self) -> Iterable[bytes]:
        """Events that are still owed when the deltas have ended (the usage event)."""
        ...


class Task(Protocol):
    """One kind of work. `inputs`, `output`, `delta` are msgspec structs; they cross process borders as msgpack."""

    @property
    def name(self) -> str:
        """Our name: `text-generation`, `text-embeddings`, …"""
        ...

    @property
    def cloudflare_task(self) -> str:
        """The catalogue's task name: `Text Generation`."""
        ...

    @property
    def inputs(self) -> type[msgspec.Struct]: ...

    @property
    def output(self) -> type[msgspec.Struct]: ...

    @property
    def delta(self) -> type[msgspec.Struct] | None: ...

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[msgspec.Struct, bool]:
        """Read the native inputs of `model`: (inputs, stream?).

        Raises `errors.BAD_INPUT` in the wording of spec §5.3, naming the field.
        """
        ...

    def render(self, model: Model, inputs: msgspec.Struct, output: msgspec.Struct, request_id: str) -> Rendered:
        """The native output of `model`, as `result` over REST and as the bare body over the binding."""
        ...

    def streamer(self, model: Model, inputs: msgspec.Struct, request_id: str) -> Streamer:
        """Only for tasks whose `delta` is set."""
        ...

    def input_schema(self, model: Model) -> dict[str, Any]:
        """JSON Schema of the native inputs."""
        ...

    def output_schema(self, model: Model) -> dict[str, Any]:
        """JSON Schema of the native output; `contentType` and `format: binary` as in spec §1.8."""
        ...
