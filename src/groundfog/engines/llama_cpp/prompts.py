"""Prompts that groundfog makes itself: raw ones, and rendered templates for forced answers."""

from __future__ import annotations

from groundfog import errors
from groundfog.engines.llama_cpp import request, tagged
from groundfog.engines.llama_cpp.session import Model
from groundfog.tasks.text_generation.types import Inputs, TextPart


def raw(inputs: Inputs) -> str:
    """The prompt as it is; of turns, their texts line by line. Raises UPSTREAM_VALIDATION for images and sounds."""
    if request.media_of(inputs):
        raise errors.UPSTREAM_VALIDATION(what="A raw prompt cannot hold images or sounds: send it without raw")
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
    if not tagged.knows_tools(model.template):
        tagged.say(body)
    arguments = body.setdefault("chat_template_kwargs", {})
    arguments.setdefault("enable_thinking", False)
    prompt: str = (await model.connection.ask("POST", "/apply-template", body))["prompt"]
    # The grammar begins with the answer itself, so a thought that the template opens is closed again.
    if prompt.rstrip().endswith("<think>"):
        prompt = prompt.rstrip() + "\n\n</think>\n\n"
    if prompt.endswith("<|start|>assistant"):
        prompt += "<|channel|>final<|message|>"
    return prompt
