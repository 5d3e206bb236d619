"""The lessons beside the answers: what they ask for, in a dialogue short enough to see it."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model import shipped
from tools.chat_model.batches import encode
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.starts import Starts

TEXT = "Anna Vedel painted the old gate. Boris Lund sold a boat in March. Then it rained."


@pytest.fixture(scope="module")
def bpe() -> Tokenizer:
    return Tokenizer.from_file(str(shipped.FOLDER / "tokenizer.json"))


def batch(bpe: Tokenizer, questions: list[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """What a model reads of such a dialogue, (1, time), and what it learns of it, (1, time + 1)."""
    messages = [system(TEXT)]
    for question, answer in questions[:-1]:
        messages += [user(question), assistant(answer)]
    ids, learn = encode(bpe, Sample("context", [*messages, user(questions[-1][0])], questions[-1][1]))
    return torch.tensor([ids[:-1]]), torch.tensor([learn])


def beginning(bpe: Tokenizer, word: str) -> int:
    return bpe.encode(f" {word}").ids[0]


def test_a_word_wants_the_first_of_its_sentence_and_the_last_name_before_it(bpe: Tokenizer) -> None:
    ids, _ = batch(bpe, [("Who sold a boat?", "Boris Lund")])
    wanted, first = Starts(bpe, 8).wanted(ids)
    place = ids[0].tolist().index(bpe.encode(" boat").ids[0])
    assert bpe.decode(ids[0, first[0, place] : place].tolist()).strip().startswith("Boris Lund sold a")
    assert int(wanted[0, 0, place]) == beginning(bpe, "Boris")
    assert int(wanted[2, 0, place]) == beginning(bpe, "Boris")


def test_a_question_wants_the_sentence_that_shares_its_words(bpe: Tokenizer) -> None:
    ids, learn = batch(bpe, [("Who sold a boat?", "Boris Lund"), ("What did Anna Vedel paint?", "the old gate")])
    starts = Starts(bpe, 8)
    wanted, first = starts.wanted(ids)
    rows, places, of = starts.questioned(ids, learn, first)
    assert rows.tolist() == [0, 0]
    assert [int(ids[0, place + 1]) for place in places] == [bpe.encode(text).ids[0] for text in ("Boris", "the old")]
    assert int(wanted[0, 0, of[0]]) == beginning(bpe, "Boris")
    assert int(first[0, of[1]]) == 3, "the text's first word stands behind the start, the role and a line end"


@pytest.mark.parametrize("question", ["Who likes cheese?", "Anna Vedel or Boris Lund?"])
def test_a_question_that_no_sentence_answers_best_is_left_out(bpe: Tokenizer, question: str) -> None:
    ids, learn = batch(bpe, [(question, "The context does not say.")])
    starts = Starts(bpe, 8)
    assert len(starts.questioned(ids, learn, starts.wanted(ids)[1])[0]) == 0


def test_lessons_teach(bpe: Tokenizer) -> None:
    torch.manual_seed(1)
    ids, learn = batch(bpe, [("Who sold a boat?", "Boris Lund"), ("What did Anna Vedel paint?", "the old gate")])
    starts = Starts(bpe, 8)
    states = tuple(torch.randn(1, ids.shape[1], 8, requires_grad=True) for _ in range(3))
    embedding = torch.randn(bpe.get_vocab_size(), 8)
    descent = torch.optim.Adam([*states, *starts.parameters()], lr=0.1)
    losses = []
    for _ in range(30):
        lessons = starts.loss((states[0], states[1], states[2]), ids, learn, embedding, 0)
        losses.append(lessons.detach())
        torch.autograd.backward(lessons.sum())
        descent.step()
        descent.zero_grad()
    assert losses[0].shape == (3,)
    assert bool((losses[-1] < 0.5 * losses[0]).all())
