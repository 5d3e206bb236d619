"""What in a request's body decides how much it can cost, whichever provider's dialect it is written in."""

from __future__ import annotations

import dataclasses
from typing import Any

_OUTPUT = (
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
)
"""How dialects spell the longest answer, at the top of the body or in one of `_CONFIGS`."""
_CONFIGS = (
    "generationConfig",
    "generation_config",
    "inferenceConfig",
    "textGenerationConfig",
    "parameters",
    "input",
    "options",
)
_ANSWERS = ("n", "best_of", "candidateCount", "candidate_count", "num_generations", "numResults")
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
_CLIENT_TOOLS = ("function", "custom", "bash", "text_editor", "computer", "memory", "toolSpec", "functionDeclarations")
"""Tools whose work the caller does; every other kind is run by the provider."""
_LOOKED_AT = 256
_SERVER_MEMBERS = ("web_search_options", "mcp_servers", "plugins", "search_parameters", "enable_search")


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


def content_of(data: dict[str, Any] | None) -> Content:
    """Look through a body once. What is unknown to it is text."""
    found = Content()
    if data is None:
        return found
    tools = data.get("tools")
    if tools:
        found.server_tools = not isinstance(tools, list) or not all(_is_client_tool(tool) for tool in tools)
    for name in _SERVER_MEMBERS:
        if data.get(name):
            found.server_tools = True
    found.predicted = "prediction" in data
    if isinstance(data.get("prompt"), dict):
        # A prompt that is kept at the provider's.
        found.referred = True
    found.answers = _answers(data)
    stack: list[Any] = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend([one for one in value if isinstance(one, dict | list)])
            continue
        kind = value.get("type")
        if kind is not None and isinstance(kind, str):
            if kind in _IMAGE_TYPES:
                found.images += 1
                found.inline += _longest(value)
                continue
            found.referred = found.referred or kind in _REFERRED_TYPES
        for name, member in value.items():
            if isinstance(member, dict | list):
                if name == "inlineData" or name == "inline_data" or name == "image":
                    _inline(found, name, member)
                elif name == "cache_control" or name == "cachePoint":
                    found.cache_written = True
                    found.cached_long = found.cached_long or (isinstance(member, dict) and member.get("ttl") == "1h")
                elif name in _REFERENCES:
                    found.referred = True
                else:
                    stack.append(member)
            elif name in _REFERENCES and member:
                found.referred = True
    return found


def max_output(data: dict[str, Any] | None) -> int | None:
    """The most tokens that the request allows an answer; None when it does not say."""
    if data is None:
        return None
    most = 0
    for name in _OUTPUT:
        value = data.get(name)
        if isinstance(value, int) and value > most:
            most = value
    for config in _CONFIGS:
        inner = data.get(config)
        if isinstance(inner, dict):
            for name in _OUTPUT:
                value = inner.get(name)
                if isinstance(value, int) and value > most:
                    most = value
    return most or None


def _answers(data: dict[str, Any]) -> int:
    most = 1
    for level in (data, *(data.get(name) for name in _CONFIGS)):
        if isinstance(level, dict):
            for name in _ANSWERS:
                value = level.get(name)
                if isinstance(value, int) and value > most:
                    most = value
    return most


def _is_client_tool(tool: Any) -> bool:
    if not isinstance(tool, dict):
        return False
    kind = tool.get("type")
    if isinstance(kind, str):
        return kind.startswith(_CLIENT_TOOLS)
    # Gemini and Bedrock name the kind as the only member; Anthropic's and Cohere's own tools have a name.
    return "name" in tool or all(name in _CLIENT_TOOLS for name in tool)


def _inline(found: Content, name: str, member: Any) -> None:
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
