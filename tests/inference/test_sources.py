"""Who answers for a model: the first source that has it, and nobody instead of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundfog import catalog, errors, tasks
from groundfog.clock import SystemClock
from groundfog.engines.registry import Registry
from groundfog.errors import GroundfogError
from groundfog.inference import sources
from groundfog.inference.service import LOOK_AGAIN_S, Inference
from groundfog.inference.sources import Found
from groundfog.inference.sources.base import NO_FILES, from_files
from groundfog.settings import ModelSettings, Settings
from groundfog.weights.files import Located, ModelFiles
from tests.inference.conftest import CHAT, EMBED, OTHER_CHAT, FakeSource, chat

MODEL = catalog.default().find(CHAT)
TASK = tasks.by_name("text-generation")


class StillClock(SystemClock):
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Script(FakeSource):
    """A source that answers with what it was told to."""

    def __init__(self, name: str, engine: str | None) -> None:
        super().__init__()
        self.name = name
        self.answers = engine
        self.asked = 0
        self.error: GroundfogError | None = None

    def find(self, model: catalog.Model, task: tasks.Task) -> Found | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if self.answers is None:
            return None
        self.engine[task.name] = self.answers
        return super().find(model, task)


def gguf(folder: Path) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    return path


def test_settings_and_facts_reach_the_engine(tmp_path: Path, registry: Registry) -> None:
    files = {name: tmp_path / name for name in ("mmproj.gguf", "draft.gguf", "lora.gguf")}
    chosen = ModelSettings(
        path=gguf(tmp_path),
        mmproj=files["mmproj.gguf"],
        draft=files["draft.gguf"],
        lora={"poet": files["lora.gguf"]},
        context_size=512,
        slots=3,
        threads=1,
        gpu_layers=0,
    )
    settings = Settings(state=tmp_path, models={CHAT.upper(): chosen}, memory_limit_bytes=1 << 33)
    (source, *_) = sources.configured(settings, registry).usual
    found = source.find(MODEL, TASK)
    assert found is not None
    assert found.engine == "llama.cpp"
    assert found.files.main == str(tmp_path / "model.gguf")
    assert found.files.extra == {
        "mmproj": str(files["mmproj.gguf"]),
        "draft": str(files["draft.gguf"]),
        "lora:poet": str(files["lora.gguf"]),
    }
    options = found.options
    assert (options.context_size, options.slots, options.threads, options.gpu_layers) == (512, 3, 1, 0)
    assert options.memory_limit == 1 << 33
    assert options.facts["context_window"] == MODEL.context_window


def test_an_alias_has_the_settings_of_its_model(tmp_path: Path, registry: Registry) -> None:
    alias = next(model for model in catalog.default().models if model.alias_of and model.task == "Text Generation")
    assert alias.alias_of is not None
    chosen = ModelSettings(path=gguf(tmp_path), context_size=512)
    (source, *_) = sources.configured(Settings(state=tmp_path, models={alias.alias_of: chosen}), registry).usual
    found = source.find(alias, TASK)
    assert found is not None
    assert found.options.context_size == 512


def test_a_chosen_engine_wins_and_none_for_the_format_is_an_error(registry: Registry) -> None:
    located = Located(ModelFiles("vinyl", "a.vinyl", "."))
    assert from_files(registry, MODEL, TASK, located, ModelSettings(engine="fake-stream")).engine == "fake-stream"
    with pytest.raises(GroundfogError) as caught:
        from_files(registry, MODEL, TASK, located, None)
    assert caught.value.kind is errors.ENGINE_MISSING
    assert "vinyl" in caught.value.description


def test_sources_stand_in_the_order_of_the_settings(tmp_path: Path, registry: Registry) -> None:
    settings = Settings(state=tmp_path, sources=("echo", "weights", "stand-in"))
    assert [source.name for source in sources.configured(settings, registry).usual] == ["echo", "weights", "stand-in"]


def test_a_model_may_have_sources_of_its_own(tmp_path: Path, registry: Registry) -> None:
    alias = next(model for model in catalog.default().models if model.alias_of and model.task == "Text Generation")
    chosen = ModelSettings(sources=("echo",))
    order = sources.configured(Settings(state=tmp_path, models={str(alias.alias_of).upper(): chosen}), registry)
    named = {model.id: [source.name for source in order.of(model)] for model in (MODEL, alias)}
    assert named == {MODEL.id: ["weights", "stand-in", "echo"], alias.id: ["echo"]}


async def test_the_source_that_a_model_has_of_its_own_answers(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, sources=("weights",), models={CHAT: ModelSettings(sources=("echo",))})
    inference = Inference(settings, SystemClock())
    assert (await inference.run(chat("hello"))).source == "echo"
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("hello", model=OTHER_CHAT))
    assert caught.value.kind is errors.NOT_AVAILABLE
    await inference.stop()


def test_echo_answers_for_every_model_that_has_a_task(tmp_path: Path, registry: Registry) -> None:
    settings = Settings(state=tmp_path, sources=("echo",), echo_script=tmp_path / "script.toml")
    (echo,) = sources.configured(settings, registry).usual
    known = [model for model in catalog.default().models if tasks.name_for(model) is not None]
    assert len(known) > 50
    for model in known:
        found = echo.find(model, tasks.for_model(model))
        assert found is not None
        assert (found.engine, found.files) == ("echo", NO_FILES)
        assert found.options.facts["echo_script"] == str(tmp_path / "script.toml")
    embedding = echo.find(catalog.default().find(EMBED), tasks.by_name("text-embeddings"))
    assert embedding is not None
    assert embedding.options.facts["output_dimensions"] == 384


async def test_the_first_source_that_has_the_model_answers(tmp_path: Path, registry: Registry) -> None:
    empty, first, second = Script("weights", None), Script("stand-in", "echo"), Script("echo", "fake-stream")
    inference = Inference(Settings(state=tmp_path), SystemClock(), registry=registry, asked=[empty, first, second])
    reply = await inference.run(chat("hello"))
    assert (reply.source, reply.engine) == ("stand-in", "echo")
    assert second.asked == 0
    await inference.stop()


async def test_an_error_of_a_source_is_shown_and_the_next_one_is_not_asked(tmp_path: Path, registry: Registry) -> None:
    broken, echo = Script("weights", None), Script("echo", "echo")
    broken.error = errors.BAD_MODEL_FILE(file="a.gguf", what="damaged")
    inference = Inference(Settings(state=tmp_path), SystemClock(), registry=registry, asked=[broken, echo])
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("hello"))
    assert caught.value.kind is errors.BAD_MODEL_FILE
    assert echo.asked == 0


async def test_weights_that_come_later_are_seen_soon(tmp_path: Path, registry: Registry) -> None:
    clock = StillClock()
    weights, echo = Script("weights", None), Script("echo", "echo")
    inference = Inference(Settings(state=tmp_path), clock, registry=registry, asked=[weights, echo])
    assert (await inference.run(chat("say hello"))).source == "echo"
    weights.answers = "fake-stream"
    assert (await inference.run(chat("say hello"))).source == "echo"
    assert weights.asked == 1
    clock.now += LOOK_AGAIN_S + 0.1
    assert (await inference.run(chat("say hello"))).source == "weights"
    await inference.stop()
