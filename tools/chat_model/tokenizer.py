"""Byte-level BPE, trained on the dialogues, split as llama.cpp's `gpt-2` does it.

Digits stay single tokens, and a space stays a token of its own, except before the sentences' commonest words: so a name
or a number is the same tokens after a space, in quotes and at the start of an answer, and can be copied as it stands.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.chat_model import words
from tools.chat_model.sample import SPECIAL, written
from tools.chat_model.skills import draw
from tools.chat_model.vocabulary import ADJECTIVES, COMMON, NOUNS, VERBS

VOCAB = 3328
SPACED = 560
"""How many words have a token that begins with a space."""

_LISTS = (words.COLOURS, words.MATERIALS, words.JOBS, words.ANIMALS, words.FOODS, words.INGREDIENTS, words.LANGUAGES)
_MORE_LISTS = (words.SUBJECTS, words.HOBBIES, words.THINGS, words.WEATHER, words.SMALL, NOUNS, ADJECTIVES)


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
    tokenizer = with_spaces(trained, common(texts), spaced)
    tokenizer.save(str(path))
    return tokenizer


def common(texts: list[str]) -> list[str]:
    """Words that follow a space, commonest first; none that is a value somewhere."""
    values = {word for options in (*_LISTS, *_MORE_LISTS) for value in options for word in value.split()}
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.split(" ")[1:])
    allowed = (word for word, _ in counts.most_common() if word.isalpha() and word.islower() and len(word) > 1)
    frequent = [word for word in allowed if word not in values and counts[word] >= len(texts) // 500]
    return ["{", '"', *dict.fromkeys((*frequent, *COMMON))]


def with_spaces(trained: Tokenizer, candidates: list[str], spaced: int) -> Tokenizer:
    """The tokenizer with one merge more for each of the commonest words: its space and the whole word, last of all."""
    model = json.loads(trained.to_str())["model"]
    vocab, merges = model["vocab"], [tuple(merge) for merge in model["merges"]]
    whole = [word for word in candidates if word in vocab]
    for word in whole[:spaced]:
        vocab[f"Ġ{word}"] = len(vocab)
        merges.append(("Ġ", word))
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer
