"""Names with `*`, which stands for anything but `/`, in any letter case (spec ai-gateway §3.7, §3.16)."""

from __future__ import annotations


def matches(pattern: str, name: str) -> bool:
    """Takes time in proportion to both, whatever the pattern."""
    wanted, given = pattern.lower().split("/"), name.lower().split("/")
    return len(wanted) == len(given) and all(map(_segment, wanted, given))


def _segment(pattern: str, text: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
