"""A script's first matching rule answers; the examples of docs/echo.md do what the page says."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundfog import errors
from groundfog.engines.echo import EchoEngine
from groundfog.errors import GroundfogError
from groundfog.tasks import summarization, text_classification, visual_query
from groundfog.tasks.text_generation.types import Inputs, Message, Output
from tests.support.echo import LLAMA, answer, deltas, echo

PAGE = Path(__file__).parents[3] / "docs" / "echo.md"


@pytest.fixture
def documented(tmp_path: Path) -> EchoEngine:
    """An engine with the script of the documentation."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 1
    return scripted(tmp_path, blocks[0])


def scripted(folder: Path, toml: str, model_id: str = LLAMA) -> EchoEngine:
    path = folder / "script.toml"
    path.write_text(toml)
    return echo(model_id, script=path)


def ask(text: str) -> Inputs:
    return Inputs(messages=[Message("user", text)])


def said(engine: EchoEngine, text: str) -> str:
    output: Output = answer(engine, "text-generation", ask(text))
    return output.choices[0].text


def test_a_text_is_answered_as_it_stands(documented: EchoEngine) -> None:
    output = answer(documented, "text-generation", ask("What is the capital of France?"))
    assert output.choices[0].text == "Paris."
    assert output.choices[0].finish_reason == "stop"
    assert output.usage.completion_tokens == 2


def test_what_no_rule_matches_is_echoed(documented: EchoEngine) -> None:
    assert "groundfog's echo" in said(documented, "What is fog?")


def test_a_tool_is_called_for_the_models_of_the_rule(documented: EchoEngine, tmp_path: Path) -> None:
    choice = answer(documented, "text-generation", ask("The Weather?")).choices[0]
    assert [(call.name, json.loads(call.arguments)) for call in choice.tool_calls] == [("getWeather", {"city": "Oslo"})]
    assert choice.finish_reason == "tool_calls"
    other = echo("@cf/qwen/qwq-32b", script=tmp_path / "script.toml")
    assert answer(other, "text-generation", ask("The Weather?")).choices[0].tool_calls == []


def test_json_is_answered_as_text(documented: EchoEngine) -> None:
    assert json.loads(said(documented, "as a list, please")) == {"items": ["fog", "mist"]}


def test_the_first_call_fails_and_the_next_is_answered(documented: EchoEngine) -> None:
    with pytest.raises(GroundfogError) as caught:
        said(documented, "flaky")
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    assert said(documented, "flaky") == "Here I am."
    assert said(documented, "flaky") == "Here I am."


def test_a_stream_breaks_off_after_its_chunks(documented: EchoEngine) -> None:
    stream: Any = documented.stream("text-generation", ask("It breaks off"))
    assert [next(stream).text, next(stream).text] == ["This will ", "not "]
    with pytest.raises(GroundfogError) as caught:
        next(stream)
    assert caught.value.kind is errors.HOST_DIED
    with pytest.raises(GroundfogError):
        said(documented, "It breaks off")


async def test_chunks_come_one_by_one_after_their_delays(documented: EchoEngine) -> None:
    started = time.perf_counter()
    stream: Any = documented.stream("text-generation", ask("Count slowly"))
    parts = [delta async for delta in stream]
    assert [part.text for part in parts if part.text] == ["One, ", "two, ", "three."]
    assert parts[-1].finish_reason == "stop"
    assert time.perf_counter() - started >= 0.03


async def test_a_delayed_answer_comes_later(documented: EchoEngine) -> None:
    later: Any = documented.answer("text-generation", ask("Count slowly"))
    assert not isinstance(later, msgspec.Struct)
    assert (await later).choices[0].text == "One, two, three."


def test_other_tasks_take_a_text_or_a_whole_output(documented: EchoEngine) -> None:
    summary = answer(documented, "summarization", summarization.Inputs("A long text about fog."))
    assert summary.summary == "Fog, in short."
    labels = answer(documented, "text-classification", text_classification.Inputs("meh")).labels
    assert [label.score for label in labels] == [0.5, 0.5]


def test_a_scripted_caption_streams(tmp_path: Path) -> None:
    engine = scripted(tmp_path, '[[answer]]\ntask = "visual-query"\ntext = "A foggy pier."')
    parts = deltas(engine, "visual-query", visual_query.Inputs(task="caption", image=b"x"))
    assert "".join(part.text for part in parts) == "A foggy pier."
    assert parts[-1].finish_reason == "stop"


def test_contains_may_ask_for_several_texts_and_call_for_several_turns(tmp_path: Path) -> None:
    engine = scripted(tmp_path, '[[answer]]\ncontains = ["a", "b"]\ncall = [1, 3]\ntext = "both"')
    heard = [said(engine, text) == "both" for text in ("only a", "a b", "b a", "ab", "ab")]
    assert heard == [False, True, False, True, False]


def test_an_error_may_have_a_message_of_its_own(tmp_path: Path) -> None:
    engine = scripted(tmp_path, '[[answer]]\nerror = 3030\nmessage = "Input prompt contains NSFW content"')
    with pytest.raises(GroundfogError) as caught:
        said(engine, "x")
    assert caught.value.description == "Input prompt contains NSFW content"


def test_reasoning_and_finish_reason_are_scripted_too(tmp_path: Path) -> None:
    engine = scripted(tmp_path, '[[answer]]\ntext = "42"\nreasoning = "Six by nine"\nfinish_reason = "length"')
    output = answer(engine, "text-generation", ask("x"))
    choice = output.choices[0]
    assert (choice.text, choice.reasoning, choice.finish_reason) == ("42", "Six by nine", "length")
    assert output.usage.reasoning_tokens == 3


def test_a_rule_that_does_not_say_what_a_task_needs_is_an_error(tmp_path: Path) -> None:
    engine = scripted(tmp_path, '[[answer]]\ntext = "x"')
    with pytest.raises(GroundfogError) as caught:
        answer(engine, "text-classification", text_classification.Inputs("meh"))
    assert "needs `output`" in caught.value.description


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[[answer]]\nanswer = 1", "answer"),
        ("[[answer]]\nerror = 1", "error 1"),
        ("[[answer]]\ndelay = 'long'", "delay"),
        ("[[answer]]\nmatches = '('", "unterminated"),
        ("[[answer", "end of document"),
    ],
)
def test_a_script_that_cannot_be_read_says_why(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(GroundfogError) as caught:
        scripted(tmp_path, toml)
    assert caught.value.kind is errors.BAD_MODEL_FILE
    assert named in caught.value.description


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GroundfogError) as caught:
        echo(script=tmp_path / "missing.toml")
    assert "missing.toml" in caught.value.description
