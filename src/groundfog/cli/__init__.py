"""What a person types. One module per noun, imported when its command is called."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `groundfog` command."""
    from groundfog.cli.app import app

    app()
