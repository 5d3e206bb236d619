"""The mood of a text by plain words; where there are none, content decides narrowly."""

from __future__ import annotations

import math
import re

from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.labels import Label
from groundfog.tasks.text_classification import Inputs, Output

_POSITIVE = (
    "good great nice love loved like happy best better excellent wonderful amazing awesome delicious enjoy enjoyed "
    "fantastic beautiful perfect pleased thanks glad fun"
)
_NEGATIVE = (
    "bad terrible awful hate hated worst worse sad angry horrible poor disgusting boring broken ugly slow fail failed "
    "disappointing disappointed wrong useless annoying not never"
)


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """NEGATIVE and POSITIVE, in this order."""
    good, bad = _POSITIVE.split(), _NEGATIVE.split()
    words = re.findall(r"[a-z]+", inputs.text.lower())
    balance = sum(2.5 * ((word in good) - (word in bad)) for word in words)
    if not balance:
        balance = digest(model.id, inputs.text) / (1 << 64) - 0.5
    positive = round(1 / (1 + math.exp(-max(-12.0, min(12.0, balance)))), 6)
    labels = [Label("NEGATIVE", round(1 - positive, 6)), Label("POSITIVE", positive)]
    return Output(labels=labels, prompt_tokens=tokens.count(inputs.text))
