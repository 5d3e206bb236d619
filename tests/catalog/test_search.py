"""Lists of the catalogue have the documented parameters and rows (spec §1.7, §1.9, §8.11)."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest

from groundfog import catalog
from groundfog.catalog import search

CATALOG = catalog.default()


def names(**parameters: Any) -> list[str]:
    return [row["name"] for row in search.models(CATALOG, **parameters)]


def test_deprecated_models_are_listed_only_when_asked_for() -> None:
    assert "@cf/meta/llama-3.1-8b-instruct" not in names()
    assert "@cf/meta/llama-3.1-8b-instruct" in names(include_deprecated=True)
    assert set(names()) < set(names(include_deprecated=True))


def test_a_model_is_deprecated_from_its_date_on() -> None:
    before, after = datetime.date(2026, 5, 29), datetime.date(2026, 5, 30)
    assert "@cf/meta/llama-3.1-8b-instruct" in names(today=before)
    assert "@cf/meta/llama-3.1-8b-instruct" not in names(today=after)


def test_every_parameter_narrows_the_list() -> None:
    assert names(search="GPT-OSS") == ["@cf/openai/gpt-oss-120b", "@cf/openai/gpt-oss-20b"]
    assert names(search="openai gpt-oss-20b") == ["@cf/openai/gpt-oss-20b"]
    assert "@cf/baai/bge-m3" in names(search="embeddings baai")
    assert names(search="no such model") == []
    assert names(task="summarization", include_deprecated=True) == ["@cf/facebook/bart-large-cnn"]
    assert names(task="Translation", author="meta") == ["@cf/meta/m2m100-1.2b"]
    assert names(author="ZAI-ORG") == names(search="zai-org") != []
    assert names(author="met") == []
    assert all(name.startswith("@hf/") for name in names(source=2, include_deprecated=True))
    assert names(source=2, include_deprecated=True)
    assert "@cf/stabilityai/stable-diffusion-xl-base-1.0" in names()
    assert "@cf/stabilityai/stable-diffusion-xl-base-1.0" not in names(hide_experimental=True)


def test_other_spellings_and_models_of_unknown_task_are_not_listed() -> None:
    listed = names(include_deprecated=True)
    assert "@cf/meta/llama-3.1-8b-instruct-fp8-fast" not in listed
    assert "@cf/cloudflare/clairic" not in listed
    assert len(listed) == len(set(listed)) == 116


def properties(model_id: str) -> dict[str, Any]:
    return {entry["property_id"]: entry["value"] for entry in CATALOG.rows[model_id]["properties"]}


def test_a_row_has_the_published_shape() -> None:
    row = CATALOG.rows["@cf/openai/gpt-oss-120b"]
    assert row["id"] == "f9f2250b-1048-4a52-9910-d0bf976616a1"
    assert (row["source"], row["name"], row["tags"]) == (1, "@cf/openai/gpt-oss-120b", [])
    assert row["task"]["id"] == "c329a1f9-323d-4e91-b2aa-582dd4188d34"
    assert row["created_at"] == "2025-08-05 00:00:00.000"
    assert "deprecation" not in row
    found = properties("@cf/openai/gpt-oss-120b")
    assert found["context_window"] == "128000"
    assert found["function_calling"] == "true"
    assert "lora" not in found
    assert found["price"][0] == {"unit": "per M input tokens", "price": 0.35, "currency": "USD"}
    assert found["reasoning_effort"]["default_effort"] == "medium"
    assert found["info"] == "https://huggingface.co/openai/gpt-oss-120b"


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_value_is_a_string_but_two(model: catalog.Model) -> None:
    row = CATALOG.rows[model.id]
    assert uuid.UUID(row["id"]).version in (4, 5)
    assert row["description"].endswith(".")
    for entry in row["properties"]:
        kind = {"price": list, "reasoning_effort": dict}.get(entry["property_id"], str)
        assert isinstance(entry["value"], kind)
        assert entry["value"]


def test_ids_are_stable_and_unique() -> None:
    found = {row["id"] for row in CATALOG.rows.values()}
    assert len(found) == 120
    assert CATALOG.rows["@cf/meta/llama-3.1-8b-instruct"]["id"] == str(
        uuid.uuid5(uuid.NAMESPACE_URL, "@cf/meta/llama-3.1-8b-instruct")
    )


def test_special_properties() -> None:
    assert properties("@cf/meta/llama-3.1-8b-instruct")["planned_deprecation_date"] == "2026-05-30"
    assert CATALOG.rows["@cf/moonshotai/kimi-k2.5"]["deprecation"] == {
        "date": "2026-05-30",
        "replacement": "@cf/moonshotai/kimi-k2.6",
    }
    assert "french" in properties("@cf/meta/m2m100-1.2b")["languages"]
    assert properties("@cf/baai/bge-base-en-v1.5")["output_dimensions"] == "768"
    assert properties("@cf/black-forest-labs/flux-1-schnell")["price"][0]["unit"] == "per 512 by 512 tile"
    assert properties("@cf/meta/llama-3.1-8b-instruct")["terms"].startswith("https://")


def test_every_task_of_the_catalogue_is_listed() -> None:
    rows = search.tasks()
    assert {row["name"] for row in rows} == {model.task for model in CATALOG.models if model.task}
    assert all(set(row) == {"id", "name", "description"} for row in rows)


def test_an_authors_name_is_what_the_parameter_takes() -> None:
    for row in search.authors(CATALOG):
        listed = [model for model in CATALOG.models if model.id.split("/")[1].lower() == row["name"]]
        assert row["models"] == len(listed) > 0
        assert set(names(author=row["name"], include_deprecated=True)) <= {model.id for model in listed}
    meta = next(row for row in search.authors(CATALOG) if row["name"] == "meta")
    assert meta["display_name"] == "Meta"


def test_the_marketplace_shape_has_prices_per_token() -> None:
    (row,) = search.openrouter(CATALOG, search.models(CATALOG, search="llama-3.2-1b-instruct"))
    assert row["id"] == "workers-ai/@cf/meta/llama-3.2-1b-instruct"
    assert row["pricing"] == {"prompt": "0.000000027027", "completion": "0.000000200772"}
    assert row["context_length"] == 60000
    assert row["architecture"] == {"input_modalities": ["text"], "output_modalities": ["text"]}
    (painter,) = search.openrouter(CATALOG, search.models(CATALOG, search="flux-1-schnell"))
    assert painter["architecture"]["output_modalities"] == ["image"]
    assert painter["pricing"]["prompt"] == "0"
