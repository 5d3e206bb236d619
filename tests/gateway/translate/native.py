"""Answers of providers, written by hand after their public documentation."""

from __future__ import annotations

from typing import Any

import orjson

from tests.support.aws_event_stream import event

SENTENCE = ["Hello", ", wörld ", "👋", '! It is "usage": {', "\n\n} done"]
TEXT = "".join(SENTENCE)


def named(*events: dict[str, Any]) -> bytes:
    """Anthropic's frames: each has its type as its name."""
    return b"".join(b"event: " + each["type"].encode() + b"\ndata: " + orjson.dumps(each) + b"\n\n" for each in events)


def frames(*events: Any, end: bytes = b"\n") -> bytes:
    """Frames without a name."""
    data = [each.encode() if isinstance(each, str) else orjson.dumps(each) for each in events]
    return b"".join(b"data: " + each + end + end for each in data)


# Anthropic: thinking with its signature, text, two calls; counts at the start and at the end.
ANTHROPIC_WHOLE = {
    "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [
        {"type": "thinking", "thinking": "Let me think.", "signature": "EqQB"},
        {"type": "text", "text": TEXT},
        {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "toolu_02", "name": "time", "input": {}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 25,
        "cache_creation_input_tokens": 10,
        "cache_read_input_tokens": 100,
        "output_tokens": 40,
    },
}
ANTHROPIC_STREAM = named(
    {
        "type": "message_start",
        "message": {
            "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": "claude-sonnet-4-5-20250929",
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {
                "input_tokens": 25,
                "cache_creation_input_tokens": 10,
                "cache_read_input_tokens": 100,
                "output_tokens": 1,
            },
        },
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Let me "}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "think."}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "EqQB"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    *[
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": piece}}
        for piece in SENTENCE
    ],
    {"type": "content_block_stop", "index": 1},
    {
        "type": "content_block_start",
        "index": 2,
        "content_block": {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {}},
    },
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ""}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"city": "K'}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": 'öln"}'}},
    {"type": "content_block_stop", "index": 2},
    {
        "type": "content_block_start",
        "index": 3,
        "content_block": {"type": "tool_use", "id": "toolu_02", "name": "time", "input": {}},
    },
    {"type": "content_block_delta", "index": 3, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 3},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 40},
    },
    {"type": "message_stop"},
)


def _gemini(parts: list[Any], **more: Any) -> dict[str, Any]:
    counted = more.pop("counted", {"promptTokenCount": 135, "totalTokenCount": 135})
    return {
        "candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0, **more}],
        "usageMetadata": counted,
        "modelVersion": "gemini-2.5-flash",
        "responseId": "resp-7",
    }


GEMINI_COUNTED = {
    "promptTokenCount": 135,
    "cachedContentTokenCount": 100,
    "candidatesTokenCount": 28,
    "thoughtsTokenCount": 12,
    "totalTokenCount": 175,
}
GEMINI_CALLS = [
    {"functionCall": {"name": "weather", "args": {"city": "Köln"}}, "thoughtSignature": "c2ln"},
    {"functionCall": {"id": "given-2", "name": "time", "args": {}}},
]
GEMINI_WHOLE = _gemini(
    [{"text": "Let me think.", "thought": True}, {"text": TEXT}, *GEMINI_CALLS],
    finishReason="STOP",
    counted=GEMINI_COUNTED,
)
GEMINI_STREAM = frames(
    _gemini([{"text": "Let me ", "thought": True}]),
    _gemini([{"text": "think.", "thought": True}]),
    *[_gemini([{"text": piece}]) for piece in SENTENCE],
    _gemini(GEMINI_CALLS[:1]),
    _gemini(GEMINI_CALLS[1:], finishReason="STOP", counted=GEMINI_COUNTED),
    end=b"\r\n",
)

CONVERSE_WHOLE = {
    "metrics": {"latencyMs": 700},
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "Let me think.", "signature": "EqQB"}}},
                {"text": TEXT},
                {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Köln"}}},
                {"toolUse": {"toolUseId": "tooluse_2", "name": "time", "input": {}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {
        "inputTokens": 25,
        "outputTokens": 40,
        "totalTokens": 175,
        "cacheReadInputTokens": 100,
        "cacheWriteInputTokens": 10,
    },
}
CONVERSE_STREAM = b"".join(
    [
        event("messageStart", {"role": "assistant"}),
        event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Let me "}}}),
        event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "think."}}}),
        event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "EqQB"}}}),
        event("contentBlockStop", {"contentBlockIndex": 0}),
        *[event("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": piece}}) for piece in SENTENCE],
        event("contentBlockStop", {"contentBlockIndex": 1}),
        event(
            "contentBlockStart",
            {"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "weather"}}},
        ),
        event("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": '{"city":"K'}}}),
        event("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": 'öln"}'}}}),
        event("contentBlockStop", {"contentBlockIndex": 2}),
        event(
            "contentBlockStart",
            {"contentBlockIndex": 3, "start": {"toolUse": {"toolUseId": "tooluse_2", "name": "time"}}},
        ),
        event("contentBlockDelta", {"contentBlockIndex": 3, "delta": {"toolUse": {"input": "{}"}}}),
        event("contentBlockStop", {"contentBlockIndex": 3}),
        event("messageStop", {"stopReason": "tool_use"}),
        event("metadata", {"usage": CONVERSE_WHOLE["usage"], "metrics": {"latencyMs": 700}}),
    ]
)


def _call(index: int, id: str, name: str, arguments: str) -> dict[str, Any]:
    """The first piece of a call."""
    return {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-7",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": "gpt-5",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
        "usage": None,
    }


OPENAI_COUNTED = {
    "prompt_tokens": 135,
    "completion_tokens": 40,
    "total_tokens": 175,
    "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 10},
    "completion_tokens_details": {"reasoning_tokens": 12},
}
OPENAI_CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Köln"}'}},
    {"id": "call_2", "type": "function", "function": {"name": "time", "arguments": "{}"}},
]
OPENAI_WHOLE = {
    "id": "chatcmpl-7",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "gpt-5",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": TEXT,
                "refusal": None,
                "reasoning_content": "Let me think.",
                "tool_calls": OPENAI_CALLS,
            },
            "logprobs": None,
            "finish_reason": "tool_calls",
        }
    ],
    "usage": OPENAI_COUNTED,
}
OPENAI_STREAM = frames(
    _chunk({"role": "assistant", "content": ""}),
    _chunk({"reasoning_content": "Let me "}),
    _chunk({"reasoning_content": "think."}),
    *[_chunk({"content": piece}) for piece in SENTENCE],
    _chunk(
        {
            "tool_calls": [
                {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
            ]
        }
    ),
    _chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"city":"K'}}]}),
    _chunk({"tool_calls": [{"index": 0, "function": {"arguments": 'öln"}'}}]}),
    _chunk(
        {
            "tool_calls": [
                {"index": 1, "id": "call_2", "type": "function", "function": {"name": "time", "arguments": "{}"}}
            ]
        }
    ),
    _chunk({}, "tool_calls"),
    {**_chunk({}), "choices": [], "usage": OPENAI_COUNTED},
    "[DONE]",
)
