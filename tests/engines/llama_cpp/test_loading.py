"""Describing and loading files: sizes, malformed ones, what the process keeps to itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundfog import errors
from groundfog.engines.base import Engine, LoadOptions
from groundfog.engines.llama_cpp import LlamaCppEngine, gguf_header, sizing
from groundfog.tasks.text_generation.types import Inputs, Message
from groundfog.weights import machine, memory
from groundfog.weights.files import ModelFiles
from tests.support import tiny_gguf
from tests.support.jobs import answer

OPTIONS = LoadOptions(model_id="@cf/test/tiny", context_size=512, slots=1)
SEEN_BY_LLAMA_CPP = "missing_tensor"
"""Whole for the header's reader, refused by llama.cpp."""


@pytest.fixture(scope="module")
def broken(folder: Path, model: Path) -> dict[str, Path]:
    return tiny_gguf.malformed(model, folder / "broken")


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The temporary folders that are made."""
    made: list[Path] = []
    make = tempfile.mkdtemp

    def recorded(**options: Any) -> str:
        made.append(Path(make(**options)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", recorded)
    return made


CASES = (
    "empty",
    "wrong_magic",
    "future_version",
    "cut_in_header",
    "cut_in_tensors",
    "garbage_metadata",
    "huge_counts",
    "huge_string",
    "wrong_architecture",
)


def test_it_is_an_engine() -> None:
    assert isinstance(LlamaCppEngine(), Engine)
    assert LlamaCppEngine.capabilities.batching == "continuous"


def test_a_description_needs_no_loading(model: Path) -> None:
    options = LoadOptions(model_id="m", context_size=1000, slots=3)
    description = LlamaCppEngine.describe(tiny_gguf.files(model), options)
    assert (description.slots, description.context_window) == (3, 1000)
    assert description.details["architecture"] == "llama"
    assert description.details["trained_context"] == 4096
    assert description.details["vocabulary"] == 2048
    assert description.details["chat_template"]
    # Two layers, two KV heads of 16 values, keys and values of two bytes, for three slots of 4 x 256 cells.
    cache = 3 * 1024 * 2 * 2 * (16 + 16) * 2
    assert description.memory_bytes == model.stat().st_size + cache + memory.OVERHEAD


def test_companions_need_memory_too(model: Path, files: ModelFiles) -> None:
    alone = LlamaCppEngine.describe(tiny_gguf.files(model), OPTIONS).memory_bytes
    together = LlamaCppEngine.describe(files, OPTIONS).memory_bytes
    assert alone is not None
    assert together == alone + sum(Path(path).stat().st_size for path in files.extra.values())
    draft = LlamaCppEngine.describe(tiny_gguf.files(model, draft=model), OPTIONS).memory_bytes
    assert draft is not None
    assert draft - memory.OVERHEAD == 2 * (alone - memory.OVERHEAD)


def test_without_wishes_the_catalogue_and_the_file_decide(model: Path) -> None:
    def window(**facts: Any) -> int | None:
        options = LoadOptions(model_id="m", facts=facts)
        return LlamaCppEngine.describe(tiny_gguf.files(model), options).context_window

    assert window() == 4096
    assert window(context_window=1500) == 1500
    assert window(context_window=128_000) == 4096


LARGE = {
    "general.architecture": "llama",
    "llama.block_count": 32,
    "llama.context_length": 1 << 17,
    "llama.embedding_length": 4096,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
}
"""128 KiB of keys and values a token, 16 GiB for the whole context."""
GIB = 1 << 30


@pytest.mark.parametrize(
    ("limit", "options", "slots", "context"),
    [
        (640 * GIB, {}, 4, 1 << 17),
        (128 * GIB, {}, 2, 1 << 17),
        (64 * GIB, {}, 1, 1 << 17),
        (16 * GIB, {}, 1, 1 << 15),
        (16 * GIB, {"slots": 4}, 4, 1 << 13),
        (16 * GIB, {"context_size": 1 << 14}, 2, 1 << 14),
        (16 * GIB, {"context_size": 1 << 17, "slots": 4}, 4, 1 << 17),
        (6 * GIB, {}, 1, 5632),
        (1 * GIB, {}, 1, 2048),
    ],
)
def test_a_large_context_costs_slots_then_tokens_but_never_a_wish(
    monkeypatch: pytest.MonkeyPatch, limit: int, options: dict[str, int], slots: int, context: int
) -> None:
    """A quarter of the limit, and what the weights (5 GiB) leave, is for keys and values."""
    monkeypatch.setattr(machine, "processors", lambda: 2)
    header = gguf_header.Header("m", 5 * GIB, LARGE, {})
    size = sizing.choose(header, LoadOptions(model_id="m", memory_limit=limit, **options), 5 * GIB)
    assert (size.slots, size.context) == (slots, context)


def test_layers_without_attention_need_no_cache() -> None:
    metadata = LARGE | {"llama.attention.head_count_kv": [8, 0, 0, 0] * 8}
    hybrid = gguf_header.Header("m", GIB, metadata, {})
    plain = gguf_header.Header("m", GIB, LARGE, {})
    assert sizing.cache_bytes_per_token(plain) == 131_072
    assert sizing.cache_bytes_per_token(hybrid) == 131_072 // 4


def test_a_split_model_is_as_large_as_all_its_parts(model: Path, tmp_path: Path) -> None:
    whole = LlamaCppEngine.describe(tiny_gguf.files(model), OPTIONS).details["size_bytes"]
    first, second = (tmp_path / f"m-0000{number}-of-00002.gguf" for number in (1, 2))
    first.write_bytes(model.read_bytes())
    second.write_bytes(bytes(1000))
    assert LlamaCppEngine.describe(tiny_gguf.files(first), OPTIONS).details["size_bytes"] == whole + 1000


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_file_is_refused_in_clear_words(broken: dict[str, Path], case: str) -> None:
    for ask in (LlamaCppEngine.describe, LlamaCppEngine().load):
        with pytest.raises(errors.GroundfogError) as error:
            ask(tiny_gguf.files(broken[case]), OPTIONS)
        assert error.value.kind is errors.BAD_MODEL_FILE
        assert f"{case}.gguf" in error.value.description


def test_what_only_llama_cpp_sees_is_refused_at_load(broken: dict[str, Path], folders: list[Path]) -> None:
    files = tiny_gguf.files(broken[SEEN_BY_LLAMA_CPP])
    assert LlamaCppEngine.describe(files, OPTIONS).context_window == 512
    with pytest.raises(errors.GroundfogError, match=r"missing_tensor\.gguf") as error:
        LlamaCppEngine().load(files, OPTIONS)
    assert error.value.kind is errors.BAD_MODEL_FILE
    assert [path.exists() for path in folders] == [False]


def test_a_broken_companion_is_refused_by_its_name(model: Path, broken: dict[str, Path]) -> None:
    for role in ("mmproj", "draft"):
        with pytest.raises(errors.GroundfogError, match=r"cut_in_tensors\.gguf"):
            LlamaCppEngine.describe(tiny_gguf.files(model, **{role: broken["cut_in_tensors"]}), OPTIONS)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.GroundfogError, match="No such file"):
        LlamaCppEngine.describe(tiny_gguf.files(tmp_path / "gone.gguf"), OPTIONS)


def test_a_file_that_ends_its_process_takes_only_the_loader(broken: dict[str, Path]) -> None:
    path = broken["aborts"]
    assert LlamaCppEngine.describe(tiny_gguf.files(path), OPTIONS).engine == "llama.cpp"
    assert run(f"load({str(path)!r})").returncode == -signal.SIGABRT


def test_random_bytes_in_the_header_never_break_the_reader(model: Path, tmp_path: Path) -> None:
    content = bytearray(model.read_bytes()[:4000])
    path = tmp_path / "noise.gguf"
    for at in range(4, 400, 3):
        for value in (0, 1, 9, 0x7F, 0xFF):
            changed = bytearray(content)
            changed[at] = value
            path.write_bytes(changed)
            with pytest.raises(errors.GroundfogError) as error:
                gguf_header.read(path)
            assert error.value.kind is errors.BAD_MODEL_FILE


def test_nobody_else_can_reach_the_model(engine: LlamaCppEngine) -> None:
    listening = [c for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening == []
    assert engine._server is not None
    folder = Path(engine._server.address).parent
    assert folder.stat().st_mode & 0o077 == 0


async def test_unloading_leaves_nothing_behind(
    load: Any, model: Path, hello: list[Message], folders: list[Path]
) -> None:
    engine = load(model)
    assert [path.exists() for path in folders] == [True]
    await answer(engine, Inputs(messages=hello, max_tokens=3))
    engine.unload()
    assert [path.exists() for path in folders] == [False]
    assert engine.stats()["slots"] == 0


def test_the_process_keeps_its_signals(model: Path) -> None:
    """llama.cpp takes SIGTERM for itself when it starts."""
    done = run(
        f"signal.signal(signal.SIGTERM, lambda *_: os._exit(7)); load({str(model)!r}); "
        "os.kill(os.getpid(), signal.SIGTERM); signal.pause()"
    )
    assert done.returncode == 7


def test_loading_says_nothing_of_the_model(model: Path) -> None:
    done = run(f"load({str(model)!r}).unload()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with `load(path)` for it."""
    prelude = (
        "import os, signal\n"
        "from groundfog.engines.base import LoadOptions\n"
        "from groundfog.engines.llama_cpp import LlamaCppEngine\n"
        "from groundfog.weights.files import ModelFiles\n"
        "def load(path):\n"
        "    engine = LlamaCppEngine()\n"
        "    engine.load(ModelFiles('gguf', path, os.path.dirname(path)), LoadOptions(model_id='m', slots=1))\n"
        "    return engine\n"
    )
    return subprocess.run([sys.executable, "-c", prelude + code], capture_output=True, text=True, timeout=60)
