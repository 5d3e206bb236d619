"""Settings from the environment and the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundfog.settings import Settings


@pytest.mark.parametrize("written", ["weights,echo", " weights , echo ", '["weights", "echo"]'])
def test_lists_are_written_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("GROUNDFOG_SOURCES", written)
    assert Settings().sources == ("weights", "echo")


def test_the_file_has_a_table_for_each_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "groundfog.toml"
    file.write_text(
        'sources = ["echo"]\n[models."@cf/meta/llama-3.2-1b-instruct"]\npath = "/models/a.gguf"\nslots = 2\n'
    )
    monkeypatch.setenv("GROUNDFOG_CONFIG", str(file))
    settings = Settings()
    assert settings.sources == ("echo",)
    assert settings.models["@cf/meta/llama-3.2-1b-instruct"].slots == 2


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "groundfog.toml"
    file.write_text("port = 1111\n")
    monkeypatch.setenv("GROUNDFOG_CONFIG", str(file))
    monkeypatch.setenv("GROUNDFOG_PORT", "2222")
    assert Settings().port == 2222
