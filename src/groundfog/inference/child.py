"""The operating system's view of a host process: how it is started, what it printed, how it ended.

`subprocess.Popen` and not the event loop's own way: uvloop runs Python between fork and exec, which can lock up for
ever in a server that has threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from groundfog.inference import scratch
from groundfog.inference.environment import scrubbed

logger = logging.getLogger("groundfog.host")

LEAVE_S = 3.0
"""How long a host may take to end by itself before it is terminated, and after that before it is killed."""
KEPT_LINES = 20
SHOWN_LINES = 6
LONGEST_LINE = 8192


class Child:
    """One process. `start` it once, `end` it always."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: Path | None = None
        self._output = _Output(label)
        self._pipe: asyncio.BaseTransport | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def returncode(self) -> int | None:
        return self._process.returncode if self._process is not None else None

    async def start(self, fd: int) -> None:
        """Start a host that speaks over the socket `fd`."""
        self._scratch = scratch.make()
        # Blocks for the millisecond that starting a process takes.
        self._process = subprocess.Popen(  # noqa: ASYNC220
            (sys.executable, "-P", "-m", "groundfog.inference.host", str(fd)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(fd,),
            env=scrubbed() | {"TMPDIR": str(self._scratch)},
            # What a terminal, `timeout` or a supervisor sends to the server's group is for the server, which first lets
            # its streams end.
            process_group=0,
        )
        loop = asyncio.get_running_loop()
        self._pipe, _ = await loop.connect_read_pipe(lambda: self._output, self._process.stderr)

    async def ended(self) -> None:
        """Wait until the process has ended and its last words are read, a few seconds at most."""
        if self._process is not None:
            await self._wait(self._process)
            with contextlib.suppress(TimeoutError):  # a child of the engine's may hold the pipe open
                await asyncio.wait_for(self._output.drained.wait(), 1.0)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    async def end(self) -> None:
        """Wait for the end, and hurry it. Afterwards nothing is left: no process, no pipe, no temporary file."""
        process = self._process
        if process is not None:
            hurry: tuple[Callable[[], None], ...] = (process.terminate, process.kill)
            for force in hurry:
                if not await self._wait(process):
                    force()
            await self.ended()
            if process.returncode is None:
                logger.error("%s: process %s cannot be ended", self.label, process.pid)
        if self._pipe is not None:
            self._pipe.close()
        if self._scratch is not None:
            scratch.remove(self._scratch)

    def last_words(self) -> str:
        """How the process ended, and what it said last on its standard error."""
        code = self.returncode
        how = "its process ended" if code is None or code >= 0 else f"its process crashed ({_signal_name(-code)})"
        lines = list(self._output.lines)[-SHOWN_LINES:]
        return ": ".join([how, " | ".join(lines)]) if lines else how

    async def _wait(self, process: subprocess.Popen[bytes]) -> bool:
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, LEAVE_S)
        return process.returncode is not None


class _Output(asyncio.Protocol):
    """What the process prints, line by line, for the log and for error texts."""

    def __init__(self, label: str) -> None:
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.drained = asyncio.Event()
        self._label = label
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._keep(line)
        if len(self._rest) > LONGEST_LINE:
            self._keep(self._rest)
            self._rest = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep(self._rest)
        self.drained.set()

    def _keep(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self.lines.append(text)
            logger.debug("%s: %s", self._label, text)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
