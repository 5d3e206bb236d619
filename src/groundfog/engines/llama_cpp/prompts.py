"""Prompts that groundfog makes itself: raw ones, rendered templates for forced answers, tools for plain templates."""

from __future__ import annotations

import json
from typing import Any

from groundfog.engines.llama_cpp import request
from groundfog.engines.llama_cpp.session import Model
from groundfog.tasks.text_generation.types import Inputs, TextPart

_TOOLS_INTRODUCTION = (
    "You may call functions to help the user. These are their signatures:\n<tools>\n{tools}\n</tools>\n"
    "To call one, answer with a JSON object with its name and arguments inside of <tool_call></tool_call>:\n"
    '<tool_call>\n{{"name": "…", "arguments": {{…}}}}\n</tool_call>'
)


def raw(inputs: Inputs) -> str:
    """The prompt as it is; of turns, their texts line by line."""
    if inputs.prompt is not None:
        return inputs.prompt
    texts: list[str] = []
    for message in inputs.messages:
        if isinstance(message.content, str):
            texts.append(message.content)
        elif message.content:
            texts.extend(part.text for part in message.content if isinstance(part, TextPart))
    return "\n".join(texts)


async def render(inputs: Inputs, model: Model) -> str:
    """The prompt of a forced answer: the template filled in, thinking left out, the answer's channel opened."""
    if inputs.raw or (model.template is None and inputs.prompt is not None):
        return raw(inputs)
    body = request.templated(inputs, model.media)
    describe_tools(body, model.template)
    arguments = body.setdefault("chat_template_kwargs", {})
    arguments.setdefault("enable_thinking", False)
    prompt: str = (await model.connection.ask("POST", "/apply-template", body))["prompt"]
    # The grammar begins with the answer itself, so a thought that the template opens is closed again.
    if prompt.rstrip().endswith("<think>"):
        prompt = prompt.rstrip() + "\n\n</think>\n\n"
    if prompt.endswith("<|start|>assistant"):
        prompt += "<|channel|>final<|message|>"
    return prompt


def describe_tools(body: dict[str, Any], template: str | None) -> None:
    """For templates that know no tools: say them in the system turn, in the form that is parsed afterwards."""
    if "tools" not in body or (template is not None and "tools" in template):
        return
    functions = [tool["function"] for tool in body["tools"]]
    introduction = _TOOLS_INTRODUCTION.format(tools="\n".join(json.dumps(function) for function in functions))
    messages = body["messages"]
    if messages and messages[0]["role"] == "system" and isinstance(messages[0]["content"], str):
        messages[0]["content"] += "\n\n" + introduction
    else:
        messages.insert(0, {"role": "system", "content": introduction})
