"""Lessons beside the answers: where a token's sentence begins, that of its twin further up, and that of a question's.

"Who painted the gate?" is answered by words before those that the question names. To find them, "painted" in the text
has to know what its sentence began with, and "painted" in the question has to fetch that: two steps, of which answers
teach neither before the other is there. Then the token that the answer follows has to gather what the words of the
question found. So half of the layers are asked for the first and all but two for the second, of a part of all tokens,
and all but one for the third, of the sentence that answers, by small matrices that only training has.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

_ENDS = (".", "?", "!", "\u010a", "-")
SHARE = 16
"""One token in so many is asked for its own sentence."""
TWIN_SHARE = 6
"""And one in so many for that of its twin, where it has one."""


class Starts(nn.Module):
    ends: Tensor
    glued: Tensor
    capital: Tensor
    spaced: Tensor
    special: Tensor

    def __init__(self, tokenizer: Tokenizer, dim: int, every: int = 1) -> None:
        """The first two lessons are a tenth of a step's work. Once learned, they are asked `every` so many steps alone,
        and count so many times."""
        super().__init__()
        self.every = every
        tokens = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
        words = [token.removeprefix("\u0120") for token in tokens]
        marks = {
            "ends": [token in _ENDS for token in tokens],
            "special": [token.startswith("<|") for token in tokens],
            "glued": [token.isdigit() for token in tokens],
            "spaced": [token.startswith("\u0120") for token in tokens],
            "capital": [word[:1].isascii() and word[:1].isupper() for word in words],
        }
        for name, values in marks.items():
            self.register_buffer(name, torch.tensor(values), persistent=False)
        self.maps = nn.Parameter(torch.eye(dim).repeat(3, 1, 1))
        self.twin_maps = nn.Parameter(torch.eye(dim).repeat(3, 1, 1))
        self.question_maps = nn.Parameter(torch.eye(dim).repeat(3, 1, 1))

    def wanted(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """For each of (batch, time) tokens: the first of its sentence, the one behind that, the first of the last name
        so far, (3, batch, time); and where its sentence begins."""
        ends, capital = self.ends[ids], self.capital[ids]
        places = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        before = F.pad(ends[:, :-1], (1, 0), value=True)
        begins = before & ~ends & ~self.glued[ids]
        word = torch.where(before | self.spaced[ids], places, 0).cummax(1).values
        great = capital.gather(1, word)
        names = capital & (word == places) & (before | ~F.pad(great[:, :-1], (1, 0), value=False))
        first = torch.where(begins, places, 0).cummax(1).values
        name = torch.where(names, places, 0).cummax(1).values
        second = torch.minimum(first + 1, places)
        return torch.stack([ids.gather(1, at) for at in (first, second, name)]), first

    def twins(self, ids: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        """Which tokens stand in exactly one sentence before their own, and where there; both (batch, time)."""
        same = ids.unsqueeze(2) == ids.unsqueeze(1)
        earlier = same & (first.unsqueeze(1) < first.unsqueeze(2)) & ~(self.special | self.ends)[ids].unsqueeze(2)
        return (earlier.sum(2) == 1) & (ids != 0), earlier.int().argmax(2)

    def loss(
        self, states: tuple[Tensor, Tensor, Tensor], ids: Tensor, points: Tensor, embedding: Tensor, step: int
    ) -> Tensor:
        """Mean cross entropy of the three lessons, (3,), the first two for tokens that change with the step.

        `points` as `pointing.loss` takes them."""
        half, nearly, late = states
        wanted, first = self.wanted(ids)
        own = twin = torch.zeros((), device=ids.device)
        if step % self.every == 0:
            place = torch.arange(ids.numel(), device=ids.device).view_as(ids) * 7919 + step // self.every
            some = (ids != 0) & ~self.special[ids] & (place % SHARE == 0)
            own = self.every * _lesson(half[some], self.maps, embedding, wanted[:, some])
            having, where = self.twins(ids, first)
            having &= place % TWIN_SHARE == 0
            told = wanted.gather(2, where.expand_as(wanted))
            twin = self.every * _lesson(nearly[having], self.twin_maps, embedding, told[:, having])
        row, place, _, of, _ = points[(points[:, 3] > 0) & (points[:, 4] > 0)].unbind(1)
        # The last three tokens before an answer: its role is all that they say.
        row, of, back = row.repeat(3), of.repeat(3), torch.arange(3, device=ids.device).repeat_interleave(len(row))
        asked = _lesson(late[row, place.repeat(3) - back], self.question_maps, embedding, wanted[:, row, of])
        return torch.stack((own, twin, asked))


def _lesson(states: Tensor, maps: Tensor, embedding: Tensor, wanted: Tensor) -> Tensor:
    """`states` is (tokens, dim), `maps` (kinds, dim, dim), `wanted` (kinds, tokens)."""
    mixed = torch.einsum("nd,kde->kne", states, maps.to(states.dtype))
    logits = F.linear(mixed, embedding.to(states.dtype)).float()
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="sum") / max(1, wanted.numel())
