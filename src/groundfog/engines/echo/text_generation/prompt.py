"""What echo reads from a request: the text it will repeat, what came with it, and how many tokens that is."""

from __future__ import annotations

import dataclasses

from groundfog.engines.echo import tokens
from groundfog.tasks.text_generation.types import AudioPart, ImagePart, Inputs, Message, TextPart


@dataclasses.dataclass(slots=True)
class Prompt:
    """`text` is the prompt or the user's last message, `text_tokens` are its tokens, `tokens` those of the whole.

    `results` are the tools' messages that came after it.
    """

    text: str
    text_tokens: int
    tokens: int
    images: list[bytes]
    sounds: int
    results: list[Message]


def read(inputs: Inputs) -> Prompt:
    if inputs.prompt is not None:
        count = tokens.count(inputs.prompt)
        return Prompt(inputs.prompt, count, count, [], 0, [])
    last, last_tokens = "", 0
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
        count = tokens.count(text)
        used += count
        for call in message.tool_calls:
            used += tokens.count(call.name) + tokens.count(call.arguments)
        if message.role in ("tool", "function"):
            results.append(message)
        elif message.role == "user":
            last, last_tokens = text, count
            results.clear()
    if inputs.tools:
        used += sum(tokens.count(f"{tool.name} {tool.description} {tool.parameters}") for tool in inputs.tools)
    used += len(images) * tokens.IMAGE_TOKENS + sounds * tokens.AUDIO_TOKENS
    if not last and inputs.messages and not results:
        final = inputs.messages[-1].content
        if isinstance(final, str):
            last, last_tokens = final, tokens.count(final)
    return Prompt(last, last_tokens, used, images, sounds, results)
