"""Models are found by any spelling of their id, and know what became of them."""

from __future__ import annotations

import pytest

from groundfog import catalog
from groundfog.catalog.defaults import defaults
from groundfog.errors import GroundfogError

CATALOG = catalog.default()


@pytest.mark.parametrize(
    "spelling",
    [
        "@cf/meta/llama-3.1-8b-instruct",
        "@cf%2Fmeta%2Fllama-3.1-8b-instruct",
        "%40cf/meta/llama-3.1-8b-instruct",
        "%40cf%2fmeta%2fllama-3.1-8b-instruct",
        "/@cf/meta/llama-3.1-8b-instruct/",
        "@CF/Meta/Llama-3.1-8B-Instruct",
    ],
)
def test_a_model_is_found_by_any_spelling(spelling: str) -> None:
    assert CATALOG.find(spelling).id == "@cf/meta/llama-3.1-8b-instruct"


def test_every_id_finds_its_own_model() -> None:
    assert [CATALOG.find(model.id) for model in CATALOG.models] == CATALOG.models
    assert [CATALOG.find(model.id.upper()) for model in CATALOG.models] == CATALOG.models
    assert len(CATALOG.models) == 120


@pytest.mark.parametrize("model_id", ["", "@cf/none/such", "gpt-4", "%zz"])
def test_an_unknown_model_is_5007(model_id: str) -> None:
    with pytest.raises(GroundfogError) as caught:
        CATALOG.find(model_id)
    assert (caught.value.code, caught.value.status) == (5007, 400)
    assert caught.value.description == f"No such model {model_id} or task"


@pytest.mark.parametrize(
    ("alias", "target"),
    [
        ("@cf/meta/llama-3.1-8b-instruct-fp8-fast", "@cf/meta/llama-3.1-8b-instruct-fast"),
        ("@cf/mistral/mistral-7b-instruct-v0.2", "@hf/mistral/mistral-7b-instruct-v0.2"),
        ("@cf/moonshotai/kimi-k2.5", "@cf/moonshotai/kimi-k2.6"),
        ("@cf/openai/whisper", "@cf/openai/whisper"),
    ],
)
def test_an_alias_is_served_by_its_target(alias: str, target: str) -> None:
    assert CATALOG.served(CATALOG.find(alias)).id == target


def test_a_target_knows_its_aliases() -> None:
    aliases = CATALOG.aliases(CATALOG.find("@cf/meta/llama-3.1-8b-instruct-fast"))
    assert [model.id for model in aliases] == ["@cf/meta/llama-3.1-8b-instruct-fp8-fast"]
    assert CATALOG.aliases(CATALOG.find("@cf/openai/whisper")) == ()


def test_a_deprecated_model_says_since_when_and_what_answers_instead() -> None:
    def deprecation(model_id: str) -> tuple[str, str | None] | None:
        found = CATALOG.deprecation(CATALOG.find(model_id))
        return None if found is None else (found.date, found.replacement)

    assert deprecation("@cf/meta/llama-3.1-8b-instruct") == ("2026-05-30", None)
    assert deprecation("@cf/moonshotai/kimi-k2.5") == ("2026-05-30", "@cf/moonshotai/kimi-k2.6")
    assert deprecation("@cf/mistral/mistral-7b-instruct-v0.2") == ("2026-05-30", None)
    assert deprecation("@cf/meta/llama-3.1-8b-instruct-fp8-fast") is None
    assert deprecation("@cf/openai/gpt-oss-20b") is None


def test_where_data_and_spec_differ_the_spec_decides() -> None:
    assert "chat-completion" in (CATALOG.find("@cf/ibm-granite/granite-4.0-h-micro").output_kind or "")
    assert CATALOG.find("@cf/qwen/qwen3-embedding-0.6b").output_dimensions == 1024
    assert CATALOG.find("@cf/baai/bge-m3").max_input_tokens == 8192
    (price,) = CATALOG.find("@cf/pipecat-ai/smart-turn-v2").price or []
    assert price.neurons == 30.72


def test_the_defaults_of_tasks_are_typed() -> None:
    known = defaults()
    assert known.requests_per_minute("Text Generation") == 300
    assert known.requests_per_minute("Voice Activity Detection") is None
    assert known.requests_per_minute("no task") is None
    assert (known.neurons.usd_per_1000, known.neurons.free_per_day) == (0.011, 10_000)
    assert known.paid_models_rate_limits_per_minute.standard_billing == 20
    assert known.text_generation.default_max_tokens == 256
    assert known.vectorize_presets[0].dimensions == 384
