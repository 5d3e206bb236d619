"""Write the generated parts of docs/: error table, settings, command help, the numbers of the chat model.

`python -m tools.docs` rewrites the pages; a test checks that nothing has to be rewritten. A generated part stands
between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from groundfog import errors
from groundfog.settings import ModelSettings, Settings
from tools.chat_model import shipped

DOCS = Path(__file__).parent.parent / "docs"
MARK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def error_table() -> str:
    lines = ["| Code | Status | Message | What to do |", "| --- | --- | --- | --- |"]
    for kind in sorted(errors.KINDS.values(), key=lambda kind: (kind.code, kind.key)):
        lines.append(f"| {kind.code} | {kind.status} | {cell(kind.message)} | {cell(kind.next)} |")
    return "\n".join(lines)


def settings_table(model: type[Settings] | type[ModelSettings], prefix: str) -> str:
    lines = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    meanings = attribute_docstrings(model)
    for name, field in model.model_fields.items():
        default = "" if field.default_factory else shown(field.default)
        lines.append(f"| `{prefix}{name.upper() if prefix else name}` | {default} | {cell(meanings.get(name, ''))} |")
    return "\n".join(lines)


def attribute_docstrings(model: type[Any]) -> dict[str, str]:
    """The strings that stand below the fields in the class's source."""
    import ast
    import inspect
    import textwrap

    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(after.value)).split())
    return found


def command_help() -> str:
    from groundfog.cli import main

    parts: list[str] = []

    def describe(command: click.Command, name: str, parent: click.Context | None = None) -> None:
        # Options of the context go down from parent to child, as they do when a person types the command.
        settings = {**command.context_settings, "terminal_width": 100}
        context = click.Context(command, info_name=name, parent=parent, **settings)
        parts.append(f"### `{context.command_path}`\n\n```\n{command.get_help(context)}\n```")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child is not None and not child.hidden:
                    describe(child, name, context)

    describe(main, "groundfog")
    return "\n\n".join(parts)


def cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "`" + ",".join(map(str, value)) + "`"
    return f"`{value}`"


PARTS = {
    "errors": error_table,
    "settings": lambda: settings_table(Settings, "GROUNDFOG_"),
    "model_settings": lambda: settings_table(ModelSettings, ""),
    "commands": command_help,
    "chat_model_file": shipped.file_line,
    "chat_model_evaluation": shipped.evaluation_table,
    "chat_model_by_hand": shipped.by_hand_table,
    "chat_model_speed": shipped.speed_table,
}


def rendered(text: str) -> str:
    """A page with its generated parts made anew."""
    return MARK.sub(lambda match: f"{match[1]}{PARTS[match[2]]()}\n{match[3]}", text)


def main() -> int:
    for page in sorted(DOCS.glob("*.md")):
        before = page.read_text()
        after = rendered(before)
        if after != before:
            page.write_text(after)
            print(f"rewrote {page.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
