from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from tools.chat_model import export, tokenizer
from tools.chat_model.asking import Asked
from tools.chat_model.model import ChatModel, Shape


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="session")
def bpe(folder: Path) -> Tokenizer:
    return tokenizer.train(folder / "tokenizer.json", dialogues=1500, vocab=1400, spaced=200)


@pytest.fixture(scope="session")
def model(bpe: Tokenizer) -> ChatModel:
    """Random weights, computed in float32 so that llama.cpp can be held to them."""
    torch.manual_seed(3)
    return ChatModel(Shape(vocab=bpe.get_vocab_size(), dim=64, layers=2, heads=4, kv_heads=2, ff=128), torch.float32)


@pytest.fixture(scope="session")
def asked(folder: Path, bpe: Tokenizer, model: ChatModel) -> Iterator[Asked]:
    file = export.write(folder / "model.gguf", model.shape, model.state_dict(), bpe, "f32")
    with Asked(file, slots=2) as asked:
        yield asked
