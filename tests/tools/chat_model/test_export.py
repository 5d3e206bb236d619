"""What llama.cpp makes of the file is what the model was trained on."""

from __future__ import annotations

import json
import random

import torch
from tokenizers import Tokenizer

from groundfog.engines.llama_cpp import request
from groundfog.engines.llama_cpp.connection import Connection
from groundfog.tasks.base import JsonBody, Policy
from groundfog.tasks.text_generation import TASK
from groundfog.tasks.text_generation.types import Inputs
from tools.chat_model.asking import Asked, body_of
from tools.chat_model.model import ChatModel
from tools.chat_model.sample import Sample, user, written
from tools.chat_model.skills import SKILLS, draw
from tools.chat_model.words import Words

STRANGE = (
    "Žluťoučký kůň, 42%!",
    "  two  spaces\n\n\tand a tab ",
    "don't we're 3.50€ 🙂",
    "ALL CAPS x1y2 a_b-c",
    "<tool_call>",
)


def connection(asked: Asked) -> Connection:
    server = asked.engine._server
    assert server is not None
    return Connection(server.address)


async def test_llama_cpp_splits_text_as_the_trained_tokenizer_does(asked: Asked, bpe: Tokenizer) -> None:
    rng = random.Random(4)
    dialogues = ["".join(text for text, _ in written(draw(rng, "eval"))) for _ in range(60)]
    server = connection(asked)
    for text in (*dialogues, *STRANGE):
        body = {"content": text, "add_special": False, "parse_special": True}
        tokens = (await server.ask("POST", "/tokenize", body))["tokens"]
        assert tokens == bpe.encode(text).ids, text


async def test_the_template_writes_what_training_read(asked: Asked) -> None:
    words = Words(random.Random(5), "train")
    server = connection(asked)
    samples = [make(words) for make, _ in SKILLS.values() for _ in range(12)]
    assert any(sample.tools for sample in samples)
    assert any(turn.get("tool_calls") for sample in samples for turn in sample.messages)
    for sample in samples:
        inputs, _ = TASK.decode(asked.model, JsonBody(body_of(sample)), Policy())
        assert isinstance(inputs, Inputs)
        prompt = (await server.ask("POST", "/apply-template", request.templated(inputs, request.Media())))["prompt"]
        assert prompt == "".join(text for text, _ in written(sample)[:-1])


async def test_llama_cpp_computes_what_torch_computes(asked: Asked, model: ChatModel, bpe: Tokenizer) -> None:
    sample = Sample("converse", [user("What is the capital of Fenholm?")], "")
    prompt = "".join(text for text, _ in written(sample)[:-1])
    ids = bpe.encode(prompt).ids
    body = {"prompt": ids, "n_predict": 1, "n_probs": 5, "temperature": 0, "post_sampling_probs": False}
    answer = await connection(asked).ask("POST", "/completion", body)
    with torch.no_grad():
        shares = torch.log_softmax(model.logits(model.hidden(torch.tensor([ids])))[0, -1], -1)
    best = answer["completion_probabilities"][0]["top_logprobs"]
    assert len(best) == 5
    for one in best:
        assert abs(one["logprob"] - shares[one["id"]].item()) < 1e-2, json.dumps(best)
