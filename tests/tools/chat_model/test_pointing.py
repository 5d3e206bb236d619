"""Where answers stand, and the lesson that teaches heads of attention to look there."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model import model as models
from tools.chat_model import pointing, shipped
from tools.chat_model.batches import encode
from tools.chat_model.model import ChatModel, Shape
from tools.chat_model.pointing import BACK, FOLLOWS, Finder, Point
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills.context import REFUSAL

TEXT = "Anna Vedel painted the old gate at 9.30. Boris Lund sold a boat.\nIt rained in Oslo"


@pytest.fixture(scope="module")
def bpe() -> Tokenizer:
    return Tokenizer.from_file(str(shipped.FOLDER / "tokenizer.json"))


def pointed(bpe: Tokenizer, sample: Sample) -> tuple[list[int], list[Point]]:
    """The tokens, and the points of first words."""
    ids, learn = encode(bpe, sample)
    return ids, [point for point in Finder(bpe).points(sample, ids, learn) if point.back != FOLLOWS]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("Boris Lund", "Boris Lund sold a boat."),
        ("a boat", "Boris Lund sold a boat."),
        ("9.30", "Anna Vedel painted the old gate at 9.30."),
        ("the old gate", "Anna Vedel painted the old gate at 9.30."),
        ("Oslo", "It rained in Oslo<|im_end|>"),
    ],
)
def test_an_answer_is_found_with_its_sentence(bpe: Tokenizer, answer: str, sentence: str) -> None:
    ids, (point,) = pointed(bpe, Sample("context", [system(TEXT), user("And what is it?")], answer))
    copied = bpe.encode(answer).ids
    assert ids[point.asks + 1 : point.asks + 1 + len(copied)] == copied
    read = bpe.decode(ids[point.value : point.end + 1], skip_special_tokens=False).strip()
    assert read.startswith(answer)
    assert sentence.endswith(read)
    assert point.back == BACK


def test_each_word_of_an_answer_is_followed_to_the_one_behind_it(bpe: Tokenizer) -> None:
    sample = Sample("context", [system(TEXT), user("What was painted?")], "the old gate")
    ids, learn = encode(bpe, sample)
    first, *others = Finder(bpe).points(sample, ids, learn)
    copied = bpe.encode("the old gate at").ids
    assert [ids[point.value] for point in others] == copied[1:]
    assert [point.asks - first.asks for point in others] == list(range(1, len(copied)))
    assert {point.back for point in others} == {FOLLOWS}


def test_a_refusal_points_at_the_first_token(bpe: Tokenizer) -> None:
    turns = [system(TEXT), user("Who?"), assistant(REFUSAL), user("Where did it rain?")]
    ids, points = pointed(bpe, Sample("context", turns, "Oslo"))
    assert (points[0].value, points[0].end) == (0, 0)
    assert points[1].value > 0
    assert ids[points[0].asks] == ids[points[1].asks], "both ask from the token before an answer"


@pytest.mark.parametrize("answer", ["It", "Anna Lund", "Berlin"])
def test_what_stands_nowhere_or_twice_is_left_out(bpe: Tokenizer, answer: str) -> None:
    assert pointed(bpe, Sample("context", [system(TEXT), user("It is what?")], answer))[1] == []


def test_each_value_of_json_is_found_and_no_object(bpe: Tokenizer) -> None:
    answer = '{"seller": "Boris Lund", "count": 12, "more": {"town": "Oslo"}, "none": ""}'
    ids, points = pointed(bpe, Sample("extract", [user(f"{TEXT} 12 times.")], answer))
    values = [bpe.decode(ids[point.value : point.value + 2]).strip() for point in points]
    assert [value[:2] for value in values] == ["Bo", "12", "Os"]
    assert {point.back for point in points} == {0}


def test_a_value_of_json_is_asked_from_the_word_that_names_it(bpe: Tokenizer) -> None:
    text = "The router has four ports and a blue lamp. The lamp of Oslo is red."
    answer = '{"num_ports": "four", "lamp": "blue", "town": "Oslo"}'
    ids, points = pointed(bpe, Sample("extract", [user(text)], answer))
    read = [bpe.decode(ids[: point.end + 1]) for point in points]
    assert [line.split()[-1] for line in read] == ["ports", "lamp", "red."]
    assert read[1].endswith("a blue lamp")


def test_other_skills_have_no_points(bpe: Tokenizer) -> None:
    assert pointed(bpe, Sample("rewrite", [user(TEXT)], "a boat"))[1] == []


def test_scores_are_those_of_the_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    shape = Shape(vocab=40, dim=64, layers=4, ff=64, context=32)
    model = ChatModel(shape, torch.float32)
    torch.nn.init.normal_(model.blocks[1].attention_norm)
    seen: list[Tensor] = []
    attention = models.attention

    def watched(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        shared = k.repeat_interleave(shape.heads // shape.kv_heads, 1)
        seen.append(q @ shared.transpose(-1, -2) * shape.head_dim**-0.5)
        return attention(q, k, v, mask)

    monkeypatch.setattr(models, "attention", watched)
    _, early, nearly, late, _ = model.states(torch.arange(12).view(1, 12))
    for place, state in ((1, early), (2, nearly), (3, late)):
        scores = pointing.attended(model, model.blocks[place], state, (0, 3, 7))
        torch.testing.assert_close(scores, seen[place][:, [0, 3, 7]])


def test_the_lesson_teaches_heads_to_look(bpe: Tokenizer) -> None:
    torch.manual_seed(1)
    turns = [system(TEXT), user("Who sold a boat?"), assistant("Boris Lund"), user("Who?")]
    sample = Sample("context", turns, REFUSAL)
    ids, learn = encode(bpe, sample)
    points = Finder(bpe).points(sample, ids, learn)
    asked = torch.tensor([(0, *dataclasses.astuple(point)) for point in points])
    model = ChatModel(Shape(vocab=bpe.get_vocab_size(), dim=64, layers=4, ff=64, context=128), torch.float32)
    descent = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(25):
        _, early, nearly, late, _ = model.states(torch.tensor([ids[:-1]]))
        missed = pointing.loss(model, (early, nearly, late), asked)
        losses.append(missed.detach())
        torch.autograd.backward(missed.sum())
        descent.step()
        descent.zero_grad()
    assert bool((losses[-1] < 0.2 * losses[0]).all())
    _, _, _, late, _ = model.states(torch.tensor([ids[:-1]]))
    looks = pointing.attended(model, model.blocks[-1], late, pointing.VALUE_HEADS)[0, :, points[0].asks]
    assert set(looks[:, : points[0].asks + 1].argmax(1).tolist()) == {points[0].value}
