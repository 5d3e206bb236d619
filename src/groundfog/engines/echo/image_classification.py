"""Five labels of ImageNet, chosen by the image's bytes."""

from __future__ import annotations

from groundfog.engines.echo.content import shares
from groundfog.engines.echo.media import require_image
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import Random, digest
from groundfog.tasks.image_classification import Inputs, Output
from groundfog.tasks.labels import Label

LABELS = ("TABBY", "GOLDEN RETRIEVER", "LIGHTHOUSE", "SEASHORE", "ALP", "VALLEY", "CANOE", "UMBRELLA", "TEAPOT",
          "ESPRESSO", "LAPTOP", "TYPEWRITER KEYBOARD", "BOOKCASE", "MOUNTAIN BIKE", "STEAM LOCOMOTIVE",
          "SUSPENSION BRIDGE", "GREENHOUSE", "DAISY", "GRANNY SMITH", "RED FOX")  # fmt: skip


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Best first. Raises UPSTREAM_REFUSED when the bytes are empty."""
    require_image(inputs.image)
    random = Random(digest(model.id, inputs.image))
    left = list(LABELS)
    return Output([Label(left.pop(random.below(len(left))), score) for score in shares(random, 5)])
