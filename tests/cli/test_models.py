"""`groundfog models`: what the catalogue, the table of weights and this machine say together."""

from __future__ import annotations

import json

from groundfog.engines.base import LoadOptions
from groundfog.engines.llama_cpp import gguf_header, sizing
from groundfog.weights import memory
from tests.cli.conftest import Run
from tests.support.fake_hub import FakeHub
from tests.weights.conftest import CHAT, MAIN, REPO


def rows(text: str) -> list[dict[str, object]]:
    found = json.loads(text)
    assert isinstance(found, list)
    return found


def test_the_list_tells_task_size_memory_fit_and_source(groundfog: Run) -> None:
    by_id = {row["id"]: row for row in rows(groundfog("models", "list", "--json").stdout)}
    row = by_id["@cf/meta/llama-3.1-8b-instruct-fp8"]
    assert (row["task"], row["pulled"], row["size_basis"]) == ("Text Generation", None, "estimated")
    assert 4.8e9 < row["size_bytes"] < 5.1e9  # type: ignore[operator]
    assert row["memory_bytes"] > row["size_bytes"]  # type: ignore[operator]
    assert row["answers"] in {"stand-in", "echo"}
    assert by_id["@cf/openai/whisper"]["size_bytes"] is None


def test_the_plain_list_is_a_table_without_colours(groundfog: Run) -> None:
    done = groundfog("models")
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["MODEL", "TASK", "PULLED", "SIZE", "MEMORY", "FITS", "ANSWERS"]
    assert len(lines) > 40
    assert "\x1b" not in done.stdout


def test_the_estimate_is_what_the_engine_will_ask_for(groundfog: Run, environment: dict[str, str]) -> None:
    """The 1B model has 32 KiB of keys and values a token: one slot of its 60,000 tokens fits into a quarter of 8 GB."""
    environment["GROUNDFOG_MEMORY_LIMIT_BYTES"] = "8000000000"
    [row] = rows(groundfog("models", "list", "--search", "llama-3.2-1b", "--json").stdout)
    cache = 32_768 * memory.padded(60_000)
    assert row["memory_bytes"] == row["size_bytes"] + cache + memory.OVERHEAD  # type: ignore[operator]
    header = gguf_header.Header(
        "m",
        row["size_bytes"],  # type: ignore[arg-type]
        {
            "general.architecture": "llama",
            "llama.block_count": 16,
            "llama.context_length": 131_072,
            "llama.embedding_length": 2048,
            "llama.attention.head_count": 32,
            "llama.attention.head_count_kv": 8,
        },
        {},
    )
    options = LoadOptions(model_id=CHAT, memory_limit=8_000_000_000, facts={"context_window": 60_000})
    assert sizing.choose(header, options, header.size).memory_bytes == row["memory_bytes"]


def test_filters_narrow_the_list(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_MEMORY_LIMIT_BYTES"] = "3000000000"
    fitting = rows(groundfog("models", "list", "--task", "text-generation", "--fits", "--json").stdout)
    assert CHAT in {row["id"] for row in fitting}
    assert {row["task"] for row in fitting} == {"Text Generation"}
    assert all(row["fits"] for row in fitting)
    shown = {row["id"] for row in rows(groundfog("models", "list", "--json").stdout)}
    everything = {row["id"] for row in rows(groundfog("models", "list", "--all", "--json").stdout)}
    assert "@cf/microsoft/phi-2" in everything - shown


def test_search_wants_all_the_words(groundfog: Run) -> None:
    found = {row["id"] for row in rows(groundfog("models", "search", "bge", "small", "--json").stdout)}
    assert found == {"@cf/baai/bge-small-en-v1.5"}
    nothing = groundfog("models", "search", "zebra")
    assert nothing.returncode == 1
    assert "No model is like that" in nothing.stderr


def test_the_options_of_the_list_need_no_subcommand(groundfog: Run) -> None:
    found = {
        row["id"] for row in rows(groundfog("models", "--task", "Text Embeddings", "--search", "bge", "--json").stdout)
    }
    assert "@cf/baai/bge-m3" in found
    assert all("bge" in str(name) for name in found)


def test_show_lists_every_precision_and_how_the_row_is_known(groundfog: Run) -> None:
    done = groundfog("models", "show", "llama-3.2-1b-instruct")
    assert CHAT in done.stdout
    assert "Known from: the repository's card" in done.stdout
    for precision in ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"):
        assert precision in done.stdout
    assert f"groundfog pull {CHAT}" in done.stdout


def test_show_tells_the_slots_and_the_context_that_the_model_will_get(
    groundfog: Run, environment: dict[str, str]
) -> None:
    environment["GROUNDFOG_MEMORY_LIMIT_BYTES"] = "8000000000"
    shown = json.loads(groundfog("models", "show", CHAT, "--json").stdout)
    row = shown["weights"]["precisions"][0]
    assert (row["precision"], row["slots"], row["context_size"]) == ("Q4_K_M", 1, 60_000)
    assert "1 × 60,000" in groundfog("models", "show", CHAT).stdout


def test_show_says_why_there_is_nothing_to_pull(groundfog: Run) -> None:
    done = groundfog("models", "show", "@cf/meta/llama-3.2-11b-vision-instruct")
    assert "mllama" in done.stdout


def test_a_name_that_is_nearly_right_gets_a_suggestion(groundfog: Run) -> None:
    done = groundfog("models", "show", "llama-3.2-1b-instrukt")
    assert done.returncode == 2
    assert f"Did you mean {CHAT}" in done.stderr


def test_a_pulled_model_answers_from_its_weights(groundfog: Run, hub: FakeHub) -> None:
    hub.add(REPO, {MAIN: b"GGUF" * 1000})
    assert groundfog("pull", CHAT).returncode == 0
    [row] = rows(groundfog("models", "list", "--pulled", "--json").stdout)
    assert (row["id"], row["pulled"], row["size_bytes"], row["answers"]) == (CHAT, "Q4_K_M", 4000, "weights")


def test_damaged_weights_are_marked(groundfog: Run, hub: FakeHub, environment: dict[str, str]) -> None:
    from pathlib import Path

    hub.add(REPO, {MAIN: b"GGUF" * 1000})
    groundfog("pull", CHAT)
    [path] = Path(environment["GROUNDFOG_STATE"]).rglob(MAIN)
    path.write_bytes(b"GGUF")
    [row] = rows(groundfog("models", "list", "--pulled", "--json").stdout)
    assert row["answers"] == "weights!"
