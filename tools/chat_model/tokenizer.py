"""Byte-level BPE, trained on the dialogues, split as llama.cpp's `gpt-2` does it.

Digits stay single tokens. A space joins the first piece of its word last of all: " Kelmi" is "ĠKel", "mi" and "Kelmi"
is "Kel", "mi". So a word falls into the same pieces after a space, in quotes and at the start of an answer, and the
two forms of a piece can begin their training as near twins (`twins`).
"""

from __future__ import annotations

import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.chat_model.sample import SPECIAL, written
from tools.chat_model.skills import draw
from tools.chat_model.vocabulary import COMMON, VERBS

VOCAB = 4096
SPACED = 1700
"""How many pieces have a twin that begins with a space."""


def train(path: Path, *, seed: int = 1, dialogues: int = 20_000, vocab: int = VOCAB, spaced: int = SPACED) -> Tokenizer:
    rng = random.Random(seed)
    texts = ["".join(text for text, _ in written(draw(rng))) for _ in range(dialogues)]
    texts += [" ".join((*COMMON, *VERBS, *VERBS.values()))] * (dialogues // 500)
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r" |\p{N}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocab - spaced,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    trained.train_from_iterator(texts, trainer)
    tokenizer = with_spaces(trained, beginnings(trained, texts), spaced)
    tokenizer.save(str(path))
    return tokenizer


def beginnings(trained: Tokenizer, texts: list[str]) -> list[str]:
    """Pieces that stand after a space, commonest first."""
    space = trained.token_to_id("Ġ")
    counts: Counter[int] = Counter()
    for encoding in trained.encode_batch(texts):
        counts.update(after for before, after in pairwise(encoding.ids) if before == space)
    pieces = (trained.id_to_token(number) for number, _ in counts.most_common())
    return [piece for piece in pieces if piece and not piece.startswith("Ġ")]


def with_spaces(trained: Tokenizer, pieces: list[str], spaced: int) -> Tokenizer:
    """The tokenizer with one merge more for each of the commonest pieces: its space and the piece, last of all."""
    model = json.loads(trained.to_str())["model"]
    vocab, merges = model["vocab"], [tuple(merge) for merge in model["merges"]]
    for piece in pieces[:spaced]:
        vocab[f"Ġ{piece}"] = len(vocab)
        merges.append(("Ġ", piece))
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def twins(tokenizer: Tokenizer) -> list[tuple[int, int]]:
    """(piece, the same piece after a space), by their ids."""
    vocab = tokenizer.get_vocab()
    return sorted(
        (vocab[token[1:]], number) for token, number in vocab.items() if token[:1] == "Ġ" and token[1:] in vocab
    )
