"""What the generator draws: right answers, and an evaluation that training has not seen."""

from __future__ import annotations

import json
import random
import re

import jsonschema
import pytest

from tools.chat_model import strange
from tools.chat_model.evaluate import cases
from tools.chat_model.facts import KINDS, Attribute
from tools.chat_model.phrases import grammar
from tools.chat_model.sample import CALL, CALL_END, call_text, written
from tools.chat_model.scoring import GOALS, RULES, loops
from tools.chat_model.skills import SKILLS, draw, happenings, made, notes, prose
from tools.chat_model.skills.knowledge import FACTS
from tools.chat_model.words import Words, split_of


def words(split: str = "train", seed: int = 7) -> Words:
    return Words(random.Random(seed), "eval" if split == "eval" else "train")


def test_names_of_the_evaluation_are_never_drawn_for_training() -> None:
    for split in ("train", "eval"):
        drawn = words(split)
        for make in (drawn.town, drawn.brand, drawn.noun, drawn.odd):
            assert {split_of(make()) for _ in range(50)} == {split}


def test_wordings_of_the_evaluation_are_never_drawn_for_training() -> None:
    for kind in KINDS:
        for attribute in kind.attributes:
            for wordings in (attribute.statements, attribute.questions):
                train, kept = words("train").side(wordings), words("eval").side(wordings)
                assert train
                assert kept
                assert not set(train) & set(kept), (kind.name, attribute.key)


def test_wordings_that_are_put_together_leave_out_those_of_the_evaluation() -> None:
    drawn = words()
    for kind in KINDS:
        for attribute in kind.attributes:
            kept = [*words("eval").side(attribute.statements), *words("eval").side(attribute.questions)]
            plain = [re.sub(r"[^a-z{} ]", "", wording.lower()) for wording in kept]
            made_up = [attribute.asked(drawn) for _ in range(60)] + [
                attribute.said(drawn, first=True) for _ in range(60)
            ]
            assert len(set(made_up)) > 50, attribute.relation
            for wording in made_up:
                shown = re.sub(r"[^a-z{} ]", "", wording.lower())
                assert not any(one in shown for one in plain), wording


OBVIOUS = {
    "person town": "Where does {e} live?",
    "person job": "What does {e} do for a living?",
    "person employer": "Where does {e} work?",
    "person email": "What is the e-mail address of {e}?",
    "person phone": "What is the phone number of {e}?",
    "person age": "How old is {e}?",
    "person language": "What language does {e} speak?",
    "person hobby": "What does {e} enjoy?",
    "person pet": "What pet does {e} have?",
    "company founded": "When was {e} founded?",
    "company boss": "Who runs {e}?",
    "company town": "Where is {e}?",
    "company staff": "How many people work at {e}?",
    "company product": "What does {e} make?",
    "product price": "How much does {e} cost?",
    "product colour": "What colour is {e}?",
    "product weight": "How heavy is {e}?",
    "product material": "What is {e} made of?",
    "product warranty": "How long is the warranty of {e}?",
    "event date": "When is {e}?",
    "event time": "When does {e} start?",
    "event place": "Where is {e}?",
    "event host": "Who organises {e}?",
    "event guests": "How many people come to {e}?",
    "place opens": "When does {e} open?",
    "place closed": "When is {e} closed?",
    "place ticket": "How much is a ticket for {e}?",
    "place built": "When was {e} built?",
    "place street": "Where is {e}?",
}


@pytest.mark.parametrize("attribute", [one for kind in KINDS for one in kind.attributes], ids=lambda one: one.relation)
def test_training_often_asks_for_a_fact_as_one_asks_first(attribute: Attribute) -> None:
    drawn = words()
    asked = [attribute.asked(drawn).strip("?.! ").lower() for _ in range(1500)]
    wanted = OBVIOUS[attribute.relation].strip("?").lower()
    assert sum(one.endswith(wanted) for one in asked) >= 5


def test_notes_hold_their_answers_and_fields() -> None:
    drawn = words()
    for _ in range(2000):
        note = notes.made(drawn)
        assert note.asks, note.text
        assert all(answer.lower() in note.text.lower() for _, answer in note.asks)
        assert all(value.lower() in note.text.lower() for value in note.fields.values())


