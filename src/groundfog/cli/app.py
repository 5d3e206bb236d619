"""The `groundfog` command and the table of its subcommands."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import click

from groundfog.cli import failure

COMMANDS = MappingProxyType(
    {
        "serve": ("groundfog.cli.serve:serve", "Start the server."),
        "run": ("groundfog.cli.run:run", "Ask a model; the answer streams to the terminal."),
        "embed": ("groundfog.cli.embed:embed", "Turn texts into vectors."),
        "models": ("groundfog.cli.models:models", "List, search and show the models."),
        "pull": ("groundfog.cli.pull:pull", "Bring a model's weights to this machine."),
        "rm": ("groundfog.cli.rm:rm", "Delete a model's weights."),
        "ps": ("groundfog.cli.ps:ps", "Show the models that the server has loaded."),
        "gateway": ("groundfog.cli.gateway:gateway", "Make and change gateways in front of models."),
        "logs": ("groundfog.cli.logs:logs", "Show what went through a gateway."),
        "keys": ("groundfog.cli.keys:keys", "Make, list and revoke API keys."),
        "doctor": ("groundfog.cli.doctor:doctor", "Find out what is missing and how to mend it."),
        "version": ("groundfog.cli.version:version", "Print the version."),
    }
)
"""Name → (module:command, the line in `groundfog --help`)."""


class LazyGroup(click.Group):
    """Imports a command's module only when the command is called, and turns every failure into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        try:
            code = super().main(args, prog_name, standalone_mode=False, **extra)
        except BaseException as error:
            code = failure.report(error)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Workers AI on your own ground: models behind the API of Cloudflare Workers AI, on this machine."""
