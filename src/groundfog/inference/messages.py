"""What the server and a host process say to each other; msgpack arrays, tagged by an integer (see `framing`).

A body (`P`) is one of the task's own structs. It is written as it is and arrives as `msgspec.Raw`, so that only its
last reader decodes it.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from groundfog.engines.base import Description, LoadOptions
from groundfog.weights.files import ModelFiles

P = TypeVar("P")

LOADING = 0
"""The job number of a `Failed` that speaks of the model, not of a job; jobs count from 1."""


class Open(msgspec.Struct, tag=1, array_like=True):
    """First message: which engine class (`module:Class`) is to describe which files."""

    engine: str
    reference: str
    files: ModelFiles
    options: LoadOptions


class Load(msgspec.Struct, tag=2, array_like=True):
    """There is memory: load what was described."""


class Submit(msgspec.Struct, Generic[P], tag=3, array_like=True, gc=False):
    """A job. `timeout` is in seconds from now; None: no deadline."""

    job: int
    task: str
    stream: bool
    timeout: float | None
    body: P


class Cancel(msgspec.Struct, tag=4, array_like=True, gc=False):
    """Nobody waits for the job any more. The host still says when it has ended: until then it holds its slot."""

    job: int


class AskStats(msgspec.Struct, tag=5, array_like=True):
    """Answered by `Stats`."""


class Described(msgspec.Struct, tag=11, array_like=True):
    description: Description


class Loaded(msgspec.Struct, tag=12, array_like=True):
    description: Description


class Delta(msgspec.Struct, Generic[P], tag=13, array_like=True, gc=False):
    job: int
    body: P


class Done(msgspec.Struct, Generic[P], tag=14, array_like=True, gc=False):
    """The output of a unary job, its last message."""

    job: int
    body: P


class Ended(msgspec.Struct, tag=15, array_like=True, gc=False):
    """The last message of a stream, and of a job that was cancelled."""

    job: int


class Failed(msgspec.Struct, tag=16, array_like=True, gc=False):
    """The last message of a job that went wrong: a row of the table of errors, by its key."""

    job: int
    key: str
    description: str
    retry_after: float | None = None


class Stats(msgspec.Struct, tag=17, array_like=True):
    numbers: dict[str, Any]


ToHost = Open | Load | Submit[msgspec.Raw] | Cancel | AskStats
FromHost = Described | Loaded | Delta[msgspec.Raw] | Done[msgspec.Raw] | Ended | Failed | Stats
