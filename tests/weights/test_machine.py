"""A container's limits count, not the machine around it."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from groundfog.weights import machine


@pytest.mark.parametrize("name", ["memory.max", "memory/memory.limit_in_bytes"])
def test_the_containers_limit_counts_when_it_is_smaller(tmp_path: Path, name: str) -> None:
    limit = tmp_path / name
    limit.parent.mkdir(exist_ok=True)
    limit.write_text("1048576\n")
    assert machine.memory_bytes(tmp_path) == 1_048_576


@pytest.mark.parametrize("text", ["max\n", f"{2**62}\n"])
def test_without_a_limit_the_machines_memory_counts(tmp_path: Path, text: str) -> None:
    (tmp_path / "memory.max").write_text(text)
    assert machine.memory_bytes(tmp_path) == psutil.virtual_memory().total


def test_a_machine_without_control_groups_has_its_own_memory(tmp_path: Path) -> None:
    assert machine.memory_bytes(tmp_path) == psutil.virtual_memory().total
