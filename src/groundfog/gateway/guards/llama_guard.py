"""Llama Guard 3 as the scanner of S1 to S13, when its weights are here (spec ai-gateway §3.17)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from groundfog.errors import GroundfogError
from groundfog.gateway.guards.scanner import Role, ScannerUnavailable, Verdicts

MODEL = "@cf/meta/llama-guard-3-8b"
CHUNK = 6000
"""Characters that are judged at once."""
OVERLAP = 300
"""Characters that two chunks share, so that no sentence is cut for both."""
AT_ONCE = 4
MAX_CHUNKS = 200
AskModel = Callable[[str, str, dict[str, Any]], Awaitable[Any]]
_CATEGORY = re.compile(r"\bS[0-9]{1,2}\b")


class LlamaGuard:
    """`ask(account, model, native inputs)` gives the model's native output."""

    def __init__(self, ask: AskModel) -> None:
        self._ask = ask

    async def scan(self, account: str, text: str, categories: frozenset[str], role: Role) -> Verdicts:
        pieces = list(chunks(text))
        if len(pieces) > MAX_CHUNKS:
            raise ScannerUnavailable(f"the text is longer than {MAX_CHUNKS * (CHUNK - OVERLAP)} characters")
        free = asyncio.Semaphore(AT_ONCE)

        async def judge(piece: str) -> frozenset[str]:
            async with free:
                return await self._judge(account, piece, role)

        tasks = [asyncio.ensure_future(judge(piece)) for piece in pieces]
        try:
            found = frozenset().union(*await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
        return Verdicts(found & categories, MODEL, "weights")

    async def _judge(self, account: str, text: str, role: Role) -> frozenset[str]:
        messages = [{"role": "user", "content": text}]
        if role == "assistant":
            # The model judges the last message, and its template begins with the user's.
            messages = [{"role": "user", "content": "Please answer."}, {"role": "assistant", "content": text}]
        try:
            output = await self._ask(account, MODEL, {"messages": messages, "max_tokens": 64, "temperature": 0})
        except GroundfogError as error:
            raise ScannerUnavailable(str(error)) from error
        return verdict(output)


def chunks(text: str) -> Iterator[str]:
    """Pieces of CHUNK characters that overlap."""
    at = 0
    while True:
        yield text[at : at + CHUNK]
        if at + CHUNK >= len(text):
            return
        at += CHUNK - OVERLAP


def verdict(output: Any) -> frozenset[str]:
    """Of `{"response": "unsafe\\nS1,S2"}`, or of `{"response": {"safe": false, "categories": ["S1"]}}`.

    Raises ScannerUnavailable for what is neither.
    """
    said = output.get("response") if isinstance(output, dict) else None
    if isinstance(said, dict) and isinstance(said.get("safe"), bool):
        return frozenset() if said["safe"] else frozenset(map(str, said.get("categories") or ()))
    if isinstance(said, str):
        words = said.strip().lower()
        if words.startswith("safe"):
            return frozenset()
        if words.startswith("unsafe"):
            return frozenset(_CATEGORY.findall(said))
    raise ScannerUnavailable("the scanner's answer was no verdict")
