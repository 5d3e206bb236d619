"""A description that says what the bytes tell: format, size, and the question that was asked."""

from __future__ import annotations

from groundfog.engines.echo import tokens
from groundfog.engines.echo.media import describe_image, require_image
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import stable_hash
from groundfog.engines.echo.text_generation.words import CLOSINGS, cut, stretch
from groundfog.tasks.image_to_text import Inputs, Output


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """At most `max_tokens` tokens. Raises UPSTREAM_REFUSED when there are no bytes."""
    require_image(inputs.image)
    asked = _asked(inputs)
    text = (
        f"This is groundfog's echo of {model.last_segment}; no model has run. You sent {describe_image(inputs.image)}"
    )
    text += f' and wrote: "{asked}" ' if asked else ". "
    text += CLOSINGS[(stable_hash(asked, model.salt) ^ (inputs.seed or 0)) % len(CLOSINGS)]
    if inputs.ignore_eos:
        text = stretch(text, inputs.max_tokens)
    return say(model, inputs, cut(text, inputs.max_tokens)[0])


def say(model: EchoModel, inputs: Inputs, text: str) -> Output:
    """An output with this description, echo's own or a scripted one."""
    given = tokens.IMAGE_TOKENS + tokens.count(_asked(inputs))
    return Output(description=text, prompt_tokens=given, completion_tokens=tokens.count(text))


def _asked(inputs: Inputs) -> str:
    return inputs.prompt or next((turn.content for turn in reversed(inputs.messages) if turn.role == "user"), "")
