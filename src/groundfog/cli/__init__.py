"""What a person types. One module per noun, imported when its command is called."""

from __future__ import annotations

from groundfog.cli.app import main

__all__ = ["main"]
