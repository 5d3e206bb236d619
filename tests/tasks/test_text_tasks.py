"""Reranking, classification, translation and summaries (spec §3.11, §3.12)."""

from __future__ import annotations

import pytest

from groundfog.tasks import rerank, summarization, text_classification, translation
from groundfog.tasks.labels import Label
from tests.support.native import decode, refused_text, render_json

RERANKER = "@cf/baai/bge-reranker-base"
SENTIMENT = "@cf/huggingface/distilbert-sst-2-int8"
M2M = "@cf/meta/m2m100-1.2b"
INDIC = "@cf/ai4bharat/indictrans2-en-indic-1B"
BART = "@cf/facebook/bart-large-cnn"


@pytest.mark.parametrize(("top_k", "ids"), [(None, [1, 2, 0]), (2, [1, 2]), (9, [1, 2, 0])])
def test_contexts_come_back_best_first(top_k: int | None, ids: list[int]) -> None:
    contexts = [{"text": text} for text in "abc"]
    inputs = decode(RERANKER, {"query": "q", "contexts": contexts, "top_k": top_k})
    assert inputs == rerank.Inputs(query="q", contexts=["a", "b", "c"], top_k=top_k)
    answer = render_json(RERANKER, inputs, rerank.Output(scores=[-2.5, 4.0, 0.5]))
    assert [row["id"] for row in answer["response"]] == ids
    assert answer["response"][0] == {"id": 1, "score": 4.0}


def test_a_reranker_that_the_catalogue_hardly_knows_works_alike() -> None:
    assert decode("@cf/baai/bge-reranker-v2-m3", {"query": "q", "contexts": [{"text": "a"}]}).contexts == ["a"]


def test_reranking_needs_both_sides() -> None:
    assert refused_text(RERANKER, {"query": "q"}) == "required properties at '/' are 'query,contexts'"
    assert refused_text(RERANKER, {"query": "q", "contexts": ["a"]}) == (
        "Type mismatch of '/contexts/0', 'string' not in 'object'"
    )
    assert refused_text(RERANKER, {"query": "q", "contexts": [{"text": "a"}], "top_k": 0}) == "'/top_k' must be >= 1"


def test_a_mood_is_a_list_of_labels() -> None:
    output = text_classification.Output(labels=[Label("NEGATIVE", 0.25), Label("POSITIVE", 0.75)])
    assert render_json(SENTIMENT, decode(SENTIMENT, {"text": "good"}), output) == [
        {"label": "NEGATIVE", "score": 0.25},
        {"label": "POSITIVE", "score": 0.75},
    ]


def test_m2m_translates_one_text_between_two_languages() -> None:
    inputs = decode(M2M, {"text": "Hello", "target_lang": "french"})
    assert (inputs.texts, inputs.source_lang, inputs.target_lang) == (["Hello"], "en", "french")
    answer = render_json(M2M, inputs, translation.Output(translations=["Bonjour"]))
    assert answer == {"translated_text": "Bonjour"}
    assert refused_text(M2M, {"text": "Hello"}) == "required properties at '/' are 'text,target_lang'"


def test_indictrans_translates_a_list() -> None:
    inputs = decode(INDIC, {"text": ["Hello", "Tree"], "target_language": "tam_Taml"})
    assert (inputs.texts, inputs.source_lang, inputs.target_lang) == (["Hello", "Tree"], "eng_Latn", "tam_Taml")
    assert render_json(INDIC, inputs, translation.Output(translations=["a", "b"])) == {"translations": ["a", "b"]}
    assert decode(INDIC, {"text": "Hello"}).target_lang == "hin_Deva"
    assert len(translation.INDIC_LANGUAGES) == 34
    assert refused_text(INDIC, {"text": "a", "target_language": "fr"}).startswith("enum fr not in asm_Beng,")


def test_a_summary_has_a_length() -> None:
    assert decode(BART, {"input_text": "long"}) == summarization.Inputs("long", 1024)
    answer = render_json(BART, summarization.Inputs("long"), summarization.Output(summary="short"))
    assert answer == {"summary": "short"}
    assert refused_text(BART, {"input_text": "a", "max_length": 0}) == "'/max_length' must be >= 1"
