"""One dialogue with its right answer, and how it is written down for the model."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

BOS, END, START, STOP = "<|begin|>", "<|end|>", "<|im_start|>", "<|im_end|>"
CALL, CALL_END = "<tool_call>", "</tool_call>"
SPECIAL = (END, BOS, START, STOP, CALL, CALL_END)

TEMPLATE = r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\n' }}
    {%- endif %}
    {{- 'Tools:' }}
    {%- for tool in tools %}
        {{- '\n' + (tool.function | tojson) }}
    {%- endfor %}
    {{- '<|im_end|>\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\n' }}
        {%- if message.content %}
            {{- message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls or [] %}
            {%- if tool_call.function %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '<tool_call>\n{"name": "' + tool_call.name + '", "arguments": ' }}
            {%- if tool_call.arguments is string %}
                {{- tool_call.arguments }}
            {%- else %}
                {{- tool_call.arguments | tojson }}
            {%- endif %}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- elif message.role == 'tool' %}
        {{- '<|im_start|>tool\n' + message.content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}"""


@dataclasses.dataclass(frozen=True)
class Sample:
    """`answer` is what the model should write; `want` is what the evaluation looks for, by the skill's own rule."""

    skill: str
    messages: list[dict[str, Any]]
    answer: str
    tools: tuple[Mapping[str, Any], ...] = ()
    schema: Mapping[str, Any] | None = None
    want: Any = None


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def whole(value: Any) -> Any:
    """Numbers as llama.cpp's templates write them: 15 for 15.0."""
    if isinstance(value, Mapping):
        return {key: whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    body = json.dumps({"name": name, "arguments": whole(arguments)}, ensure_ascii=False)
    return f"{CALL}\n{body}\n{CALL_END}"


def written(sample: Sample) -> list[tuple[str, bool]]:
    """The dialogue as pieces of (text, learn?): what `TEMPLATE` writes, then the answer. A test holds the two alike."""
    pieces: list[tuple[str, bool]] = []
    messages = list(sample.messages)
    if sample.tools:
        text = f"{START}system\n"
        if messages[0]["role"] == "system":
            text += messages.pop(0)["content"] + "\n"
        text += "Tools:" + "".join(f"\n{json.dumps(tool, ensure_ascii=False)}" for tool in sample.tools)
        pieces.append((f"{text}{STOP}\n", False))
    for message in messages:
        if message["role"] == "assistant":
            text = message.get("content") or ""
            for call in message.get("tool_calls", ()):
                text += call_text(call["name"], call["arguments"])
            pieces.append((f"{START}assistant\n", False))
            pieces.append((f"{text}{STOP}\n", True))
        else:
            pieces.append((f"{START}{message['role']}\n{message['content']}{STOP}\n", False))
    pieces.append((f"{START}assistant\n", False))
    pieces.append((f"{sample.answer}{STOP}", True))
    return pieces
