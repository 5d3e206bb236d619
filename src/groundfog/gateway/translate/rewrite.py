"""A body whose model is named anew: the caller's own bytes wherever that is possible."""

from __future__ import annotations

import re
from typing import Any

import orjson

_KEY = b'"model"'
_value = re.compile(rb'"model"\s*:\s*("[^"\\]*")').match


def model(raw: bytes | None, data: dict[str, Any], name: str) -> bytes:
    """`data` with `name` as its model. `raw` are the bytes that `data` was read from.

    With one member of that name in all of it, only the value is replaced; else the whole is written again.
    """
    if raw is not None and raw.count(_KEY) == 1:
        value = _value(raw, raw.index(_KEY))
        if value is not None and value[1][1:-1] == str(data.get("model")).encode():
            return raw[: value.start(1)] + orjson.dumps(name) + raw[value.end(1) :]
    return orjson.dumps({**data, "model": name})
