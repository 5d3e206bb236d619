"""Which form a native request is, and what each form refuses (spec §3.1, §3.3, §5.3)."""

from __future__ import annotations

import pytest

from groundfog.tasks import BinaryBody, FormBody, Policy
from groundfog.tasks.text_generation import TASK, Inputs, facts
from tests.support.text_generation import CHAT, CLASSIC, GPT_OSS, GUARD, VISION, model, read, refusal, user


def test_a_prompt_of_a_classic_model_has_the_classic_form_and_256_tokens() -> None:
    inputs = read(CLASSIC, prompt="hi")
    assert (inputs.form, inputs.prompt, inputs.max_tokens) == ("classic", "hi", 256)


@pytest.mark.parametrize(
    ("name", "default"),
    [(CLASSIC, 0.6), ("@cf/mistralai/mistral-small-3.1-24b-instruct", 0.15), (CHAT, None)],
)
def test_the_temperature_that_nobody_gave_is_the_models(name: str, default: float | None) -> None:
    assert read(name, messages=user()).temperature is None
    assert facts.default_temperature(model(name)) == default
    assert read(name, messages=user(), temperature=0).temperature == 0
    published = [
        branch["properties"]["temperature"].get("default") for branch in TASK.input_schema(model(name))["oneOf"]
    ]
    assert published == [default, default]


def test_messages_of_a_chat_model_may_fill_the_context_window() -> None:
    inputs = read(CHAT, messages=user())
    assert (inputs.form, inputs.max_tokens, inputs.prompt) == ("chat", None, None)
    assert [(turn.role, turn.content) for turn in inputs.messages] == [("user", "hi")]


def test_a_prompt_of_a_chat_model_is_completed() -> None:
    inputs = read(CHAT, prompt="hi")
    assert (inputs.form, inputs.prompt, inputs.raw) == ("completion", "hi", False)


@pytest.mark.parametrize(
    ("body", "form"), [({"input": "hi"}, "responses"), ({"messages": user()}, "chat"), ({"prompt": "hi"}, "completion")]
)
def test_gpt_oss_takes_three_forms(body: dict[str, object], form: str) -> None:
    assert read(GPT_OSS, **body).form == form


def test_neither_prompt_nor_messages_names_both_branches() -> None:
    assert refusal(CLASSIC, temperature=1) == (
        5006,
        "oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', "
        "required properties at '/' are 'messages'",
    )


def test_null_counts_as_absent() -> None:
    assert refusal(CLASSIC, prompt=None)[1].startswith("oneOf at '/' not met")
    assert read(CLASSIC, prompt="hi", stop=None, tools=None, seed=None, n=None, anything=None).stop == []


def test_prompt_and_messages_exclude_each_other() -> None:
    assert refusal(CLASSIC, prompt="hi", messages=user()) == (5006, "prompt and messages are mutually exclusive")


def test_llama_guard_takes_messages_only() -> None:
    assert refusal(GUARD, prompt="hi")[1] == "Additional or unevaluated properties '/prompt' at '/' not allowed"
    assert read(GUARD, messages=user()).max_tokens == 256


def test_unknown_fields_are_named() -> None:
    code, text = refusal(CLASSIC, prompt="hi", width=1, height=2)
    assert (code, text) == (5006, "Additional or unevaluated properties '/width, /height' at '/' not allowed")


def test_unknown_fields_are_dropped_where_the_policy_says_so() -> None:
    assert read(CLASSIC, Policy(unknown_fields="ignore"), prompt="hi", width=1).prompt == "hi"


def test_what_clients_send_beside_the_schema_is_refused_where_the_policy_is_strict() -> None:
    text = refusal(CLASSIC, Policy(unknown_fields="strict"), prompt="hi", random_seed=1)[1]
    assert text == "Additional or unevaluated properties '/random_seed' at '/' not allowed"
    assert read(CLASSIC, Policy(unknown_fields="strict"), prompt="hi", seed=1).seed == 1


