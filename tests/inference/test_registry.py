"""Engines are found through entry points, ours and anybody's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from groundfog import errors
from groundfog.engines.registry import Registry
from groundfog.errors import GroundfogError


def test_a_third_partys_engine_is_found_by_name_task_and_format(registry: Registry) -> None:
    assert {"echo", "llama.cpp", "onnx-embeddings", "fake-stream"} <= set(registry.names())
    assert registry.get("fake-stream").name == "fake-stream"
    assert registry.reference("fake-stream") == "groundfog_fake_engines:FakeStream"
    assert registry.choose("text-generation", "gguf") == "llama.cpp"
    assert registry.choose("text-embeddings", "onnx") == "onnx-embeddings"
    assert registry.choose("text-generation", "vinyl") is None


def test_an_engine_whose_module_is_missing_names_what_to_install(registry: Registry) -> None:
    with pytest.raises(GroundfogError) as caught:
        registry.get("fake-missing")
    assert caught.value.kind is errors.ENGINE_MISSING
    assert 'pip install "groundfog-fake-engines[whisper]"' in caught.value.description


def test_an_unknown_engine_is_an_error(registry: Registry) -> None:
    with pytest.raises(GroundfogError) as caught:
        registry.reference("steam")
    assert caught.value.kind is errors.ENGINE_MISSING


def test_reading_the_classes_of_our_engines_loads_no_native_library() -> None:
    code = (
        "import sys; from groundfog.engines.registry import Registry; registry = Registry();"
        "[registry.get(name) for name in ('echo', 'llama.cpp', 'onnx-embeddings')];"
        "print([name for name in ('xllamacpp', 'onnxruntime', 'tokenizers') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
