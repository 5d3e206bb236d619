"""Batches of dialogues of like length, padded on the right: no dialogue sees another."""

from __future__ import annotations

import dataclasses
import random

import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model.sample import Sample, written
from tools.chat_model.skills import draw

POOL = 1536
"""Dialogues that are sorted by length together."""
Encoded = tuple[list[int], list[bool]]


def encode(tokenizer: Tokenizer, sample: Sample) -> Encoded:
    """Token ids, and which of them the model learns to write."""
    pieces = written(sample)
    ids: list[int] = []
    learn: list[bool] = []
    for (_, wanted), encoding in zip(pieces, tokenizer.encode_batch([text for text, _ in pieces]), strict=True):
        ids += encoding.ids
        learn += [wanted] * len(encoding.ids)
    return ids, learn


@dataclasses.dataclass
class Batches:
    """Endless batches of about `tokens` tokens. The same seed gives the same ones; `pool` and `used` say how far it is.

    Over the first `ramp` pools dialogues go from plain copying to everything.
    """

    tokenizer: Tokenizer
    seed: int
    tokens: int
    context: int
    ramp: int
    pool: int = 0
    used: int = 0
    _groups: list[list[Encoded]] = dataclasses.field(default_factory=list)

    def next(self) -> tuple[Tensor, Tensor]:
        """(ids, learn), each of shape (rows, time)."""
        if not self._groups:
            self._groups = self._drawn()
        group = self._groups[self.used]
        self.used += 1
        if self.used == len(self._groups):
            self.pool, self.used, self._groups = self.pool + 1, 0, []
        longest = max(len(ids) for ids, _ in group)
        ids = torch.zeros(len(group), longest, dtype=torch.long)
        learn = torch.zeros(len(group), longest, dtype=torch.bool)
        for row, (one, wanted) in enumerate(group):
            ids[row, : len(one)] = torch.tensor(one)
            learn[row, : len(one)] = torch.tensor(wanted)
        return ids, learn

    def _drawn(self) -> list[list[Encoded]]:
        rng = random.Random(f"{self.seed}/{self.pool}")
        level = min(1.0, self.pool / self.ramp) if self.ramp else 1.0
        encoded = [encode(self.tokenizer, draw(rng, "train", level)) for _ in range(POOL)]
        fitting = sorted((one for one in encoded if len(one[0]) <= self.context), key=lambda one: len(one[0]))
        groups: list[list[Encoded]] = [[]]
        for one in fitting:
            if groups[-1] and len(one[0]) * (len(groups[-1]) + 1) > self.tokens:
                groups.append([])
            groups[-1].append(one)
        rng.shuffle(groups)
        return groups