def test_fields_that_only_chat_answers_can_show_are_refused_in_the_classic_form() -> None:
    assert refusal(CLASSIC, prompt="hi", n=2)[1] == "Additional or unevaluated properties '/n' at '/' not allowed"
    assert read(CHAT, messages=user(), n=2).n == 2


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("prompt", 3, "Type mismatch of '/prompt', 'integer' not in 'string'"),
        ("prompt", "", "Length of '/prompt' must be >= 1"),
        ("temperature", 5.5, "'/temperature' must be <= 5"),
        ("top_p", 0, "'/top_p' must be >= 0.001"),
        ("top_k", 51, "'/top_k' must be <= 50"),
        ("seed", 0, "'/seed' must be >= 1"),
        ("seed", 10_000_000_000, "'/seed' must be <= 9999999999"),
        ("repetition_penalty", 2.1, "'/repetition_penalty' must be <= 2"),
        ("frequency_penalty", -2.1, "'/frequency_penalty' must be >= -2"),
        ("presence_penalty", "1", "Type mismatch of '/presence_penalty', 'string' not in 'number'"),
        ("max_tokens", 0, "'/max_tokens' must be >= 1"),
        ("max_tokens", 1.5, "Type mismatch of '/max_tokens', 'number' not in 'integer'"),
        ("stream", "yes", "Type mismatch of '/stream', 'string' not in 'boolean'"),
        ("logit_bias", {"x": 1}, "'/logit_bias/x' is not the number of a token"),
        ("logit_bias", {"7": 101}, "'/logit_bias/7' must be <= 100"),
    ],
)
def test_classic_ranges_and_types(field: str, value: object, text: str) -> None:
    assert refusal(CLASSIC, **{"prompt": "hi", field: value}) == (5006, text)


def test_a_whole_float_is_an_integer() -> None:
    inputs = read(CLASSIC, prompt="hi", max_tokens=12.0, temperature=1)
    assert (inputs.max_tokens, inputs.temperature) == (12, 1.0)


def test_chat_ranges_are_openai_s() -> None:
    assert read(CHAT, messages=user(), top_p=0, seed=-5).seed == -5
    assert refusal(CHAT, messages=user(), n=129)[1] == "'/n' must be <= 128"
    assert refusal(CHAT, messages=user(), logprobs=True, top_logprobs=21)[1] == "'/top_logprobs' must be <= 20"
    assert refusal(CHAT, messages=user(), top_logprobs=2)[1] == "'/top_logprobs' needs logprobs to be true"


def test_every_sampling_field_arrives() -> None:
    given = {
        "temperature": 0.3,
        "top_p": 0.9,
        "top_k": 7,
        "min_p": 0.1,
        "seed": 9,
        "repetition_penalty": 1.1,
        "frequency_penalty": 0.2,
        "presence_penalty": -0.2,
        "logit_bias": {"12": -100.0},
        "stop": ["a", "b"],
        "max_tokens": 5,
        "lora": "mine",
        "ignore_eos": True,
        "skip_special_tokens": True,
        "n": 2,
        "logprobs": True,
        "top_logprobs": 3,
        "parallel_tool_calls": False,
    }
    inputs = read(CHAT, messages=user(), **given)
    assert {name: getattr(inputs, name) for name in given} == given


def test_vendor_names_are_understood() -> None:
    inputs = read(CLASSIC, prompt="hi", random_seed=5, max_completion_tokens=9, stop="end", safe_prompt=True)
    assert (inputs.seed, inputs.max_tokens, inputs.stop) == (5, 9, ["end"])
    text = refusal(CLASSIC, prompt="hi", max_tokens=8, max_completion_tokens=9)[1]
    assert text == "max_tokens and max_completion_tokens are mutually exclusive"


def test_what_no_model_here_can_give_is_refused() -> None:
    assert "modalities" in refusal(CHAT, messages=user(), modalities=["text", "audio"])[1]
    assert "'/audio' is not supported" in refusal(CHAT, messages=user(), audio={"voice": "x", "format": "wav"})[1]
    assert "web_search_options" in refusal(CHAT, messages=user(), web_search_options={})[1]
    assert refusal(CLASSIC, requests=[{"prompt": "hi"}])[0] == 3047


def test_harmless_openai_fields_are_accepted() -> None:
    read(CHAT, messages=user(), user="u", metadata={"a": "b"}, store=True, service_tier="auto", modalities=["text"])


def test_raw_messages_are_joined_without_a_template() -> None:
    inputs = read(CLASSIC, messages=[*user("one"), *user("two")], raw=True)
    assert (inputs.prompt, inputs.messages, inputs.raw) == ("one\ntwo", [], True)


def test_raw_bytes_are_the_image_of_a_vision_model() -> None:
    query = {"prompt": "What is it?", "max_tokens": "5", "stream": "true", "tracking": "x"}
    inputs, stream = TASK.decode(model(VISION), BinaryBody(b"\x89PNG", "image/png", query), Policy())
    assert isinstance(inputs, Inputs)
    assert (inputs.max_tokens, stream) == (5, True)
    assert inputs.messages[0].content[0].content == b"\x89PNG"  # type: ignore[index, union-attr]


def test_a_form_is_refused() -> None:
    with pytest.raises(Exception, match="takes JSON, not a form"):
        TASK.decode(model(CLASSIC), FormBody([]), Policy())


def test_llama_guard_judges_turns_of_user_and_assistant() -> None:
    turns = [*user(), {"role": "assistant", "content": "x"}, *user()]
    assert len(read(GUARD, messages=turns).messages) == 3
    assert refusal(GUARD, messages=[*user(), *user()])[1].startswith("'/messages/1/role' must be assistant")
