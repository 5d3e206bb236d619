"""Batches of dialogues of like length, padded on the right: no dialogue sees another."""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model.sample import Sample, written
from tools.chat_model.skills import draw

POOL = 1536
"""Dialogues that are sorted by length together."""


def encode(tokenizer: Tokenizer, sample: Sample) -> tuple[list[int], list[bool]]:
    """Token ids, and which of them the model learns to write."""
    pieces = written(sample)
    ids: list[int] = []
    learn: list[bool] = []
    for (_, wanted), encoding in zip(pieces, tokenizer.encode_batch([text for text, _ in pieces]), strict=True):
        ids += encoding.ids
        learn += [wanted] * len(encoding.ids)
    return ids, learn


def batches(tokenizer: Tokenizer, seed: int, tokens: int, context: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless (ids, learn) of shape (rows, time), about `tokens` in each. The same seed gives the same batches."""
    rng = random.Random(seed)
    while True:
        pool = [encode(tokenizer, draw(rng)) for _ in range(POOL)]
        pool = sorted((one for one in pool if len(one[0]) <= context), key=lambda one: len(one[0]))
        groups: list[list[tuple[list[int], list[bool]]]] = [[]]
        for one in pool:
            if groups[-1] and len(one[0]) * (len(groups[-1]) + 1) > tokens:
                groups.append([])
            groups[-1].append(one)
        rng.shuffle(groups)
        for group in groups:
            longest = max(len(ids) for ids, _ in group)
            ids = torch.zeros(len(group), longest, dtype=torch.long)
            learn = torch.zeros(len(group), longest, dtype=torch.bool)
            for row, (one, wanted) in enumerate(group):
                ids[row, : len(one)] = torch.tensor(one)
                learn[row, : len(one)] = torch.tensor(wanted)
            yield ids, learn
