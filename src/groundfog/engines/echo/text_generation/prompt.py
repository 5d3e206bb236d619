"""What echo reads from a request: the text it will repeat, what came with it, and how many tokens that is."""

from __future__ import annotations

import dataclasses

from groundfog.engines.echo import tokens
from groundfog.tasks.text_generation.types import AudioPart, ImagePart, Inputs, Message, TextPart


@dataclasses.dataclass(slots=True)
class Prompt:
    """`text` is the prompt or the last message of the user; `tools` are the tool messages that came after it."""

    text: str
    tokens: int
    images: list[bytes]
    sounds: int
    results: list[Message]


def read(inputs: Inputs) -> Prompt:
    if inputs.prompt is not None:
        return Prompt(inputs.prompt, tokens.count(inputs.prompt), [], 0, [])
    last = ""
    used = 0
    images: list[bytes] = []
    sounds = 0
    results: list[Message] = []
    for message in inputs.messages:
        used += tokens.MESSAGE_TOKENS
        content = message.content
        if content is None:
            text = ""
        elif isinstance(content, str):
            text = content
        else:
            text = "\n".join(part.text for part in content if isinstance(part, TextPart))
            images += [part.content for part in content if isinstance(part, ImagePart)]
            sounds += sum(isinstance(part, AudioPart) for part in content)
        used += tokens.count(text)
        for call in message.tool_calls:
            used += tokens.count(call.name) + tokens.count(call.arguments)
        if message.role in ("tool", "function"):
            results.append(message)
        elif message.role == "user":
            last = text
            results.clear()
    if inputs.tools:
        used += sum(tokens.count(f"{tool.name} {tool.description} {tool.parameters}") for tool in inputs.tools)
    used += len(images) * tokens.IMAGE_TOKENS + sounds * tokens.AUDIO_TOKENS
    if not last and inputs.messages and not results:
        final = inputs.messages[-1].content
        last = final if isinstance(final, str) else last
    return Prompt(last, used, images, sounds, results)
