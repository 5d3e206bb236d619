"""What training has in place of the words that evaluation keeps."""

from __future__ import annotations

import json
import random

from tools.chat_model import glued
from tools.chat_model.vocabulary import ADJECTIVES, NOUNS
from tools.chat_model.words import Words, split_of

KEPT = [word for word in (*NOUNS, *ADJECTIVES) if split_of(word) == "eval"]


def test_a_glued_word_is_no_word_and_any_word_may_be_in_it() -> None:
    rng = random.Random(1)
    drawn = {glued.word(rng) for _ in range(20_000)}
    assert not drawn & set(KEPT)
    inside = [word for word in KEPT if any(word in made for made in drawn)]
    assert inside == KEPT


def test_codes_can_stand_in_json_and_in_a_frame() -> None:
    rng = random.Random(2)
    codes = [glued.code(rng) for _ in range(2000)]
    assert all(json.dumps(code, ensure_ascii=False) == f'"{code}"' for code in codes)
    assert not [code for code in codes if "{" in code or "}" in code or "\n" in code]
    assert {"%", "#", "&", "@", "€", "(", "+", "="} <= set("".join(codes))


def test_evaluation_draws_neither() -> None:
    words = Words(random.Random(3), "eval")
    drawn = " ".join(words.anything() for _ in range(3000))
    assert not set("%#&=+") & set(drawn)
