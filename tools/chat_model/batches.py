"""Batches of dialogues of like length, padded on the right: no dialogue sees another."""

from __future__ import annotations

import dataclasses
import multiprocessing
import random
from concurrent.futures import Future, ProcessPoolExecutor

import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model.pointing import Finder, Point
from tools.chat_model.sample import Sample, written
from tools.chat_model.skills import draw

SMALLEST_POOL = 1536
"""Dialogues that are sorted by length together; more where batches are larger."""
ROW = 16
"""Dialogues are padded to a multiple of so many tokens, and one."""
Encoded = tuple[list[int], list[bool], list[Point]]


def encode(tokenizer: Tokenizer, sample: Sample) -> tuple[list[int], list[bool]]:
    """Token ids, and which of them the model learns to write."""
    pieces = written(sample)
    ids: list[int] = []
    learn: list[bool] = []
    for (_, wanted), encoding in zip(pieces, tokenizer.encode_batch([text for text, _ in pieces]), strict=True):
        ids += encoding.ids
        learn += [wanted] * len(encoding.ids)
    return ids, learn


def pool_of(tokenizer: Tokenizer, seed: int, number: int, size: int, level: float, longest: int) -> list[Encoded]:
    """The `size` dialogues of one pool, shortest first; those with more than `longest` tokens are left out."""
    rng = random.Random(f"{seed}/{number}")
    finder = Finder(tokenizer)
    encoded: list[Encoded] = []
    for _ in range(size):
        sample = draw(rng, "train", level)
        ids, learn = encode(tokenizer, sample)
        if len(ids) <= longest:
            encoded.append((ids, learn, finder.points(sample, ids, learn)))
    return sorted(encoded, key=lambda one: len(one[0]))


@dataclasses.dataclass
class Batches:
    """Endless batches of about `tokens` tokens. The same seed gives the same ones; `pool` and `used` say how far it is.

    Over the first `ramp` dialogues they go from plain copying to everything. `loaders` processes draw pools ahead, for
    a device that is faster than one core can write dialogues.
    """

    tokenizer: Tokenizer
    seed: int
    tokens: int
    context: int
    ramp: int
    part: int = 0
    parts: int = 1
    """Of the workers that train together, each draws pools of its own."""
    loaders: int = 0
    pool: int = 0
    used: int = 0
    _groups: list[list[Encoded]] = dataclasses.field(default_factory=list)
    _ahead: dict[int, Future[list[Encoded]]] = dataclasses.field(default_factory=dict)
    _executor: ProcessPoolExecutor | None = None

    def next(self) -> tuple[Tensor, Tensor, Tensor]:
        """(ids, learn, points): two of shape (rows, time), and for each point its row and fields."""
        if not self._groups:
            self._groups = self._grouped(self._drawn())
            # The dialogues may have become others since the checkpoint that says how many batches were used.
            self.used = min(self.used, len(self._groups) - 1)
        group = self._groups[self.used]
        self.used += 1
        if self.used == len(self._groups):
            self.pool, self.used, self._groups = self.pool + 1, 0, []
        longest = max(len(ids) for ids, _, _ in group)
        # What the model reads, all but the last token, fills whole rows of a cache: 7 % faster.
        longest += -(longest - 1) % ROW
        ids = torch.zeros(len(group), longest, dtype=torch.long)
        learn = torch.zeros(len(group), longest, dtype=torch.bool)
        points: list[tuple[int, ...]] = []
        for row, (one, wanted, found) in enumerate(group):
            ids[row, : len(one)] = torch.tensor(one)
            learn[row, : len(one)] = torch.tensor(wanted)
            points += ((row, *dataclasses.astuple(point)) for point in found)
        return ids, learn, torch.tensor(points, dtype=torch.long).view(-1, 5)

    def _drawn(self) -> list[Encoded]:
        if not self.loaders:
            return pool_of(*self._pool(self.pool))
        self._executor = self._executor or ProcessPoolExecutor(self.loaders, multiprocessing.get_context("spawn"))
        for number in range(self.pool, self.pool + 2 * self.loaders):
            if number not in self._ahead:
                self._ahead[number] = self._executor.submit(pool_of, *self._pool(number))
        return self._ahead.pop(self.pool).result()

    def _pool(self, number: int) -> tuple[Tokenizer, int, int, int, float, int]:
        own = number * self.parts + self.part
        size = max(SMALLEST_POOL, self.tokens // 4)
        level = min(1.0, own * size / self.ramp) if self.ramp else 1.0
        return self.tokenizer, self.seed, own, size, level, self.context

    def _grouped(self, pool: list[Encoded]) -> list[list[Encoded]]:
        groups: list[list[Encoded]] = [[]]
        for one in pool:
            if groups[-1] and len(one[0]) * (len(groups[-1]) + 1) > self.tokens:
                groups.append([])
            groups[-1].append(one)
        random.Random(f"{self.seed}/{self.pool}/order").shuffle(groups)
        return groups

    def close(self) -> None:
        """End the processes."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
