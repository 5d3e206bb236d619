"""What text generation must know of a model beyond its catalogue entry (spec workers-ai §3.1–§3.6)."""

from __future__ import annotations

import dataclasses
import functools
from types import MappingProxyType
from typing import Literal

from groundfog.catalog import Model


@dataclasses.dataclass(frozen=True, slots=True)
class Effort:
    """`reasoning_effort` of one model (spec §3.4): its levels, the default, other names, whether `none` is a level."""

    levels: tuple[str, ...]
    default: str
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def can_be_off(self) -> bool:
        return "none" in self.levels

    def resolve(self, level: str) -> str | None:
        """The level that a name means, None for a name the model does not know."""
        if level in self.levels:
            return level
        return dict(self.aliases).get(level)


_GPT_OSS = Effort(("low", "medium", "high"), "medium")
_KIMI = Effort(("high", "none"), "high", (("low", "high"), ("medium", "high"), ("max", "high")))
_GLM_5_3 = Effort(
    ("max", "high", "low"), "max", (("none", "max"), ("minimal", "max"), ("medium", "max"), ("xhigh", "max"))
)
_DEEPSEEK_V4 = Effort(
    ("max", "high", "low", "none"), "high", (("minimal", "low"), ("medium", "high"), ("xhigh", "high"))
)
_EFFORTS = MappingProxyType(
    {
        "gpt-oss-120b": _GPT_OSS,
        "gpt-oss-20b": _GPT_OSS,
        "kimi-k2.5": _KIMI,
        "kimi-k2.6": _KIMI,
        "glm-5.2": Effort(
            ("max", "high", "none"),
            "max",
            (("low", "high"), ("medium", "high"), ("xhigh", "max"), ("minimal", "none")),
        ),
        "glm-5.3": _GLM_5_3,
        "glm-5.3-flash": _GLM_5_3,
        "deepseek-v4-flash-0731": _DEEPSEEK_V4,
        "deepseek-v4-pro-0813": _DEEPSEEK_V4,
        "deepseek-v4.1-flash-1017": _DEEPSEEK_V4,
        "qwen3.8-27b": Effort(("low", "medium", "xhigh"), "xhigh"),
    }
)

# Named by spec §3.6 although the catalogue's flag is not set for them.
_VISION = ("gemma-3-12b-it", "mistral-small-3.1-24b-instruct")

ANY_EFFORT = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Levels that clients know; taken by models which have none of their own."""


def last_segment(model: Model) -> str:
    return model.id.rsplit("/", 1)[-1].lower()


def shape(model: Model) -> Literal["classic", "chat"]:
    """Which family of answers the model gives on the native surfaces."""
    return "chat" if model.output_kind is None or "chat-completion" in model.output_kind else "classic"


def forms(model: Model) -> frozenset[str]:
    """Which of `prompt`, `messages`, `input` may start a native request."""
    return _forms(model.input_schema_kind)


@functools.cache
def _forms(kind: str | None) -> frozenset[str]:
    found: set[str] = set()
    for form in (kind or "").split("|"):
        match form.partition("+")[0]:
            case "prompt":
                found.add("prompt")
            case "messages":
                found.add("messages")
            case "responses":
                found |= {"input", "messages", "prompt"}
            case "chat-completions":
                found |= {"messages", "prompt"}
    return frozenset(found or {"prompt", "messages"})


def default_max_tokens(model: Model) -> int | None:
    """Tokens of an answer when the request says nothing: 256 for classic models, None (what is left) for the others."""
    if model.default_max_tokens is not None:
        return model.default_max_tokens
    return 256 if shape(model) == "classic" else None


def default_temperature(model: Model) -> float | None:
    """Temperature when the request gives none (spec §3.1); None leaves it to the engine."""
    if shape(model) == "chat":
        return None
    return 0.15 if last_segment(model).startswith("mistral-small-3.1") else 0.6


def effort(model: Model) -> Effort | None:
    """None for a model without levels of its own."""
    return _EFFORTS.get(last_segment(model)) if model.properties.reasoning else None


def sees_images(model: Model) -> bool:
    """False only where it is known: an entry without facts may take images."""
    return model.properties.vision is not False or last_segment(model) in _VISION


def is_guard(model: Model) -> bool:
    """Llama Guard answers a verdict instead of a text (spec §3.12)."""
    return "llama-guard" in model.id.lower()


def openai_tool_calls(model: Model) -> bool:
    """Classic models whose `tool_calls` are in OpenAI's form, with an object as arguments (spec §3.1)."""
    return "llama-4-scout" in model.id.lower()


def reasoning_fields(model: Model) -> tuple[str, ...]:
    """Names under which a chat.completion answer shows the reasoning (spec §3.4)."""
    return ("reasoning_content", "reasoning") if effort(model) is _KIMI else ("reasoning_content",)
