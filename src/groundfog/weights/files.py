"""Files of one model, as engines get them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


class Located(msgspec.Struct, frozen=True):
    """Where the files of a model are. `engine` names the one that the table chose; None: any that reads the format.

    `facts` come from the model's card: `pooling`, `normalize`, `query_prefix`, `document_prefix`, `max_input_tokens`.
    """

    files: ModelFiles
    engine: str | None = None
    facts: dict[str, Any] = {}
