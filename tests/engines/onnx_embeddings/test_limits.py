"""No text is cut unless the caller asked for it."""

from __future__ import annotations

import numpy as np
import pytest

from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.errors import GroundfogError
from groundfog.weights.files import Located
from tests.engines.onnx_embeddings.corpus import SENTENCES
from tests.engines.onnx_embeddings.harness import cosines, load, output, vectors

LONG = "word " * 600


async def test_a_text_over_the_limit_is_refused_with_both_numbers(minilm: OnnxEmbeddingsEngine) -> None:
    with pytest.raises(GroundfogError, match="Sequence too long: 602 > 512") as raised:
        await output(minilm, ["short", LONG])
    assert raised.value.kind.key == "UPSTREAM_REFUSED"


async def test_a_text_is_cut_when_the_caller_asks(minilm: OnnxEmbeddingsEngine) -> None:
    answer = await output(minilm, ["short", LONG], truncate=True)
    assert answer.prompt_tokens == 3 + 512
    cut = await vectors(minilm, [LONG], truncate=True)
    np.testing.assert_allclose(cut, await vectors(minilm, ["word " * 510]), atol=1e-5)


async def test_the_limit_is_the_models_own_when_it_stands_in(stand_in: Located) -> None:
    engine = load(stand_in.files, **stand_in.facts, max_input_tokens=8192)
    with pytest.raises(GroundfogError, match="Sequence too long: 9002 > 8192"):
        await output(engine, ["word " * 9000])


async def test_a_long_text_is_read_to_its_end_by_a_stand_in(stand_in: Located) -> None:
    engine = load(stand_in.files, **stand_in.facts, max_input_tokens=8192)
    start = " ".join(SENTENCES[:20])
    whole, other_end = f"{start} {LONG} pizza and cheese", f"{start} {LONG} stocks and bonds"
    first, second = await vectors(engine, [whole, other_end])
    assert not np.allclose(first, second, atol=1e-4)
    answer = await output(engine, [whole])
    assert answer.count == 1
    assert answer.prompt_tokens > 602
    np.testing.assert_allclose(np.linalg.norm(await vectors(engine, [whole]), axis=1), 1, atol=1e-5)


async def test_windows_of_one_text_do_not_disturb_the_others(stand_in: Located) -> None:
    engine = load(stand_in.files, **stand_in.facts, max_input_tokens=8192)
    mixed = [SENTENCES[0], LONG, SENTENCES[1], "word " * 1400]
    together = await vectors(engine, mixed)
    alone = np.concatenate([await vectors(engine, [text]) for text in mixed])
    assert cosines(together, alone).min() >= 1 - 1e-5
