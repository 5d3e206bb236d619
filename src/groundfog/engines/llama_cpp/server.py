"""Starts llama.cpp's server core in this process, listening on a private Unix socket and nowhere else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import tempfile
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from groundfog import errors
from groundfog.engines.base import LoadOptions
from groundfog.engines.llama_cpp.sizing import Sizing
from groundfog.weights.files import ModelFiles

_GPU_LAYERS_ALL = -1
_STEP_TOKENS = 512
_PAUSE_S = 0.01
_STUCK_S = 60
"""A reader that takes nothing for so long is given up."""


class Server:
    """llama.cpp's server core with one model. `address` is the path of its socket."""

    def __init__(self, files: ModelFiles, options: LoadOptions, sizing: Sizing, adapters: list[str]) -> None:
        """Loads the model; blocks. Raises ENGINE_MISSING, BAD_MODEL_FILE."""
        try:
            import xllamacpp
        except ImportError as error:
            raise errors.ENGINE_MISSING(engine="llama.cpp", install="xllamacpp") from error
        # A failed assertion of ggml would start a debugger to print its own stack.
        os.environ.setdefault("GGML_NO_BACKTRACE", "1")
        folder = tempfile.mkdtemp(prefix="groundfog-llama-")
        self._remove_folder = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.address = str(Path(folder, "server.sock"))
        parameters = _parameters(xllamacpp, files, options, sizing, adapters, self.address)
        try:
            with _signals_kept():
                self._core: Any = xllamacpp.Server(parameters)
        except RuntimeError as error:
            self._remove_folder()
            what = "llama.cpp refuses it; its tensors or metadata are damaged, or need a newer llama.cpp"
            raise errors.BAD_MODEL_FILE(file=Path(files.main).name, what=what) from error
        # Its loop has begun once it answers; a core that is ended before that never ends.
        self.slots()

    def close(self) -> None:
        """Ends the server core and frees the model; waits until no slot is busy, because the core does."""
        with contextlib.suppress(OSError):
            while any(slot["is_processing"] for slot in self.slots()):
                time.sleep(_PAUSE_S)
        self._core = None
        self._remove_folder()

    def slots(self) -> list[dict[str, Any]]:
        """The state of the slots; blocks until llama.cpp has finished its present step."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self.address)
            connection.sendall(b"GET /slots HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with connection.makefile("rb") as reader:
                answer = reader.read()
        slots: list[dict[str, Any]] = orjson.loads(answer.partition(b"\r\n\r\n")[2])
        return slots


def _parameters(
    xllamacpp: Any, files: ModelFiles, options: LoadOptions, sizing: Sizing, adapters: list[str], address: str
) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = files.main
    parameters.hostnames = [address]
    parameters.ui = False
    parameters.offline = True
    parameters.verbosity = -1
    parameters.endpoint_slots = True
    parameters.endpoint_metrics = False
    parameters.endpoint_props = False
    parameters.warmup = False
    parameters.use_jinja = True
    # A last turn of the assistant is history, not the beginning of the answer.
    parameters.prefill_assistant = False
    parameters.fit_params = False
    parameters.n_parallel = sizing.slots
    parameters.n_ctx = sizing.cells
    parameters.kv_unified = False
    # A step of a long prompt is as long as the others wait for their next token, and a cancelled request for its end.
    parameters.n_batch = parameters.n_ubatch = max(_STEP_TOKENS, sizing.slots)
    parameters.ctx_shift = False
    parameters.cont_batching = True
    parameters.cache_prompt = True
    parameters.cache_ram_mib = 0
    parameters.sse_ping_interval = 3600
    parameters.timeout_read = parameters.timeout_write = _STUCK_S
    # A thread per open stream, and some for the short questions beside them.
    parameters.n_threads_http = sizing.slots * 2 + 4
    parameters.cpuparams.n_threads = sizing.threads
    parameters.cpuparams_batch.n_threads = sizing.threads
    gpu_layers = _GPU_LAYERS_ALL if options.gpu_layers is None else options.gpu_layers
    parameters.n_gpu_layers = gpu_layers
    if (projector := files.path("mmproj")) is not None:
        parameters.mmproj.path = str(projector)
        parameters.mmproj_use_gpu = gpu_layers != 0
    if (draft := files.path("draft")) is not None:
        parameters.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE]
        parameters.speculative.draft.mparams.path = str(draft)
        parameters.speculative.draft.n_gpu_layers = gpu_layers
        parameters.speculative.draft.cpuparams.n_threads = sizing.threads
    # Loaded at scale 0: a request names the adapter that it wants.
    parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(path, 0.0) for path in adapters]
    return parameters


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """llama.cpp takes SIGINT and SIGTERM for itself when it starts; give them back to the process."""
    libc = ctypes.CDLL(None, use_errno=True)
    saved = {number: ctypes.create_string_buffer(512) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, action in saved.items():
        libc.sigaction(int(number), None, action)
    try:
        yield
    finally:
        for number, action in saved.items():
            libc.sigaction(int(number), action, None)
