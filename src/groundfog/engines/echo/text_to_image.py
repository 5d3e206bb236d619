"""A picture of the asked size and format whose colours and shapes follow from everything that was asked."""

from __future__ import annotations

from groundfog.engines.echo import pictures
from groundfog.engines.echo.media import require_image
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.text_to_image import Inputs, Output


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Raises UPSTREAM_REFUSED when a given image has no bytes."""
    given = [image for image in (inputs.image, inputs.mask, *inputs.references) if image is not None]
    for image in given:
        require_image(image)
    seed = digest(
        model.id,
        inputs.prompt,
        inputs.negative_prompt,
        inputs.seed,
        inputs.steps,
        inputs.guidance,
        inputs.strength,
        *given,
    )
    cells = pictures.paint(seed, inputs.width, inputs.height)
    encode = pictures.jpeg if inputs.format == "jpeg" else pictures.png
    return Output(encode(cells, inputs.width, inputs.height))
