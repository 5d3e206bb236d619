"""Moondream: answers and captions in words, points and boxes by content."""

from __future__ import annotations

from collections.abc import Iterator

from groundfog.engines.echo import tokens
from groundfog.engines.echo.media import describe_image, require_image
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import Random, digest
from groundfog.engines.echo.text_generation.words import cut
from groundfog.tasks.visual_query import Area, Delta, Inputs, Metrics, Output, Point

_MOST_FOUND = 3


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Text for query and caption, at most `max_tokens` with the reasoning; up to three places for point and detect."""
    if inputs.image is not None:
        require_image(inputs.image)
    image = inputs.image if inputs.image is not None else inputs.image_url
    asked = tokens.count(inputs.question) if inputs.task == "query" else tokens.count(inputs.target)
    given = asked + (tokens.IMAGE_TOKENS if image is not None else 0)
    if inputs.task in ("point", "detect"):
        random = Random(digest(model.id, image, inputs.task, inputs.target))
        count = min(random.between(1, _MOST_FOUND), inputs.max_objects)
        if inputs.task == "point":
            places = [Point(round(random.unit(), 4), round(random.unit(), 4)) for _ in range(count)]
            return Output(points=places, metrics=Metrics(given))
        return Output(objects=[_area(random) for _ in range(count)], metrics=Metrics(given))
    room = inputs.max_tokens
    reasoning, thought = None, 0
    if inputs.reasoning and inputs.task == "query":
        reasoning, thought = cut(f"The question has {len(inputs.question.split())} words. An echo repeats it.", room)
    whole = _words(model, inputs)
    text, used = cut(whole, room - thought)
    return Output(
        text=text,
        reasoning=reasoning,
        finish_reason="stop" if text == whole else "length",
        metrics=Metrics(given, thought + used),
    )


def stream(model: EchoModel, inputs: Inputs) -> Iterator[Delta]:
    """Token by token; errors are raised here, before the first delta."""
    return pieces(answer(model, inputs))


def say(model: EchoModel, inputs: Inputs, text: str) -> Output:
    """An output with a scripted answer or caption."""
    return Output(text=text, metrics=Metrics(tokens.count(inputs.question), tokens.count(text)))


def pieces(output: Output) -> Iterator[Delta]:
    """A whole output token by token."""
    for token in tokens.split(output.reasoning or ""):
        yield Delta(reasoning=token)
    for token in tokens.split(output.text):
        yield Delta(text=token)
    yield Delta(finish_reason=output.finish_reason, metrics=output.metrics)


def _words(model: EchoModel, inputs: Inputs) -> str:
    if inputs.image is not None:
        seen = f"You sent {describe_image(inputs.image)}."
    elif inputs.image_url is not None:
        seen = f"You named the image {inputs.image_url}; echo fetches nothing."
    else:
        seen = "You sent no image."
    said = f"This is groundfog's echo of {model.last_segment}; no model has run. {seen}"
    if inputs.task == "query":
        return f'{said} You asked: "{inputs.question}"'
    return {"short": seen, "normal": said, "long": f"{said} A long caption was asked for, and an echo has no more."}[
        inputs.caption_length
    ]


def _area(random: Random) -> Area:
    x, y = random.unit() * 0.7, random.unit() * 0.7
    wide, high = 0.1 + random.unit() * (0.9 - x), 0.1 + random.unit() * (0.9 - y)
    return Area(round(x, 4), round(y, 4), round(min(x + wide, 1.0), 4), round(min(y + high, 1.0), 4))
