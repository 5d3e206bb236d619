"""Where an answer stands in what it was taken from, and a lesson for heads of attention: to look there.

"When did the station open?" is answered wrongly where the station's other facts stand, or another station's. What has
to be compared, the question and each sentence, meets in the scores of attention alone, and right words teach little of
how to score. So some heads are told: those of the last layer but two look from a question at the end of the sentence
that answers, where all of it was read, and from a field of JSON at the word that names it; those of the last layers at
the first word of the answer, and so on along it. What nothing answers, they look for at the very first token.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model import tokenizer as bpe
from tools.chat_model.model import Block, ChatModel
from tools.chat_model.sample import STOP, Sample
from tools.chat_model.skills.context import REFUSAL

SKILLS = ("context", "extract", "recall", "tools")
"""Whose answers are words of what was said before."""
SENTENCE_HEADS = (4, 5, 7)
"""Those that looked at no answers before the lesson, of two groups of keys."""
VALUE_HEADS = (2, 4, 6)
"""Those that looked at answers already, of three groups of keys."""
BACK = 5
"""So many tokens before an answer's first query ask for the sentence as well: the question's last, and the roles."""
FOLLOWS = -1
"""In place of `back`."""
ENDS = (".", "?", "!")


@dataclasses.dataclass(frozen=True)
class Point:
    """Token `asks` is followed by a copy of token `value`, whose sentence is over at `end`; both 0 if nothing answers.
    For a value of JSON, `end` is the word of its key, if the sentence has it.
    So many as `back` tokens before `asks` know the question as well; FOLLOWS where the copy goes on."""

    asks: int
    value: int
    end: int
    back: int


class Finder:
    """Finds the points of a dialogue."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokens = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
        self.tokens = tokens
        self.plain = list(range(len(tokens)))
        """Each token without the space before it."""
        for piece, spaced in bpe.twins(tokenizer):
            self.plain[spaced] = piece
        self.refusal = tokenizer.encode(REFUSAL).ids
        self.stop = tokens.index(STOP)

    def points(self, sample: Sample, ids: Sequence[int], learn: Sequence[bool]) -> list[Point]:
        """Those of the answers that stand in one place of what others wrote.

        Of each its first token, the others, and what stands behind them."""
        if sample.skill not in SKILLS:
            return []
        plain = [self.plain[number] for number in ids]
        found: list[Point] = []
        begin = 0
        while begin < len(ids):
            stop = begin
            while stop < len(ids) and learn[stop] and ids[stop] != self.stop:
                stop += 1
            if stop == begin:
                begin += 1
                continue
            if list(ids[begin:stop]) == self.refusal:
                found.append(Point(begin - 1, 0, 0, BACK))
            else:
                values = self._values(ids, begin, stop)
                for key, first, last in values or [("", begin, stop)]:
                    place = _only(plain, learn, first, last)
                    if place:
                        end = self._end(ids, place + last - first - 1, first)
                        named = self._named(ids, key, place, end) if key else 0
                        found.append(Point(first - 1, place, named or end, 0 if values else BACK))
                        found += (Point(first - 1 + k, place + k, end, FOLLOWS) for k in range(1, last - first + 1))
            begin = stop + 1
        return found

    def _values(self, ids: Sequence[int], begin: int, stop: int) -> list[tuple[str, int, int]]:
        """The keys of JSON's fields and where their values are, if it is JSON."""
        found = []
        for place in range(begin, stop - 1):
            if not self.tokens[ids[place]].endswith('":'):
                continue
            before = place - 1
            while before > begin and '"' not in self.tokens[ids[before]]:
                before -= 1
            key = "".join(self.tokens[number] for number in ids[before + 1 : place])
            first = place + 1
            # A quote and a dollar are one piece.
            if self.tokens[ids[first]] in ("\u0120", '\u0120"', '\u0120"$'):
                first += 1
            if self.tokens[ids[first]].lstrip("\u0120")[:1] in ("{", "["):
                continue
            last = first
            while last < stop and self.tokens[ids[last]][:1] not in ('"', ",", "}"):
                last += 1
            if last > first:
                found.append((key, first, last))
        return found

    def _named(self, ids: Sequence[int], key: str, place: int, end: int) -> int:
        """The last token of the key's word in the sentence of a place, if it has one; the nearest of several."""
        begin = place
        while begin and not self._over(ids, begin - 1):
            begin -= 1
        text, ends = "", []
        for number in ids[begin : end + 1]:
            text += self.tokens[number].replace("\u0120", " ")
            ends.append(len(text))
        for word in sorted(key.split("_"), key=len, reverse=True):
            if len(word) < 3:
                continue
            spans = re.finditer(rf"\b{re.escape(word)}(?:s|es)?\b", text, re.IGNORECASE)
            places = [begin + bisect.bisect_left(ends, span.end()) for span in spans]
            if places:
                return min(places, key=lambda one: abs(one - place))
        return 0

    def _end(self, ids: Sequence[int], place: int, before: int) -> int:
        """The last token of a place's sentence."""
        while place < before and not self._over(ids, place):
            place += 1
        return place

    def _over(self, ids: Sequence[int], place: int) -> bool:
        """Whether a sentence ends with this token."""
        token = self.tokens[ids[place]]
        if token == "\u010a" or ids[place] == self.stop:
            return True
        return token in ENDS and self.tokens[ids[place + 1]].startswith(("\u0120", "\u010a", "<|"))


