"""Legacy completions with the real OpenAI SDK."""

from __future__ import annotations

import openai
import pytest

from tests.support.wire import CHAT


def test_a_completion(client: openai.OpenAI) -> None:
    answer = client.completions.create(model=CHAT, prompt="Once", max_tokens=4)
    assert (answer.object, answer.choices[0].finish_reason) == ("text_completion", "length")
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 4


def test_the_stream_says_the_same(client: openai.OpenAI) -> None:
    whole = client.completions.create(model=CHAT, prompt="Once", echo=True)
    chunks = list(client.completions.create(model=CHAT, prompt="Once", echo=True, stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole.choices[0].text
    assert whole.choices[0].text.startswith("Once")
    assert chunks[-1].usage == whole.usage


def test_every_prompt_has_its_choices(client: openai.OpenAI) -> None:
    answer = client.completions.create(model=CHAT, prompt=["one", "two"], n=2, max_tokens=5, echo=True)
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    assert [choice.text[:3] for choice in answer.choices] == ["one", "one", "two", "two"]
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 20


async def test_several_prompts_stream_with_one_usage(async_client: openai.AsyncOpenAI, client: openai.OpenAI) -> None:
    whole = client.completions.create(model=CHAT, prompt=["one", "two"], max_tokens=5, echo=True)
    stream = await async_client.completions.create(
        model=CHAT, prompt=["one", "two"], max_tokens=5, echo=True, stream=True
    )
    texts = ["", ""]
    usages = []
    async for chunk in stream:
        texts[chunk.choices[0].index] += chunk.choices[0].text
        usages += [chunk.usage] if chunk.usage else []
    assert texts == [choice.text for choice in whole.choices]
    assert usages == [whole.usage]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"prompt": [1, 2]}, "arrays of tokens are not supported"),
        ({"prompt": "a", "suffix": "b"}, "fills in the middle"),
        ({"prompt": "a", "best_of": 3}, "'/best_of' must be equal to n"),
        ({"prompt": ["a"] * 129}, "more than 128 choices"),
        ({"prompt": ""}, "Length of '/prompt' must be >= 1"),
    ],
)
def test_what_cannot_be_done_is_refused(client: openai.OpenAI, more: dict[str, object], text: str) -> None:
    with pytest.raises(openai.BadRequestError, match=text):
        client.completions.create(model=CHAT, **more)  # type: ignore[call-overload]


def test_the_first_failure_of_several_prompts_is_the_answer(client: openai.OpenAI) -> None:
    with pytest.raises(openai.RateLimitError, match="Capacity temporarily exceeded"):
        client.completions.create(model=CHAT, prompt=["fine", "be busy"])
