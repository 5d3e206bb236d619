"""What differs between generations of Claude: how long answers may be, and how thinking is asked for.

Facts of Anthropic's models overview and its guides to thinking and effort (November 2026).
"""

from __future__ import annotations

import re
from typing import Any

from groundfog.gateway.translate.chat.request import bad

DEFAULT_MAX_TOKENS = 64_000
"""Of models that are not in the table: every Claude since 4.5 may write this much."""
_LIMITS = (
    ("claude-3-haiku", 4096),
    ("claude-3-opus", 4096),
    ("claude-3-sonnet", 4096),
    ("claude-3-5", 8192),
    ("claude-opus-4-0", 32_000),
    ("claude-opus-4-1", 32_000),
    ("claude-opus-4-2025", 32_000),
    ("claude-4-opus", 32_000),
    ("claude-2", 4096),
    ("claude-instant", 4096),
)
_NEW = re.compile(r"claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?(?![0-9])")
_OLD = re.compile(r"claude-(\d{1,2})(?:-(\d{1,2}))?(?:-([a-z]+))?(?![0-9])")
_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 24_576, "xhigh": 32_000}
_LEAST_BUDGET = 1024
_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max"}


def max_tokens(model: str) -> int:
    """What `max_tokens` is when the caller gave none; Anthropic requires it."""
    for part, limit in _LIMITS:
        if part in model:
            return limit
    return DEFAULT_MAX_TOKENS


def generation(model: str) -> tuple[str, tuple[int, int]]:
    """Family and version: `claude-sonnet-4-5-20250929` → ("sonnet", (4, 5)). Unknown names count as the newest."""
    found = _NEW.search(model)
    if found is not None:
        return found[1], (int(found[2]), int(found[3] or 0))
    old = _OLD.search(model)
    if old is not None:
        return old[3] or "", (int(old[1]), int(old[2] or 0))
    return "", (99, 0)


def has_schemas(model: str) -> bool:
    """Whether `output_config.format` exists: since 4.5."""
    return generation(model)[1] >= (4, 5)


def thinking(model: str, effort: str, limit: int) -> dict[str, Any]:
    """Members of a request that come nearest to OpenAI's `reasoning_effort`. `limit` is its `max_tokens`.

    Since 4.6 thinking is adaptive and steered by an effort; before that it had a budget of tokens within `max_tokens`.
    Raises CHAT_BAD_FORMAT where the model has nothing of the kind.
    """
    family, version = generation(model)
    if effort == "none":
        return _without_thinking(model, family, version)
    if version < (3, 7):
        raise bad(f"reasoning_effort: {model} does not think")
    if version >= (4, 6):
        if effort == "xhigh" and version < (4, 7):
            raise bad(f"reasoning_effort: {model} has no xhigh")
        return {
            "thinking": {"type": "adaptive", "display": "summarized"},
            "output_config": {"effort": _EFFORTS[effort]},
        }
    if effort not in _BUDGETS:
        raise bad(f"reasoning_effort: {model} has no {effort}")
    budget = min(_BUDGETS[effort], limit - _LEAST_BUDGET)
    if budget < _LEAST_BUDGET:
        raise bad(f"reasoning_effort: thinking of {model} needs max_completion_tokens of {2 * _LEAST_BUDGET} or more")
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}


def _without_thinking(model: str, family: str, version: tuple[int, int]) -> dict[str, Any]:
    if version < (5, 0):
        return {}
    if family == "haiku" or version == (5, 0):
        return {"thinking": {"type": "disabled"}}
    if family == "sonnet":
        return {"thinking": {"type": "between_tools"}}
    raise bad(f"reasoning_effort: {model} always thinks")
