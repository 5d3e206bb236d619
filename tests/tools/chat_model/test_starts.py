"""The lessons beside the answers: what they ask for, in a dialogue short enough to see it."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model import shipped
from tools.chat_model.batches import encode
from tools.chat_model.pointing import Finder
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.starts import Starts

TEXT = "Anna Vedel painted the old gate. Boris Lund sold a boat in March. Then it rained."


@pytest.fixture(scope="module")
def bpe() -> Tokenizer:
    return Tokenizer.from_file(str(shipped.FOLDER / "tokenizer.json"))


def points_of(bpe: Tokenizer, sample: Sample, ids: list[int], learn: list[bool]) -> Tensor:
    return torch.tensor([(0, *dataclasses.astuple(point)) for point in Finder(bpe).points(sample, ids, learn)])


def batch(bpe: Tokenizer, questions: list[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """What a model reads of such a dialogue, (1, time), and where its answers stand, (points, 5)."""
    messages = [system(TEXT)]
    for question, answer in questions[:-1]:
        messages += [user(question), assistant(answer)]
    sample = Sample("context", [*messages, user(questions[-1][0])], questions[-1][1])
    ids, learn = encode(bpe, sample)
    return torch.tensor([ids[:-1]]), points_of(bpe, sample, ids, learn)


def beginning(bpe: Tokenizer, word: str) -> int:
    return bpe.encode(f" {word}").ids[0]


def test_a_word_wants_the_first_of_its_sentence_and_the_last_name_before_it(bpe: Tokenizer) -> None:
    ids, _ = batch(bpe, [("Who sold a boat?", "Boris Lund")])
    wanted, first = Starts(bpe, 8).wanted(ids)
    place = ids[0].tolist().index(bpe.encode(" boat").ids[0])
    assert bpe.decode(ids[0, first[0, place] : place].tolist()).strip().startswith("Boris Lund sold a")
    assert int(wanted[0, 0, place]) == beginning(bpe, "Boris")
    assert int(wanted[2, 0, place]) == beginning(bpe, "Boris")


def test_lessons_teach(bpe: Tokenizer) -> None:
    torch.manual_seed(1)
    ids, points = batch(bpe, [("Who sold a boat?", "Boris Lund"), ("What did Anna Vedel paint?", "the old gate")])
    starts = Starts(bpe, 8)
    states = tuple(torch.randn(1, ids.shape[1], 8, requires_grad=True) for _ in range(3))
    embedding = torch.randn(bpe.get_vocab_size(), 8)
    descent = torch.optim.Adam([*states, *starts.parameters()], lr=0.1)
    losses = []
    for _ in range(30):
        lessons = starts.loss((states[0], states[1], states[2]), ids, points, embedding, 0)
        losses.append(lessons.detach())
        torch.autograd.backward(lessons.sum())
        descent.step()
        descent.zero_grad()
    assert losses[0].shape == (3,)
    assert bool((losses[-1] < 0.5 * losses[0]).all())
