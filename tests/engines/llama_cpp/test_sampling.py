"""Every sampling field acts."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.engines.llama_cpp.request import seed as folded
from groundfog.tasks.text_generation.types import Choice, Inputs, Message, Output
from tests.support import tiny_gguf
from tests.support.jobs import answer


@pytest.fixture
def say(engine: LlamaCppEngine, hello: list[Message]) -> Any:
    async def say(**fields: Any) -> Choice:
        fields = {"messages": hello, "max_tokens": 24, "ignore_eos": True, **fields}
        output: Output = await answer(engine, Inputs(**fields))
        return output.choices[0]

    return say


async def test_equal_seeds_give_equal_texts_and_other_seeds_other_texts(say: Any) -> None:
    texts = [(await say(seed=seed, temperature=1.0)).text for seed in (1, 1, 2, 9_999_999_999)]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


def test_seeds_of_any_size_are_seeds_of_llama_cpp() -> None:
    seeds = [0, 1, 2, 0xFFFFFFFF, 9_999_999_999]
    assert all(0 <= folded(seed) < 0xFFFFFFFF for seed in seeds)
    assert [folded(seed) for seed in seeds[:3]] == seeds[:3]


async def test_without_a_seed_answers_differ(say: Any) -> None:
    assert len({(await say(temperature=1.5)).text for _ in range(4)}) > 1


async def test_temperature_zero_takes_the_likeliest_tokens(say: Any) -> None:
    cold = {(await say(temperature=0, seed=seed)).text for seed in (1, 2, 3)}
    hot = {(await say(temperature=2.0, seed=seed)).text for seed in (1, 2, 3)}
    assert len(cold) == 1
    assert len(hot) == 3


@pytest.mark.parametrize("field", [{"top_k": 1}, {"top_p": 0.001}, {"min_p": 1.0}], ids=["top_k", "top_p", "min_p"])
async def test_narrow_choice_equals_greedy(say: Any, field: dict[str, float]) -> None:
    greedy = (await say(temperature=0)).text
    assert (await say(temperature=2.0, seed=5)).text != greedy
    assert (await say(temperature=2.0, seed=5, **field)).text == greedy


@pytest.mark.parametrize(
    "field",
    [{"repetition_penalty": 2.0}, {"frequency_penalty": 2.0}, {"presence_penalty": 2.0}],
    ids=["repetition", "frequency", "presence"],
)
async def test_penalties_make_the_words_more_various(say: Any, field: dict[str, float]) -> None:
    plain = await say(temperature=0, logprobs=True)
    varied = await say(temperature=0, logprobs=True, **field)
    assert len({token.token for token in varied.logprobs}) > len({token.token for token in plain.logprobs})


async def test_logit_bias_forces_and_forbids_tokens(say: Any) -> None:
    token = tiny_gguf.vocabulary().index("Ġriver")
    forced = await say(temperature=0, max_tokens=4, logit_bias={str(token): 100.0})
    assert forced.text.split() == ["river"] * 4
    likeliest = (await say(temperature=0, max_tokens=1, logprobs=True)).logprobs[0].token
    number = tiny_gguf.vocabulary().index(likeliest.replace(" ", "Ġ"))
    forbidden = await say(temperature=0, max_tokens=1, logprobs=True, logit_bias={str(number): -100.0})
    assert forbidden.logprobs[0].token != likeliest


async def test_stop_ends_the_text_before_the_words(say: Any) -> None:
    whole = await say(seed=4, temperature=1.0)
    word = next(word for word in whole.text.split()[2:] if len(word) > 3)
    cut = await say(seed=4, temperature=1.0, stop=["never said", "", word])
    assert cut.text == whole.text[: whole.text.index(word)]
    assert cut.finish_reason == "stop"


async def test_max_tokens_ends_the_text(engine: LlamaCppEngine, hello: list[Message]) -> None:
    output = await answer(engine, Inputs(messages=hello, max_tokens=7, ignore_eos=True))
    assert output.usage.completion_tokens == 7
    assert output.choices[0].finish_reason == "length"


async def test_ignore_eos_writes_on(engine: LlamaCppEngine, hello: list[Message]) -> None:
    ended = await answer(engine, Inputs(messages=hello, max_tokens=400, seed=1))
    assert ended.choices[0].finish_reason == "stop"
    assert ended.usage.completion_tokens < 400
    on = await answer(engine, Inputs(messages=hello, max_tokens=400, seed=1, ignore_eos=True))
    assert on.usage.completion_tokens == 400


@pytest.mark.parametrize("n", [3, 6], ids=["within the slots", "more than the slots"])
async def test_n_gives_that_many_choices(engine: LlamaCppEngine, hello: list[Message], n: int) -> None:
    fields = Inputs(messages=hello, max_tokens=10, ignore_eos=True, seed=1, temperature=1.0, n=n)
    output = await answer(engine, fields)
    texts = [choice.text for choice in output.choices]
    assert len(texts) == len(set(texts)) == n
    assert output.usage.completion_tokens == 10 * n
    again = await answer(engine, fields)
    assert [choice.text for choice in again.choices] == texts


@pytest.mark.parametrize("raw", [False, True], ids=["chat", "raw"])
async def test_logprobs_are_those_of_the_tokens(engine: LlamaCppEngine, raw: bool) -> None:
    inputs = Inputs(
        prompt="the river", raw=raw, max_tokens=6, ignore_eos=True, temperature=0, logprobs=True, top_logprobs=3
    )
    choice = (await answer(engine, inputs)).choices[0]
    assert choice.logprobs is not None
    assert len(choice.logprobs) == 6
    for token in choice.logprobs:
        assert token.logprob <= 0
        assert len(token.top) == 3
        assert token.top == sorted(token.top, key=lambda other: -other.logprob)
        # The end of the text is among the candidates, and ignored.
        assert token.token == next(other.token for other in token.top if other.token)
    assert "".join(token.token for token in choice.logprobs).strip() == choice.text.strip()


async def test_no_top_logprobs_unless_asked_for(engine: LlamaCppEngine) -> None:
    choice = (await answer(engine, Inputs(prompt="the", raw=True, max_tokens=3, logprobs=True))).choices[0]
    assert choice.logprobs
    assert all(token.top == [] for token in choice.logprobs)