def test_the_same_seed_draws_the_same_dialogues() -> None:
    first, again, other = ([written(draw(random.Random(seed))) for _ in range(3)] for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert cases("context", 5) == cases("context", 5)


def test_context_answers_stand_in_the_context() -> None:
    drawn = words()
    for _ in range(200):
        sample = made("context", drawn)
        if not sample.want["refusal"]:
            texts = [turn["content"].lower() for turn in sample.messages if turn["role"] != "assistant"]
            assert any(sample.want["sentence"].lower() in text for text in texts)
            assert sample.answer.lower() in sample.want["sentence"].lower()


def test_what_is_asked_beside_a_question_is_another_and_its_words_are_not_all_told() -> None:
    drawn = words()
    for _ in range(300):
        ones = [happenings.made(drawn) for _ in range(3)]
        question, answer, near = ones[0].twin(drawn, ones[0].sentence(drawn), ones)
        assert answer
        assert near != question
        note = notes.made(drawn)
        question, answer, near = note.twin(drawn)
        assert answer.lower() in note.text.lower()
        assert near != question


def test_a_happening_tells_all_that_it_has() -> None:
    drawn = words()
    for _ in range(500):
        one = happenings.made(drawn)
        told = one.sentence(drawn).lower()
        assert all(part.lower() in told for part in (one.who, one.what, one.where, one.when)), told
        assert not set("{}") & set(told)


@pytest.mark.parametrize("name", ["WHO", "WHAT", "WHERE", "WHEN", "ABOUT"])
def test_happenings_are_asked_for_in_hundreds_of_wordings_but_not_in_those_of_the_evaluation(name: str) -> None:
    frames = getattr(happenings, f"_ASK_{name}")
    kept = [grammar.plain(frame) for frame in grammar.kept_of(frames)]
    own = set(words().side(frames))
    assert len(own) >= 200
    assert [frame for frame in own if grammar.holds(frame, kept)] == []


def test_notes_are_not_asked_for_as_the_evaluation_asks() -> None:
    lists = [getattr(happenings, f"_ASK_{name}") for name in ("WHO", "WHAT", "WHERE", "WHEN", "ABOUT")]
    lists += [attribute.questions for kind in KINDS for attribute in kind.attributes]
    kept = [grammar.plain(frame) for frames in lists for frame in grammar.kept_of(frames)]
    assert [frame for form in notes.forms() for _, frame in form.asks if grammar.holds(frame, kept)] == []


def test_a_training_refuses_a_third_of_its_questions() -> None:
    drawn = words()
    turns = [turn["content"] for _ in range(500) for turn in made("context", drawn).messages if turn["role"] != "user"]
    answers = [turn for turn in turns if len(turn) < 100]
    assert 0.25 < sum("does not say" in turn for turn in answers) / len(answers) < 0.42


def test_extracted_answers_hold_the_schema_and_stand_in_the_text() -> None:
    drawn = words()
    for _ in range(200):
        sample = made("extract", drawn)
        assert sample.schema is not None
        found = json.loads(sample.answer)
        jsonschema.validate(found, dict(sample.schema))
        assert found == sample.want
        text = " ".join(turn["content"] for turn in sample.messages if turn["role"] != "assistant").lower()
        for value in found.values():
            for one in value if isinstance(value, list) else [value]:
                # Numbers may be written in words or with commas, and what is true need not say "true".
                assert not isinstance(one, str) or one.lower() in text


def test_prose_holds_its_values_under_names_that_mean_one_thing() -> None:
    drawn = words()
    for _ in range(1000):
        text, properties, data = prose.made(drawn)
        assert properties.keys() == data.keys()
        assert data
        jsonschema.validate(data, {"type": "object", "properties": properties, "required": list(properties)})
        for value in data.values():
            assert not isinstance(value, str) or (value and value in text), text


def test_names_of_every_shape_are_of_one_side() -> None:
    drawn = words()
    assert {split_of(strange.word(drawn)) for _ in range(200)} == {"train"}
    assert len({strange.name(drawn) for _ in range(500)}) > 480


def test_calls_name_a_described_tool_and_fit_its_parameters() -> None:
    drawn = words()
    for _ in range(200):
        sample = made("tools", drawn)
        if sample.answer.startswith(CALL):
            call = json.loads(sample.answer.removeprefix(CALL).removesuffix(CALL_END))
            tool = next(tool for tool in sample.tools if tool["name"] == call["name"])
            jsonschema.validate(call["arguments"], tool["parameters"])
            assert call == sample.want


def test_labels_are_among_those_that_the_prompt_names() -> None:
    drawn = words()
    for _ in range(200):
        sample = made("classify", drawn)
        assert (
            sample.answer in ("yes", "no")
            or sample.answer.lower() in " ".join(turn["content"] for turn in sample.messages).lower()
        )


def test_facts_are_as_many_as_promised_and_hold_their_key_words() -> None:
    assert len(FACTS) >= 150
    assert all(key in answer for _, answer, keys in FACTS for key in keys)


def test_every_skill_has_a_rule_and_a_goal() -> None:
    assert set(RULES) == set(SKILLS) - {"reading"}
    assert {skill for skill, _ in GOALS} == {*SKILLS, "all"} - {"reading"}


@pytest.mark.parametrize("text", ["no no no no no no no", "a b c d a b c d a b c d", "so it is " * 12])
def test_a_loop_is_seen(text: str) -> None:
    assert loops(text)


def test_a_list_is_no_loop() -> None:
    assert not loops("- rice\n- milk\n- salt\n- oats\n- beans\n- plums")


def test_a_call_is_written_with_numbers_as_templates_write_them() -> None:
    text = call_text("heat", {"degrees": 15.0, "steps": [1.5, 2.0], "on": True, "to": {"most": 1.0}})
    assert '{"degrees": 15, "steps": [1.5, 2], "on": true, "to": {"most": 1}}' in text
