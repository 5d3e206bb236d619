"""Whether an answer is right, by the rule of its skill. Each answer gives counts of (right, asked) by measure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from groundfog.tasks.text_generation.types import Choice
from tools.chat_model.sample import Sample

Counts = dict[str, tuple[int, int]]
LONGEST = 200
"""Tokens within which an answer has to end."""


def _context(sample: Sample, choice: Choice) -> Counts:
    """The words that answer, alone or in a sentence no longer than the context's; or the refusal."""
    said = choice.text.strip()
    if sample.want["refusal"]:
        return {"refusals": (int("does not say" in said), 1)}
    right = sample.want["value"].lower() in said.lower() and len(said) <= len(sample.want["sentence"]) + 20
    return {"answers": (int(right), 1)}


def _extract(sample: Sample, choice: Choice) -> Counts:
    try:
        found = json.loads(choice.text)
    except ValueError:
        found = {}
    right = sum(found.get(key) == value for key, value in sample.want.items())
    return {"fields": (right, len(sample.want))}


def _tools(sample: Sample, choice: Choice) -> Counts:
    if "values" in sample.want:
        return {"results told": (int(all(str(value) in choice.text for value in sample.want["values"])), 1)}
    if sample.want["name"] is None:
        return {"right tool": (int(not choice.tool_calls), 1)}
    called = choice.tool_calls[0] if choice.tool_calls else None
    named = called is not None and called.name == sample.want["name"]
    try:
        arguments = json.loads(called.arguments) if called else None
    except ValueError:
        arguments = None
    return {
        "right tool": (int(named), 1),
        "right arguments": (int(named and arguments == sample.want["arguments"]), 1),
    }


def _exact(sample: Sample, choice: Choice) -> Counts:
    return {"exact": (int(choice.text.strip() == sample.want), 1)}


def _label(sample: Sample, choice: Choice) -> Counts:
    return {"labels": (int(choice.text.strip().rstrip(".").lower() == sample.want.lower()), 1)}


def _key_words(sample: Sample, choice: Choice) -> Counts:
    return {"key words": (int(all(word in choice.text for word in sample.want)), 1)}


def _style(sample: Sample, choice: Choice) -> Counts:
    said, sign = choice.text.strip(), sample.want["sign"]
    obeyed = {
        "upper": said == said.upper() != "",
        "lower": said == said.lower() != "",
        "start": said.startswith(sign),
        "end": said.endswith(sign),
        "name": sign in said,
    }[sample.want["style"]]
    return {"style obeyed": (int(obeyed), 1)}


RULES: Mapping[str, Callable[[Sample, Choice], Counts]] = {
    "context": _context,
    "extract": _extract,
    "tools": _tools,
    "classify": _label,
    "rewrite": _exact,
    "converse": _key_words,
    "behave": _style,
}


def behaved(choice: Choice, tokens: int) -> bool:
    """It ended by itself in time, in clean text, without going round in circles."""
    ended = choice.finish_reason in ("stop", "tool_calls") and tokens <= LONGEST
    return ended and "\ufffd" not in choice.text and not loops(choice.text)


def loops(text: str) -> bool:
    """Whether up to eight words are said three times in a row (two words: four times; one: six times)."""
    words = text.split()
    for size in range(1, 9):
        times = 6 if size == 1 else 4 if size == 2 else 3
        for start in range(len(words) - size * times + 1):
            piece = words[start : start + size]
            if all(words[start + size * n : start + size * (n + 1)] == piece for n in range(1, times)):
                return True
    return False


GOALS: Mapping[tuple[str, str], float] = {
    ("context", "answers"): 0.80,
    ("context", "refusals"): 0.90,
    ("extract", "fields"): 0.75,
    ("tools", "right tool"): 0.80,
    ("tools", "right arguments"): 0.75,
    ("classify", "labels"): 0.80,
    ("rewrite", "exact"): 0.70,
    ("converse", "key words"): 0.80,
    ("behave", "style obeyed"): 0.98,
    ("all", "ended well"): 0.98,
}
