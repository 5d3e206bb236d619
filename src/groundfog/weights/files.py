"""Files of one model, as engines get them."""

from __future__ import annotations

from pathlib import Path

import msgspec


class ModelFiles(msgspec.Struct, frozen=True):
    """Files of one model. `main` is the weights file; `folder` holds it and its companions (tokenizer, config).

    `extra` names further files by role: `mmproj`, `draft`, `lora:<name>`.
    """

    format: str
    main: str
    folder: str
    extra: dict[str, str] = {}

    def path(self, role: str) -> Path | None:
        found = self.extra.get(role)
        return Path(found) if found else None
