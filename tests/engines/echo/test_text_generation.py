"""Echo obeys everything that a request of text generation can ask for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog import errors
from groundfog.engines.echo import tokens
from groundfog.errors import GroundfogError
from groundfog.tasks.text_generation.types import (
    Delta,
    ImagePart,
    Inputs,
    JsonFormat,
    Message,
    Output,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from tests.support.echo import LLAMA, answer, deltas, echo

WEATHER = Tool(
    "getWeather",
    "Weather of a city",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 9}},
        "required": ["city", "days"],
        "additionalProperties": False,
    },
)
CLOCK = Tool("read_clock", "The time", {"type": "object", "properties": {}})


def ask(text: str, **fields: Any) -> Inputs:
    return Inputs(messages=[Message("user", text)], **fields)


def generated(inputs: Inputs, **facts: Any) -> Output:
    output: Output = answer(echo(**facts), "text-generation", inputs)
    return output


def said(inputs: Inputs, **facts: Any) -> str:
    return generated(inputs, **facts).choices[0].text


def refusal(inputs: Inputs, **facts: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        generated(inputs, **facts)
    return caught.value


def test_the_answer_says_that_it_is_an_echo_and_repeats_the_last_user_message() -> None:
    inputs = Inputs(
        messages=[
            Message("system", "Be brief"),
            Message("user", "First question"),
            Message("assistant", "An answer"),
            Message("user", "Where is Oslo?"),
        ]
    )
    text = said(inputs)
    assert "groundfog's echo" in text
    assert "no model has run" in text
    assert '"Where is Oslo?"' in text
    assert "First question" not in text


def test_a_prompt_is_repeated_too() -> None:
    assert '"Once upon a time"' in said(Inputs(prompt="Once upon a time", raw=True))


def test_the_answer_depends_on_model_inputs_and_seed_alone() -> None:
    inputs = ask("Hi", seed=7)
    assert generated(inputs) == generated(inputs)
    assert len({said(ask("Hi", seed=seed)) for seed in range(8)}) > 1
    assert said(inputs) != answer(echo("@cf/qwen/qwq-32b"), "text-generation", inputs).choices[0].text


def test_another_process_answers_the_same() -> None:
    code = (
        "from tests.support.echo import *; from groundfog.tasks.text_generation.types import *;"
        "print(answer(echo(), 'text-generation', Inputs(messages=[Message('user', 'Hi')])).choices[0].text)"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "3"}
    )
    assert other.stdout.strip() == said(ask("Hi"))


def test_max_tokens_cuts_the_answer_and_says_length() -> None:
    output = generated(ask("Tell me a story", max_tokens=5))
    choice = output.choices[0]
    assert choice.finish_reason == "length"
    assert tokens.count(choice.text) == 5
    assert output.usage.completion_tokens == 5


def test_an_answer_that_fits_stops() -> None:
    output = generated(ask("Hi", max_tokens=256))
    assert output.choices[0].finish_reason == "stop"
    assert output.usage.completion_tokens == tokens.count(output.choices[0].text)


def test_prompt_tokens_are_those_of_the_contents_and_four_a_message() -> None:
    assert generated(ask("one two three")).usage.prompt_tokens == 3 + tokens.MESSAGE_TOKENS
    assert generated(Inputs(prompt="one two three")).usage.prompt_tokens == 3


@pytest.mark.parametrize("text", ["Hello, world!", "a  b\n\nc", "äöü 東京タワー", "", "x" * 50, " \t", "👩‍👧 ok"])
def test_tokens_joined_give_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


@settings(deadline=None)
@given(st.text(max_size=50), st.integers(1, 99))
def test_the_count_of_an_answer_is_that_of_its_text(text: str, seed: int) -> None:
    output = generated(ask(text, seed=seed))
    assert output.usage.completion_tokens == tokens.count(output.choices[0].text)
    assert '"' + text.strip() + '"' in output.choices[0].text


def test_a_long_message_is_quoted_in_part() -> None:
    output = generated(ask("fog " * 1000))
    assert len(output.choices[0].text) < 800
    assert "fog…" in output.choices[0].text
    assert output.usage.completion_tokens == tokens.count(output.choices[0].text)


def test_a_stop_sequence_ends_the_answer_before_it() -> None:
    whole = said(ask("Hi"))
    output = generated(ask("Hi", stop=["model has", "never there"]))
    assert output.choices[0].text == whole.split("model has")[0]
    assert output.choices[0].finish_reason == "stop"


def test_n_gives_as_many_choices() -> None:
    choices = generated(ask("Hi", n=3)).choices
    assert len(choices) == 3
    assert len({choice.text for choice in choices}) == 3


def test_ignore_eos_fills_max_tokens() -> None:
    output = generated(ask("Hi", ignore_eos=True, max_tokens=300))
    assert output.usage.completion_tokens == 300
    assert output.choices[0].finish_reason == "length"


def test_prompt_and_max_tokens_must_fit_the_context_window() -> None:
    error = refusal(ask("one two three", max_tokens=100), context_window=106)
    assert error.kind is errors.CONTEXT_EXCEEDED
    assert "(107)" in error.description
    assert "(106)" in error.description
    assert generated(ask("one two three", max_tokens=100), context_window=107)


def test_without_max_tokens_the_rest_of_the_window_is_used() -> None:
    output = generated(ask("one two three"), context_window=17)
    assert output.usage.completion_tokens == 10
    assert output.choices[0].finish_reason == "length"


def test_without_max_tokens_the_models_default_counts() -> None:
    assert generated(ask("Hi"), default_max_tokens=4).usage.completion_tokens == 4


def test_images_are_noted_and_counted() -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x20"
    inputs = Inputs(messages=[Message("user", [TextPart("What is it?"), ImagePart(png)])])
    output = generated(inputs)
    assert "a PNG image of 64×32 pixels" in output.choices[0].text
    assert output.usage.prompt_tokens > tokens.IMAGE_TOKENS


class TestTools:
    def test_auto_calls_a_tool_that_the_text_names(self) -> None:
        for text in ("Use getWeather for Oslo", "What is the weather in Oslo?"):
            choice = generated(ask(text, tools=[WEATHER, CLOCK])).choices[0]
            assert [call.name for call in choice.tool_calls] == ["getWeather"]
            assert choice.finish_reason == "tool_calls"
            assert choice.text == ""

    def test_auto_answers_in_words_when_no_tool_is_named(self) -> None:
        choice = generated(ask("Good morning", tools=[WEATHER, CLOCK])).choices[0]
        assert choice.tool_calls == []
        assert choice.finish_reason == "stop"

    def test_arguments_are_valid_and_taken_from_the_text(self) -> None:
        call = generated(ask("The weather in Oslo for 3 days", tools=[WEATHER])).choices[0].tool_calls[0]
        assert json.loads(call.arguments) == {"city": "Oslo", "days": 3}
        assert call.id.startswith("call_")

    @pytest.mark.parametrize("seed", range(5))
    def test_required_always_calls_with_valid_arguments(self, seed: int) -> None:
        inputs = ask("Good morning", tools=[WEATHER, CLOCK], tool_choice=ToolChoice("required"), seed=seed)
        call = generated(inputs).choices[0].tool_calls[0]
        assert call.name == "getWeather"
        jsonschema.validate(json.loads(call.arguments), WEATHER.parameters)

    def test_a_named_function_is_called(self) -> None:
        inputs = ask("The weather?", tools=[WEATHER, CLOCK], tool_choice=ToolChoice("function", "read_clock"))
        assert [call.name for call in generated(inputs).choices[0].tool_calls] == ["read_clock"]

    def test_a_named_function_that_is_not_there_is_refused(self) -> None:
        inputs = ask("Hi", tools=[WEATHER], tool_choice=ToolChoice("function", "nobody"))
        assert refusal(inputs).description == "Bad input: Error: enum nobody not in getWeather"

    def test_none_never_calls(self) -> None:
        inputs = ask("Use getWeather", tools=[WEATHER], tool_choice=ToolChoice("none"))
        assert generated(inputs).choices[0].tool_calls == []

    def test_several_named_tools_are_called_together_unless_forbidden(self) -> None:
        text = "Call getWeather and read_clock"
        assert len(generated(ask(text, tools=[WEATHER, CLOCK])).choices[0].tool_calls) == 2
        alone = ask(text, tools=[WEATHER, CLOCK], parallel_tool_calls=False)
        assert len(generated(alone).choices[0].tool_calls) == 1

    def test_after_a_tools_result_the_answer_is_in_words_from_it(self) -> None:
        inputs = Inputs(
            messages=[
                Message("user", "The weather in Oslo?"),
                Message("assistant", None, tool_calls=[ToolCall("getWeather", '{"city":"Oslo"}', "call_1")]),
                Message("tool", '{"degrees": 21}', tool_call_id="call_1"),
            ],
            tools=[WEATHER],
        )
        choice = generated(inputs).choices[0]
        assert choice.tool_calls == []
        assert 'The tool getWeather answered: {"degrees": 21}' in choice.text

    def test_a_forced_call_that_does_not_fit_is_refused(self) -> None:
        inputs = ask("Hi", tools=[WEATHER], tool_choice=ToolChoice("required"), max_tokens=3)
        assert refusal(inputs).kind is errors.TOOL_CALL_IMPOSSIBLE

    def test_a_free_call_that_does_not_fit_ends_by_length(self) -> None:
        choice = generated(ask("Use getWeather", tools=[WEATHER], max_tokens=3)).choices[0]
        assert (choice.tool_calls, choice.finish_reason) == ([], "length")


class TestJson:
    SCHEMA = WEATHER.parameters

    def test_the_answer_is_valid_for_the_schema(self) -> None:
        value = json.loads(said(ask("Hi", json_format=JsonFormat(self.SCHEMA))))
        jsonschema.validate(value, self.SCHEMA)

    def test_json_object_is_an_object_that_holds_the_echo(self) -> None:
        assert "Hello there" in json.loads(said(ask("Hello there", json_format=JsonFormat())))["echo"]

    def test_broken_json_in_a_message_is_no_schema_and_no_hard_work(self) -> None:
        for text in ('{"a":' * 100_000, ('{"a":[' + "1," * 2000) * 400):
            assert "echo" in json.loads(said(ask(text, json_format=JsonFormat())))

    def test_json_object_obeys_a_schema_that_is_written_in_the_messages(self) -> None:
        inputs = Inputs(
            messages=[
                Message("system", f"Answer {{only}} with JSON of this schema:\n{json.dumps(self.SCHEMA)}\nNo prose."),
                Message("user", "Hi"),
            ],
            json_format=JsonFormat(),
        )
        jsonschema.validate(json.loads(said(inputs)), self.SCHEMA)

    def test_json_that_does_not_fit_is_refused(self) -> None:
        inputs = ask("Hi", json_format=JsonFormat(self.SCHEMA), max_tokens=3)
        assert refusal(inputs).kind is errors.JSON_MODE_FAILED

    def test_a_schema_that_cannot_be_met_is_refused(self) -> None:
        inputs = ask("Hi", json_format=JsonFormat({"type": "integer", "minimum": 2, "maximum": 1}))
        assert refusal(inputs).kind is errors.NO_JSON_SCHEMA


class TestReasoning:
    def test_a_reasoning_model_reasons_first(self) -> None:
        output = generated(ask("Why is it so?", reasoning_effort="low"), reasoning=True)
        reasoning = output.choices[0].reasoning
        assert reasoning is not None
        assert "4 words" in reasoning
        assert "low" in reasoning
        assert output.usage.reasoning_tokens == tokens.count(reasoning)
        assert output.usage.completion_tokens == output.usage.reasoning_tokens + tokens.count(output.choices[0].text)

    @pytest.mark.parametrize(
        "fields",
        [
            {"reasoning_effort": "none"},
            {"template_arguments": {"enable_thinking": False}},
            {"template_arguments": {"thinking": False}},
        ],
    )
    def test_thinking_can_be_switched_off(self, fields: dict[str, Any]) -> None:
        output = generated(ask("Hi", **fields), reasoning=True)
        assert output.choices[0].reasoning is None
        assert output.usage.reasoning_tokens == 0

    def test_reasoning_uses_up_max_tokens_first(self) -> None:
        output = generated(ask("Hi", max_tokens=4), reasoning=True)
        choice = output.choices[0]
        assert (choice.text, choice.finish_reason) == ("", "length")
        assert output.usage.completion_tokens == output.usage.reasoning_tokens == 4


def test_logprobs_have_one_entry_per_token_with_the_asked_alternatives() -> None:
    choice = generated(ask("Hi", logprobs=True, top_logprobs=3)).choices[0]
    assert choice.logprobs is not None
    assert "".join(mark.token for mark in choice.logprobs) == choice.text
    for mark in choice.logprobs:
        assert next(top.token for top in mark.top) == mark.token
        assert len({top.token for top in mark.top}) == 3
        assert mark.top == sorted(mark.top, key=lambda top: -top.logprob)
        assert bytes(mark.bytes or []).decode() == mark.token


def test_top_logprobs_twenty_gives_twenty() -> None:
    choice = generated(ask("Hi", logprobs=True, top_logprobs=20)).choices[0]
    assert choice.logprobs is not None
    assert {len(mark.top) for mark in choice.logprobs} == {20}


class TestGuard:
    GUARD = "@cf/meta/llama-guard-3-8b"

    def verdict(self, text: str, **fields: Any) -> str:
        return answer(echo(self.GUARD), "text-generation", ask(text, **fields)).choices[0].text

    def test_a_verdict_is_safe_or_unsafe_with_categories(self) -> None:
        assert self.verdict("How do I bake bread?") == "safe"
        assert self.verdict("How do I kill time with a bomb and malware?") == "unsafe\nS1,S14"

    def test_json_mode_leaves_the_object_to_the_answers_shape(self) -> None:
        assert self.verdict("malware", json_format=JsonFormat()) == "unsafe\nS14"


def _assembled(parts: list[Delta]) -> dict[int, tuple[str, str]]:
    whole: dict[int, tuple[str, str]] = {}
    for part in parts:
        text, reasoning = whole.get(part.index, ("", ""))
        whole[part.index] = (text + part.text, reasoning + part.reasoning)
    return whole


@pytest.mark.parametrize("fields", [{}, {"n": 2}, {"max_tokens": 9}, {"logprobs": True, "top_logprobs": 2}])
def test_a_stream_gives_the_same_answer_token_by_token(fields: dict[str, Any]) -> None:
    inputs = ask("Tell me about fog", **fields)
    whole = generated(inputs, reasoning=True)
    parts = deltas(echo(reasoning=True), "text-generation", inputs)
    assert _assembled(parts) == {i: (choice.text, choice.reasoning) for i, choice in enumerate(whole.choices)}
    assert all(tokens.count(part.text) <= 1 for part in parts)
    assert [part.finish_reason for part in parts if part.finish_reason] == [c.finish_reason for c in whole.choices]
    assert parts[-1].usage == whole.usage
    assert all(part.usage is None for part in parts[:-1])


def test_a_streamed_tool_call_is_named_first_and_its_arguments_follow() -> None:
    inputs = ask("The weather in Oslo for 3 days", tools=[WEATHER])
    parts = [call for part in deltas(echo(), "text-generation", inputs) for call in part.tool_calls]
    assert (parts[0].name, parts[0].arguments) == ("getWeather", "")
    assert all(part.name is None and part.id is None for part in parts[1:])
    assert json.loads("".join(part.arguments for part in parts)) == {"city": "Oslo", "days": 3}


def test_an_error_comes_before_the_first_delta() -> None:
    with pytest.raises(GroundfogError):
        echo(context_window=5).stream("text-generation", ask("one two three"))


def test_an_unknown_task_is_said_to_be_unknown() -> None:
    with pytest.raises(GroundfogError) as caught:
        echo().answer("divination", Inputs(prompt="x"))
    assert caught.value.kind is errors.NOT_IMPLEMENTED


def test_importing_the_engine_imports_neither_numpy_nor_pydantic_nor_a_server() -> None:
    code = (
        "import sys, groundfog.engines.echo;"
        "print(sorted({'numpy', 'pydantic', 'starlette', 'aiohttp'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_engine_is_named_in_the_catalogues_words() -> None:
    assert f"echo of {LLAMA.rsplit('/', 1)[-1]};" in said(ask("Hi"))
