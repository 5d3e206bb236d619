"""Texts as people write them: every telling holds all answers, and evaluation's wordings are left alone."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re

import jsonschema
import pytest

from tests.tools.chat_model.passages import PASSAGES
from tools.chat_model.facts import KINDS
from tools.chat_model.phrases import grammar
from tools.chat_model.skills import extract, happenings, made, texts
from tools.chat_model.skills.context import REFUSAL
from tools.chat_model.words import Words

MILL = """- about a mill
The [old|little] {name} mill mills {grain:rye|oats} on {weekday} [and|or] {weekday2}. {owner:person} runs it.
On {weekday} and {weekday2}, the {name} mill of {owner:person} mills {grain:rye|oats}.
? {owner} <- who [runs|owns] the mill? | whose is the {name} mill?
? {weekday2} <- when is there {grain} after {weekday}?
! how much is a sack?
= mill|mill_name {name}
= days* {weekday}; {weekday2}
= works_at_night* false"""


def words(seed: int = 1) -> Words:
    return Words(random.Random(seed), "train")


def ways(tree: grammar.Tree) -> list[str]:
    """All ways through the choices."""
    parts = [[part] if isinstance(part, str) else [way for one in part for way in ways(one)] for part in tree]
    return ["".join(way) for way in itertools.product(*parts)]


def test_a_block_is_read_with_its_tellings_questions_and_fields() -> None:
    one = texts.made(words(), texts.form_of(MILL))
    fields = dict(one.fields)
    owner, day = one.asks[0][1], one.asks[2][1]
    assert one.title == "about a mill"
    assert owner in one.text
    assert [answer for _, answer in one.asks] == [owner, owner, day]
    assert re.fullmatch(r"Who (runs|owns) the mill\?", one.asks[0][0])
    assert one.unasked == ("How much is a sack?",)
    assert fields["mill", "mill_name"] in one.text
    assert fields["days",][1] == day
    assert fields["works_at_night",] is False


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("- x\nThe {clown} is here.", "no sort"),
        ("- x\nThe {a:name} of {a:town}.", "no sort"),
        ("- x\n{a:b|c} and {a:b|d}.", "two lists"),
        ("- x\nIt is.\n? who is it?", "without an answer"),
    ],
)
def test_a_block_with_a_mistake_is_refused(block: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        texts.form_of(block)


def test_a_word_within_another_is_not_that_word() -> None:
    assert texts.place_of("art", "part of the art") == 12
    assert texts.place_of("$4", "it costs $4.") == 9
    assert texts.place_of("4", "at 14:40") == -1


def test_every_telling_holds_all_answers_and_fields() -> None:
    drawn = words()
    for form in texts.forms():
        assert len(form.asks) >= 4, form.title
        assert len(form.unasked) >= 2, form.title
        for telling in form.says:
            assert not set("{}[]|") & set(re.sub(r"{\w+}", "", grammar.said(telling, drawn.rng))), form.title
            one = texts.made(drawn, dataclasses.replace(form, says=(telling,)))
            assert len(one.asks) == len(form.asks), one.text
            assert len(one.fields) == len(form.fields), one.text


def test_titles_are_different_so_that_no_text_is_on_both_sides() -> None:
    titles = [form.title for form in texts.forms()]
    assert len(set(titles)) == len(titles)
    assert not {form.title for form in texts.forms_of("eval")} & {form.title for form in texts.forms_of("train")}
    assert len(texts.forms_of("eval")) >= 40


def test_texts_are_not_asked_as_the_evaluation_asks() -> None:
    lists = [getattr(happenings, f"_ASK_{name}") for name in ("WHO", "WHAT", "WHERE", "WHEN", "ABOUT")]
    lists += [attribute.questions for kind in KINDS for attribute in kind.attributes]
    kept = [grammar.plain(frame) for frames in lists for frame in grammar.kept_of(frames)]
    for form in texts.forms():
        asked = [way for tree in (*(tree for _, tree in form.asks), *form.unasked) for way in ways(tree)]
        assert [question for question in asked if grammar.holds(question, kept)] == []


def test_the_passages_written_by_hand_are_not_among_them() -> None:
    """No six words of them in a row."""

    def runs(text: str) -> set[str]:
        plain = re.findall(r"\w+", text.lower())
        return {" ".join(plain[at : at + 6]) for at in range(len(plain) - 5)}

    by_hand = set[str]().union(*(runs(passage.text) | runs(passage.question) for passage in PASSAGES))
    drawn = words()
    for form in texts.forms():
        for telling in form.says:
            one = texts.made(drawn, dataclasses.replace(form, says=(telling,)))
            asked = [question for question, _ in one.asks]
            assert by_hand & set[str]().union(*map(runs, (one.text, *asked))) == set(), one.text


@pytest.mark.parametrize(
    ("told", "number"),
    [("seven", 7), ("1,200", 1200), ("0", 0), ("007", None), ("3.4", None), ("3 days", None), ("038 133 8482", None)],
)
def test_only_whole_numbers_are_read_as_numbers(told: str, number: int | None) -> None:
    assert extract.number_of(told) == number


def test_a_reading_is_answered_from_its_text_or_refused() -> None:
    drawn = Words(random.Random(2), "eval")
    kinds = set()
    for _ in range(300):
        sample = made("reading", drawn)
        told = sample.messages[-2]["content"] if len(sample.messages) > 1 else sample.messages[-1]["content"]
        if sample.schema:
            jsonschema.validate(json.loads(sample.answer), dict(sample.schema))
            assert json.loads(sample.answer) == sample.want
            kinds.add("fields")
        elif sample.answer == REFUSAL:
            kinds.add("refusal")
        else:
            assert sample.answer in sample.want["sentence"]
            assert sample.answer in told
            kinds.add("answer")
    assert kinds == {"fields", "refusal", "answer"}
