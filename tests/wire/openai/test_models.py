"""Models in OpenAI's form."""

from __future__ import annotations

import openai
import pytest

from tests.support.wire import CHAT, EMBED


def test_the_list_has_chat_and_embedding_models(client: openai.OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert {CHAT, EMBED} <= listed.keys()
    assert listed[CHAT].object == "model"
    assert listed[CHAT].owned_by == "Meta"


async def test_one_model_by_its_id(async_client: openai.AsyncOpenAI) -> None:
    model = await async_client.models.retrieve(CHAT)
    assert (model.id, model.created > 0) == (CHAT, True)


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="The model name is invalid"):
        client.models.retrieve("@cf/nobody/nothing")
