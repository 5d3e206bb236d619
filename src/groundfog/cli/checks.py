"""What `groundfog doctor` looks at: each check says in words what it found and how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import msgspec

from groundfog import errors
from groundfog.cli import text

if TYPE_CHECKING:
    from groundfog.settings import Settings

Level = Literal["ok", "note", "broken"]

LIBRARIES = MappingProxyType({"llama.cpp": ("xllamacpp",), "onnx-embeddings": ("onnxruntime", "tokenizers")})
"""What our engines import when they load a model."""
LITTLE_MEMORY = 2_000_000_000
LITTLE_DISK = 5_000_000_000
OLDEST_PYTHON = (3, 11)
NODE = 20
TIMEOUT_S = 5


class Finding(msgspec.Struct, frozen=True):
    """`note` works but may surprise; `broken` stops something that was asked for. `mend` says what to do."""

    level: Level
    about: str
    found: str
    mend: str = ""


def everything(settings: Settings) -> Iterator[Finding]:
    """All checks, in the order of reading."""
    yield python()
    yield from engines()
    yield state(settings)
    yield port(settings)
    yield keys(settings)
    yield from weights(settings)
    yield stand_in(settings)
    yield memory(settings)
    yield disk(settings)
    yield hub()
    yield node()


def python(running: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    version = ".".join(map(str, running))
    if running < OLDEST_PYTHON:
        return Finding("broken", "Python", f"{version} is too old", "Install Python 3.11 or newer.")
    return Finding("ok", "Python", f"{version} at {sys.executable}")


def engines() -> Iterator[Finding]:
    """Libraries are imported in a process of their own: a broken one must not take the doctor along."""
    from groundfog.engines.registry import Registry

    registry = Registry()
    if not registry.names():
        yield Finding("broken", "Engines", "none is registered", "Install the package again: pip install groundfog.")
    for name in registry.names():
        about = f"Engine {name}"
        try:
            capabilities = registry.get(name).capabilities
        except errors.GroundfogError as error:
            yield Finding("broken", about, error.description, error.kind.next)
            continue
        except Exception as error:  # an engine of somebody else's may fail in any way
            yield Finding("broken", about, f"{type(error).__name__}: {error}", f"Install again what brings {name}.")
            continue
        failure = next(filter(None, (_import_failure(library) for library in LIBRARIES.get(name, ()))), None)
        if failure:
            install = capabilities.install or "groundfog"
            yield Finding("broken", about, failure, f"Install it again: pip install --force-reinstall {install}.")
        else:
            yield Finding("ok", about, f"for {', '.join(sorted(capabilities.tasks)[:3])}{_more(capabilities.tasks, 3)}")


def state(settings: Settings) -> Finding:
    folder = settings.state
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        return Finding(
            "broken",
            "State directory",
            f"{folder} cannot be written ({error.strerror})",
            "Make it writable, or choose another with --state or GROUNDFOG_STATE.",
        )
    return Finding("ok", "State directory", str(folder))


def port(settings: Settings) -> Finding:
    host, number = settings.host, settings.port
    if number == 0:
        return Finding("ok", "Port", "a free one is picked at start")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            if _is_groundfog(host, number):
                return Finding("note", "Port", f"{number}: a groundfog server is running there already")
            return Finding(
                "broken",
                "Port",
                f"cannot listen on {host} port {number} ({error.strerror})",
                "Stop what uses it, or choose another with --port (0 picks a free one).",
            )
    return Finding("ok", "Port", f"{host} port {number} is free")


def keys(settings: Settings) -> Finding:
    from groundfog.store import Keys, Store
    from groundfog.wire.network import is_loopback

    store = Store(settings.state)
    try:
        count = len(Keys(store).list())
    except errors.GroundfogError as error:
        return Finding("broken", "Keys", error.description, error.kind.next)
    finally:
        store.close()
    if count:
        return Finding("ok", "Keys", f"{count} in the store; callers need one")
    if not is_loopback(settings.host):
        return Finding(
            "broken",
            "Keys",
            f"none, and {settings.host} can be reached from other machines: the server will not start",
            "Make one with `groundfog keys create`, or listen on 127.0.0.1.",
        )
    return Finding("ok", "Keys", "none, and the server is for this machine only")


def weights(settings: Settings) -> Iterator[Finding]:
    from groundfog.weights.facade import Weights

    shelf = Weights(settings)
    pulled = shelf.pulled()
    if not pulled:
        yield Finding("note", "Weights", "no model is pulled", "`groundfog pull MODEL` brings one.")
    whole = 0
    for manifest in pulled:
        try:
            shelf.manifests.check_sizes(manifest)
            whole += 1
        except errors.GroundfogError as error:
            yield Finding("broken", "Weights", error.description, f"`groundfog pull {manifest.model}` brings it again.")
    if whole:
        size = sum(manifest.size for manifest in pulled)
        yield Finding("ok", "Weights", f"{whole} pulled, {text.size(size)}")


def stand_in(settings: Settings) -> Finding:
    if "stand-in" not in settings.sources:
        return Finding("note", "Stand-ins", "switched off by the sources of the settings")
    from groundfog.weights import embedded

    try:
        for made in embedded.STAND_INS.values():
            embedded.verify(made().files)
    except errors.GroundfogError as error:
        return Finding("broken", "Stand-ins", error.description, "Install the package again: pip install groundfog.")
    return Finding("ok", "Stand-ins", f"for {', '.join(sorted(embedded.STAND_INS))}, in the package")


def memory(settings: Settings) -> Finding:
    import psutil

    from groundfog.weights.memory import limit

    machine = psutil.virtual_memory()
    allowed = limit(settings.memory_limit_bytes)
    found = f"{text.size(machine.available)} of {text.size(machine.total)} free; models may take {text.size(allowed)}"
    if machine.available < LITTLE_MEMORY:
        return Finding("note", "Memory", found, "Only small models will load; close other programs.")
    return Finding("ok", "Memory", found)


def disk(settings: Settings) -> Finding:
    folder = next(each for each in (settings.state, *settings.state.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    if free < LITTLE_DISK:
        return Finding(
            "note", "Disk", f"{text.size(free)} free", "Weights are large: free some space, or move --state."
        )
    return Finding("ok", "Disk", f"{text.size(free)} free")


def hub() -> Finding:
    from groundfog.weights.hub import Hub

    source = Hub()
    if source.offline():
        return Finding("note", "Hub", "HF_HUB_OFFLINE is set: what is pulled works, nothing new can be pulled")
    try:
        request = urllib.request.Request(source.endpoint, method="HEAD")
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):
            pass
    except urllib.error.HTTPError:
        pass  # it answered, so it can be reached
    except OSError as error:
        return Finding(
            "note",
            "Hub",
            f"{source.endpoint} cannot be reached ({getattr(error, 'reason', error)})",
            "What is pulled works; for new weights mend the connection, set HF_ENDPOINT, or use pull --from.",
        )
    token = "with HF_TOKEN" if os.environ.get("HF_TOKEN") else "without HF_TOKEN (only gated weights need it)"
    return Finding("ok", "Hub", f"{source.endpoint} answers, {token}")


def node() -> Finding:
    mend = f"Only `wrangler` and Miniflare need it: install Node.js {NODE} or newer to run Workers."
    program = shutil.which("node")
    if program is None:
        return Finding("note", "Node.js", "not installed", mend)
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("note", "Node.js", f"{program} does not run ({error})", mend)
    version = done.stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < NODE:
        return Finding("note", "Node.js", f"{version or 'an unknown version'} is too old", mend)
    return Finding("ok", "Node.js", version)


def _import_failure(library: str) -> str | None:
    """Why a library cannot be imported by a host process; None when it can."""
    from groundfog.inference.environment import scrubbed

    command = [sys.executable, "-c", f"import {library}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=scrubbed())
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{library} cannot be tried ({error})"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"{library} crashes when it is imported (signal {-done.returncode}): it may not fit this processor"
    last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"{library} cannot be imported ({last})"


def _is_groundfog(host: str, number: int) -> bool:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    try:
        with urllib.request.urlopen(f"http://{shown}:{number}/livez", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _more(values: frozenset[str], shown: int) -> str:
    return f" and {len(values) - shown} more" if len(values) > shown else ""
