"""The words of an answer, and how they are cut."""

from __future__ import annotations

from groundfog.engines.echo import media, tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.text_generation.prompt import Prompt
from groundfog.tasks.text_generation.types import Inputs

LONGEST_QUOTE = 600
"""Characters of the question that are repeated."""

CLOSINGS = (
    "Ask again and you will read the same.",
    "The same question gets the same answer.",
    "Pull the weights to hear the model itself.",
    "That is all an echo can say.",
    "Your request arrived whole.",
    "Another seed would end this differently.",
    "Script me if you need other words.",
    "Nothing was computed for this.",
)


def answer(model: EchoModel, inputs: Inputs, prompt: Prompt, seed: int) -> tuple[str, int | None]:
    """Says that it is the echo, repeats the question or the tools' results, and ends on a sentence of the seed's.

    With it comes the number of its tokens, where that is known without counting them.
    """
    head, head_tokens, closings = model.memo.get("frame") or _frame(model)
    closing, closing_tokens = closings[seed % len(closings)]
    quote = prompt.text
    if prompt.results:
        results = " ".join(
            f"The tool {tool.name or _called(inputs, tool.tool_call_id)} answered: {_quoted(_text(tool.content))}."
            for tool in prompt.results
        )
        return f"{head} {results}{closing}", None
    if prompt.images or prompt.sounds or len(quote) > LONGEST_QUOTE or quote != quote.strip():
        return f'{head} You wrote: "{_quoted(quote)}"{_attachments(prompt)}{closing}', None
    # The quotation marks keep the quote's tokens apart from the others.
    return f'{head} You wrote: "{quote}"{closing}', head_tokens + prompt.text_tokens + closing_tokens


Frame = tuple[str, int, list[tuple[str, int]]]


def _frame(model: EchoModel) -> Frame:
    """What stands around every quote, with its tokens; kept on the model."""
    head = f"This is groundfog's echo of {model.last_segment}; no model has run."
    closings = [(f" {closing}", tokens.count(f'" {closing}')) for closing in CLOSINGS]
    frame = model.memo["frame"] = (head, tokens.count(f'{head} You wrote: "'), closings)
    return frame


def reasoning(inputs: Inputs, prompt: Prompt) -> str:
    count = len(prompt.text.split())
    effort = f" The effort asked for is {inputs.reasoning_effort}." if inputs.reasoning_effort else ""
    return f"The user wrote {count} words. An echo repeats them.{effort}"


def cut(text: str, room: int | None) -> tuple[str, int]:
    """The text within `room` tokens, and how many tokens it then has."""
    if room is not None and room < len(text):  # else they all fit: a token has at least one character
        room = max(room, 0)
        found = tokens.first(room)(text)
        assert found is not None
        if found.end() < len(text):
            return found[0], room
    return text, tokens.count(text)


def until(text: str, stop: list[str]) -> str:
    """The text before the first stop sequence."""
    for sequence in stop:
        if sequence:
            text = text.partition(sequence)[0]
    return text


def stretch(text: str, room: int) -> str:
    """At least `room` tokens: the text over and over (`ignore_eos`)."""
    once = tokens.count(f" {text}")
    return " ".join([text] * (room // once + 1))


def _quoted(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(getattr(part, "text", "") for part in parts)


def _called(inputs: Inputs, call_id: str | None) -> str:
    """The name of the tool whose call had this id."""
    for message in reversed(inputs.messages):
        for call in message.tool_calls:
            if call.id == call_id:
                return call.name
    return "you gave"


def _attachments(prompt: Prompt) -> str:
    if not prompt.images and not prompt.sounds:
        return ""
    parts = [media.describe_image(content) for content in prompt.images]
    if prompt.sounds:
        parts.append(f"{prompt.sounds} recording{'s' if prompt.sounds > 1 else ''}")
    return f" and sent {', '.join(parts)}."