def _only(plain: list[int], learn: Sequence[bool], first: int, last: int) -> int:
    """The one place before `first` where others wrote the same tokens; 0 where there is none, or more than one."""
    wanted = plain[first:last]
    found, place = 0, 0
    for _ in range(plain[: first - len(wanted)].count(wanted[0])):
        place = plain.index(wanted[0], place + 1)
        if plain[place : place + len(wanted)] == wanted and not learn[place]:
            if found:
                return 0
            found = place
    return found


def loss(model: ChatModel, states: tuple[Tensor, Tensor, Tensor], points: Tensor) -> Tensor:
    """Mean cross entropy of where the heads look, (4,): for sentences, twice for values, and on along values.

    `states` are what the last three layers read, (batch, time, dim), normed; `points` is (points, 5): row, and the
    fields of a Point.
    """
    row, asks, value, end, back = points.unbind(1)
    for_sentence, for_value, again = (
        attended(model, model.blocks[place], state, heads)
        for place, state, heads in zip((-3, -2, -1), states, (SENTENCE_HEADS, VALUE_HEADS, VALUE_HEADS), strict=True)
    )
    steps = torch.arange(BACK + 1, device=row.device)
    places = asks.unsqueeze(1) - steps
    first = back != FOLLOWS
    # Where the text stands behind its question, its end may be as late as the tokens that ask.
    asking = (steps <= back.unsqueeze(1)) & (places > end.unsqueeze(1))
    rows, ends = (one.unsqueeze(1).expand_as(asking)[asking] for one in (row, end))
    return torch.stack(
        (
            _missed(for_sentence, rows, places[asking], ends),
            _missed(for_value, row[first], asks[first], value[first]),
            _missed(again, row[first], asks[first], value[first]),
            _missed(again, row[~first], asks[~first], value[~first]),
        )
    )


def attended(model: ChatModel, block: Block, state: Tensor, heads: tuple[int, ...]) -> Tensor:
    """The scores of some heads of a layer, (batch, heads, from, to)."""
    shape, time = model.shape, state.shape[1]
    cos, sin = model.cos[:time].unsqueeze(1), model.sin[:time].unsqueeze(1)
    group = shape.heads // shape.kv_heads
    h = state * block.attention_norm.to(state.dtype)

    def turned(weight: Tensor, numbers: list[int]) -> Tensor:
        chosen = weight.view(-1, shape.head_dim, shape.dim)[numbers].flatten(0, 1)
        mixed = F.linear(h, chosen.to(h.dtype)).unflatten(2, (len(numbers), shape.head_dim))
        first, second = mixed.chunk(2, -1)
        return torch.cat((first * cos - second * sin, first * sin + second * cos), -1).transpose(1, 2)

    q, k = turned(block.q, list(heads)), turned(block.k, [head // group for head in heads])
    return (q @ k.transpose(-1, -2)) * shape.head_dim**-0.5


def _missed(scores: Tensor, row: Tensor, asks: Tensor, target: Tensor) -> Tensor:
    """`scores` is (batch, heads, from, to); the others are (points,)."""
    asked = scores[row, :, asks].float()
    later = torch.arange(asked.shape[2], device=asked.device) > asks.unsqueeze(1)
    asked = asked.masked_fill(later.unsqueeze(1), float("-inf"))
    wanted = target.unsqueeze(1).expand(asked.shape[:2])
    return F.cross_entropy(asked.flatten(0, 1), wanted.flatten(), reduction="sum") / max(1, wanted.numel())
