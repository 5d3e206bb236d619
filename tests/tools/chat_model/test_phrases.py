"""Wordings that are put together: many, the same every time, and none that evaluation asks with."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence

import jsonschema
import pytest

from tools.chat_model.phrases import grammar
from tools.chat_model.sample import CALL, CALL_END, Sample
from tools.chat_model.skills import behave, classify, converse, knowledge, made, rewrite, tools
from tools.chat_model.words import Words

LISTS: dict[str, Sequence[str]] = {
    "upper": rewrite.UPPER,
    "lower": rewrite.LOWER,
    "bullets": rewrite.BULLETS,
    "first": rewrite.FIRST,
    "digits": rewrite.DIGITS,
    "repeat": rewrite.REPEAT,
    "views": classify.VIEWS,
    "feelings": classify.FEELINGS,
    "about": classify.ABOUT,
    "labels": classify.ASKS,
    "sentiment": classify.MEANT,
    "topic": classify.SUBJECTS,
    "yes or no": classify.YES_NO,
    "classifier": classify.SYSTEMS,
    "greetings": converse.GREETINGS,
    "thanks": converse.THANKS,
    "byes": converse.BYES,
    "who": converse.WHOS,
    "world": converse.WORLD,
    "facts": knowledge.QUESTIONS,
    "persona": behave.PERSONAS,
    **{f"style {style}": frames for style, frames in behave.STYLES.items()},
    **{f"telling {key}": frames for key, frames in converse.TELLS.items()},
    **{f"recalling {key}": frames for key, frames in converse.RECALLS.items()},
    **{f"tool {tool.names[0]}": tool.asks for tool in tools.TOOLS},
}
SIDES = (classify.VIEWS, classify.FEELINGS, classify.ABOUT)
"""Lists whose kept wordings no other list of texts may hold either."""
BESIDE: tuple[tuple[str, Sequence[str], Sequence[Sequence[str]]], ...] = (
    ("but", classify.BUT, SIDES),
    ("not", classify.NOT, SIDES),
    ("not liked", classify.UNLIKED, SIDES),
    ("given", classify.GIVEN, (classify.ASKS, classify.MEANT, classify.SUBJECTS)),
    ("asked of anything", tools.MORE_GENERIC, (tools.GENERIC_ASKS,)),
    *((f"tool {tool.names[0]}", tool.asks, (tools.KEPT,)) for tool in tools.MORE),
)


def trained(frames: Sequence[str]) -> list[str]:
    return Words(random.Random(1), "train").side(frames)


@pytest.mark.parametrize("name", LISTS)
def test_training_has_hundreds_of_wordings_and_none_of_the_evaluations(name: str) -> None:
    frames = LISTS[name]
    kept = [grammar.plain(frame) for frame in grammar.kept_of(frames)]
    assert kept
    own = set(trained(frames))
    assert len(own) >= 200
    assert [frame for frame in own if grammar.holds(frame, kept)] == []


@pytest.mark.parametrize(("name", "frames", "others"), BESIDE)
def test_no_other_list_holds_the_evaluations_wordings(
    name: str, frames: Sequence[str], others: Sequence[Sequence[str]]
) -> None:
    kept = [
        grammar.plain(frame) for other in others for frame in (other if other is tools.KEPT else grammar.kept_of(other))
    ]
    assert [frame for frame in frames if grammar.holds(frame, kept)] == []


def test_tools_of_the_evaluation_keep_their_wordings() -> None:
    asked = Words(random.Random(1), "eval")
    assert asked.side(tools.TOOLS[0].asks) == ["Do I need an umbrella in {city}?", "Tell me the weather in {city}."]


@pytest.mark.parametrize(
    ("wording", "kept"),
    [
        ("put THIS in capitals - {x}", "Put this in capitals: {t}"),
        ("Hello, put this in capitals, please: {t}", "Put this in capitals: {t}"),
        ("hey", "Hey!"),
        ("so, what's your name then?", "What is your name?"),
        ("Say the number {t} as a word. Say {t} as a word", "Say {t} as a word."),
    ],
)
def test_a_kept_wording_is_seen_in_other_clothes(wording: str, kept: str) -> None:
    assert grammar.holds(wording, [grammar.plain(kept)])


@pytest.mark.parametrize(
    ("wording", "kept"),
    [
        ("Hey there", "Hey!"),
        ("Put it in capitals: {t}", "Put this in capitals: {t}"),
        ("Say {t} now", "Say {t} as a word."),
    ],
)
def test_another_wording_is_another(wording: str, kept: str) -> None:
    assert not grammar.holds(wording, [grammar.plain(kept)])


def test_a_grammar_gives_all_its_ways_and_the_same_every_time() -> None:
    lines = "[put|write] {t} [down|up [now|later]]."
    frames = grammar.drawn(lines, (), 400)
    assert frames == grammar.drawn(lines, (), 400)
    said = {grammar.plain(frame) for frame in frames}
    assert said == {f"{verb} _ {where}" for verb in ("put", "write") for where in ("down", "up now", "up later")}


def test_a_choice_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        grammar.parsed("put [this|that")


def turns(sample: Sample) -> list[tuple[str, str]]:
    """What was asked and what was answered, turn by turn."""
    said = [*sample.messages, {"role": "assistant", "content": sample.answer}]
    return [
        (before["content"], after["content"])
        for before, after in itertools.pairwise(said)
        if before["role"] == "user" and after["role"] == "assistant"
    ]


def test_every_call_of_a_dialogue_fits_a_described_tool() -> None:
    drawn, calls = Words(random.Random(2), "train"), 0
    for _ in range(300):
        sample = made("tools", drawn)
        assert len({tool["name"] for tool in sample.tools}) == len(sample.tools)
        called = [call for turn in sample.messages for call in turn.get("tool_calls", ())]
        if sample.answer.startswith(CALL):
            called.append(json.loads(sample.answer.removeprefix(CALL).removesuffix(CALL_END)))
        for call in called:
            tool = next(tool for tool in sample.tools if tool["name"] == call["name"])
            jsonschema.validate(call["arguments"], tool["parameters"])
            calls += 1
    assert calls > 300


def test_every_label_stands_in_the_dialogue_before_it() -> None:
    drawn = Words(random.Random(3), "train")
    for _ in range(300):
        sample = classify.make(drawn)
        before = " ".join(turn["content"] for turn in sample.messages if turn["role"] != "assistant").lower()
        for _, label in turns(sample):
            if label not in ("yes", "no"):
                assert label.lower() in before


def test_what_is_told_again_was_told_before() -> None:
    drawn = Words(random.Random(4), "train")
    for _ in range(200):
        sample = converse.remembered_often(drawn)
        if sample.answer != converse.MISSING:
            told = " ".join(turn["content"] for turn in sample.messages if turn["role"] == "user")
            assert sample.want[0] in told
            assert sample.want[0] in sample.answer


def test_rewritten_texts_are_made_of_what_was_given() -> None:
    drawn = Words(random.Random(5), "train")
    for _ in range(300):
        for asked, answer in turns(rewrite.make(drawn)):
            for line in answer.splitlines():
                assert line.removeprefix("- ").lower() in asked.lower() or any(letter.isdigit() for letter in asked)


def test_a_style_holds_for_every_answer() -> None:
    drawn = Words(random.Random(6), "train")
    for _ in range(200):
        sample = behave.make(drawn)
        for _, answer in turns(sample):
            style, sign = sample.want["style"], sample.want["sign"]
            if style in ("upper", "lower"):
                assert answer == (answer.upper() if style == "upper" else answer.lower())
            if style in ("start", "end"):
                assert answer.startswith(sign) if style == "start" else answer.endswith(sign)
