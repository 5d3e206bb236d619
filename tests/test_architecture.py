"""The import arrows of the code are those of the room table in ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "groundfog"
BOTTOM = {"errors", "settings", "clock"}
HTTP_LIBRARIES = {"starlette", "uvicorn", "aiohttp", "httptools", "huggingface_hub"}
ENGINE_LIBRARIES = {"xllamacpp", "onnxruntime", "tokenizers"}


def room_table() -> dict[str, set[str]]:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Absolute names that a module imports at run time, at any depth of its code."""
    names: set[str] = set()
    for node in _runtime_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(str(node.module))
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _runtime_nodes(tree: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        found.append(node)
        found.extend(_runtime_nodes(node))
    return found


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_room_stands_in_the_table() -> None:
    assert {room_of(path) for path in modules()} == set(room_table()) | {"__main__"} & {room_of(p) for p in modules()}


def test_the_table_has_no_circle() -> None:
    table = room_table()

    def below(room: str, seen: tuple[str, ...]) -> None:
        assert room not in seen, f"circle: {(*seen, room)}"
        for other in table[room]:
            below(other, (*seen, room))

    for room in table:
        below(room, ())


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_rooms_that_its_row_allows(path: Path) -> None:
    room = room_of(path)
    if room == "__main__":
        room = "cli"
    allowed = room_table()[room] | BOTTOM | {room}
    for name in imports(path):
        parts = name.split(".")
        if (
            parts[0] == "groundfog"
            and len(parts) > 1
            and (PACKAGE / parts[1]).exists() | (PACKAGE / f"{parts[1]}.py").exists()
        ):
            assert parts[1] in allowed, f"{room} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    room = room_of(path)
    for name in imports(path):
        library = name.split(".")[0]
        if library in HTTP_LIBRARIES:
            upstream = path.is_relative_to(PACKAGE / "gateway" / "upstream")
            assert upstream or room in {"wire", "client", "cli", "weights"}, f"{room} imports {name}"
        if library in ENGINE_LIBRARIES:
            assert room in {"engines", "cli"}, f"{room} imports {name}"


def test_a_host_process_imports_no_server_code() -> None:
    """Engines start fast and alone: what they import, transitively, is checked in a fresh interpreter."""
    code = (
        "import sys, groundfog.inference.host\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in "
        "('pydantic', 'pydantic_settings', 'starlette', 'aiohttp', 'uvicorn', 'huggingface_hub', 'click')"
        " or m in ('groundfog.settings', 'groundfog.platform', 'groundfog.wire', 'groundfog.client')]\n"
        "print(','.join(sorted(bad)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
