"""What in a request's body decides how much it can cost, whichever provider's dialect it is written in."""

from __future__ import annotations

import dataclasses
from typing import Any

_OUTPUT = frozenset(
    {
        "max_tokens",
        "max_completion_tokens",
        "max_output_tokens",
        "maxOutputTokens",
        "max_tokens_to_sample",
        "max_gen_len",
        "max_new_tokens",
        "maxTokens",
        "maxTokenCount",
        "num_predict",
    }
)
"""How dialects spell the longest answer, at the top of the body or in one of `_CONFIGS`."""
_CONFIGS = frozenset(
    {
        "generationConfig",
        "generation_config",
        "inferenceConfig",
        "textGenerationConfig",
        "parameters",
        "input",
        "options",
    }
)
_ANSWERS = frozenset({"n", "best_of", "candidateCount", "candidate_count", "num_generations", "numResults"})
_IMAGE_TYPES = frozenset({"image", "image_url", "input_image"})
_REFERRED_TYPES = frozenset(
    {"document", "file", "input_file", "video", "video_url", "input_video", "container_upload", "item_reference"}
)
_REFERENCES = frozenset(
    {
        "file_id",
        "fileUri",
        "file_uri",
        "fileData",
        "file_data",
        "previous_response_id",
        "conversation",
        "cachedContent",
        "cached_content",
        "s3Location",
        "video_url",
        "document",
        "video",
    }
)
"""Members that stand for content that is not in the body, or is packed in it."""
_INLINE = frozenset({"inlineData", "inline_data", "image"})
_NAMED = _REFERENCES | _INLINE | {"cache_control", "cachePoint"}
_CLIENT_TOOLS = ("function", "custom", "bash", "text_editor", "computer", "memory", "toolSpec", "functionDeclarations")
"""Tools whose work the caller does; every other kind is run by the provider."""
_LOOKED_AT = 256
_CONTAINERS = (dict, list)
"""Asked once for every member of a body; a tuple is twice as fast as a union of types."""
_SERVER_MEMBERS = frozenset({"web_search_options", "mcp_servers", "plugins", "search_parameters", "enable_search"})
_TOP = _OUTPUT | _CONFIGS | _ANSWERS | _SERVER_MEMBERS | {"tools", "prediction", "prompt"}
"""Members at the top of a body that mean more than text."""


@dataclasses.dataclass(slots=True)
class Content:
    images: int = 0
    inline: int = 0
    """Bytes of the body that are images."""
    referred: bool = False
    """There is more than the body shows."""
    cache_written: bool = False
    cached_long: bool = False
    server_tools: bool = False
    predicted: bool = False
    answers: int = 1
    most: int = 0
    """Tokens that the request allows one answer; 0: it does not say."""


def content_of(data: dict[str, Any] | None) -> Content:
    """Look through a body once. What is unknown to it is text."""
    found = Content()
    if data is None:
        return found
    for name in data.keys() & _TOP:
        _top(found, name, data[name])
    stack: list[Any] = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            for one in value:
                if isinstance(one, _CONTAINERS):
                    stack.append(one)
            continue
        kind = value.get("type")
        if kind is not None and isinstance(kind, str):
            if kind in _IMAGE_TYPES:
                found.images += 1
                found.inline += _longest(value)
                continue
            if kind in _REFERRED_TYPES:
                found.referred = True
        for name, member in value.items():
            if isinstance(member, _CONTAINERS):
                if name not in _NAMED:
                    stack.append(member)
                else:
                    _named(found, name, member)
            elif name in _REFERENCES and member:
                found.referred = True
    return found


def _top(found: Content, name: str, value: Any) -> None:
    if isinstance(value, int):
        if name in _OUTPUT:
            found.most = max(found.most, value)
        elif name in _ANSWERS:
            found.answers = max(found.answers, value)
        elif name in _SERVER_MEMBERS:
            found.server_tools = found.server_tools or bool(value)
    elif name in _CONFIGS:
        if isinstance(value, dict):
            for inner in value.keys() & (_OUTPUT | _ANSWERS):
                _top(found, inner, value[inner])
    elif name == "tools":
        if value and not (isinstance(value, list) and all(_is_client_tool(tool) for tool in value)):
            found.server_tools = True
    elif name == "prediction":
        found.predicted = True
    elif name == "prompt":
        # A prompt that is kept at the provider's.
        found.referred = found.referred or isinstance(value, dict)
    elif name in _SERVER_MEMBERS and value:
        found.server_tools = True


def _named(found: Content, name: str, member: Any) -> None:
    """A member whose name says what is in it."""
    if name in _REFERENCES:
        found.referred = True
    elif name in _INLINE:
        _inline(found, member)
    else:
        found.cache_written = True
        found.cached_long = found.cached_long or (isinstance(member, dict) and member.get("ttl") == "1h")


def _is_client_tool(tool: Any) -> bool:
    if not isinstance(tool, dict):
        return False
    kind = tool.get("type")
    if isinstance(kind, str):
        return kind.startswith(_CLIENT_TOOLS)
    # Gemini and Bedrock name the kind as the only member; Anthropic's and Cohere's own tools have a name.
    return "name" in tool or all(name in _CLIENT_TOOLS for name in tool)


def _inline(found: Content, member: Any) -> None:
    """An image, or whatever else a dialect packs under that name (Gemini: audio, video, PDF)."""
    kind = member.get("mimeType", member.get("mime_type", "image/")) if isinstance(member, dict) else "image/"
    if isinstance(kind, str) and kind.startswith("audio/"):
        return
    if isinstance(kind, str) and kind.startswith("image/"):
        found.images += 1
        found.inline += _longest(member)
    else:
        found.referred = True


def _longest(value: Any) -> int:
    """Characters of the longest base64 in an image's part: its bytes, when they are in the body."""
    longest = 0
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            if " " not in one[:_LOOKED_AT]:
                longest = max(longest, len(one))
        elif isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one[:16])
    return longest
