"""A few objects of COCO within the image, chosen by its bytes."""

from __future__ import annotations

from groundfog.engines.echo.media import image_size, require_image
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import Random, digest
from groundfog.tasks.object_detection import Box, Detection, Inputs, Output

LABELS = ("person", "bicycle", "car", "boat", "bird", "cat", "dog", "umbrella", "bottle", "cup", "chair", "laptop",
          "book", "clock", "potted plant")  # fmt: skip
UNKNOWN_SIZE = (640, 480)


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """One to five objects, best first; boxes lie within the image. Raises UPSTREAM_REFUSED when there are no bytes."""
    require_image(inputs.image)
    random = Random(digest(model.id, inputs.image))
    width, height = image_size(inputs.image) or UNKNOWN_SIZE
    found = [_found(random, width, height) for _ in range(random.between(1, 5))]
    return Output(sorted(found, key=lambda one: -one.score))


def _found(random: Random, width: int, height: int) -> Detection:
    label = LABELS[random.below(len(LABELS))]
    score = round(0.5 + random.unit() * 0.4999, 6)
    xmin, ymin = random.unit() * 0.7 * width, random.unit() * 0.7 * height
    xmax = xmin + (0.1 + 0.9 * random.unit()) * (width - xmin)
    ymax = ymin + (0.1 + 0.9 * random.unit()) * (height - ymin)
    return Detection(label, score, Box(*(round(corner, 2) for corner in (xmin, ymin, xmax, ymax))))
