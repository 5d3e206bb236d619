"""Requests that mean nearly the same (groundfog's own; switched on per gateway).

Everything but the last user message has to be equal: provider, model, parameters, system message, earlier turns. The
last messages are compared by the cosine of their embeddings.
"""

from __future__ import annotations

import copy
import hashlib
import logging
from collections import OrderedDict
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from groundfog.errors import GroundfogError
from groundfog.gateway.config import SemanticCache
from groundfog.gateway.parts import AskModel
from groundfog.gateway.request import Step

log = logging.getLogger("groundfog.gateway")
SCOPES = 1024
PER_SCOPE = 1024
LONGEST = 8000
"""Characters of a message that are compared; a longer one is not looked up by meaning."""
Vector = NDArray[np.float32]


class SemanticIndex:
    """Keys of kept answers by what their requests mean; in memory, forgotten at a restart."""

    def __init__(self, config: SemanticCache, ask: AskModel) -> None:
        self._config = config
        self._ask = ask
        self._scopes: OrderedDict[bytes, list[tuple[Vector, bytes]]] = OrderedDict()
        self._asked: OrderedDict[int, tuple[bytes, Vector]] = OrderedDict()

    async def find(self, account: str, step: Step, caller: bytes = b"") -> bytes | None:
        """The key of the nearest request that is near enough. `caller`: whose answers may be given to whom."""
        # A step that came to nothing may have left its vector under the same id.
        self._asked.pop(id(step), None)
        parted = _parted(step, caller)
        if parted is None:
            return None
        scope, text = parted
        try:
            vector = await self._embed(account, text)
        except GroundfogError as error:
            # Then the request is answered as without this cache.
            log.warning("the semantic cache has no embedding: %s", error)
            return None
        self._asked[id(step)] = (scope, vector)
        while len(self._asked) > PER_SCOPE:
            self._asked.popitem(last=False)
        known = self._scopes.get(scope)
        if not known:
            return None
        cosines = np.stack([other for other, _ in known]) @ vector
        best = int(cosines.argmax())
        return known[best][1] if cosines[best] >= self._config.threshold else None

    def add(self, step: Step, key: bytes) -> None:
        """Remember the key of an answer whose request was looked up just before."""
        found = self._asked.pop(id(step), None)
        if found is None:
            return
        scope, vector = found
        known = self._scopes.setdefault(scope, [])
        self._scopes.move_to_end(scope)
        known.append((vector, key))
        del known[:-PER_SCOPE]
        while len(self._scopes) > SCOPES:
            self._scopes.popitem(last=False)

    async def _embed(self, account: str, text: str) -> Vector:
        output = await self._ask(account, self._config.model, {"text": [text]})
        vector = np.asarray(output["data"][0], dtype=np.float32)
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector


def _parted(step: Step, caller: bytes) -> tuple[bytes, str] | None:
    """Digest of everything but the last user message, and that message; None where there is no such text."""
    data = step.data()
    if data is None:
        return None
    rest: dict[str, Any] = copy.deepcopy(data)
    messages = rest.get("messages")
    text: Any
    if (
        isinstance(messages, list)
        and messages
        and isinstance(messages[-1], dict)
        and messages[-1].get("role") == "user"
    ):
        text, messages[-1]["content"] = messages[-1].get("content"), ""
    else:
        text, rest["prompt"] = rest.get("prompt"), ""
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        return None
    head = f"{step.provider}\0{step.endpoint}?{step.query}\0".encode() + caller + b"\0"
    return hashlib.sha256(head + orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).digest(), text
