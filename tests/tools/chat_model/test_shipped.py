"""The chat model that ships: it is what its record says, and does what it did when it was shipped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from groundfog.errors import GroundfogError
from groundfog.weights import digests, embedded
from tests.support.wire import Local, serving
from tests.tools.chat_model import by_hand
from tests.tools.chat_model.passages import PASSAGES
from tools import docs
from tools.chat_model import ship, shipped
from tools.chat_model.evaluate import evaluate
from tools.chat_model.ship import MOST_BYTES, check
from tools.chat_model.shipped import Measure

MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
NEAR = 0.05
"""Share of answers that another processor may see otherwise: it rounds otherwise, and small models waver."""
NEEDED = {form: min(by_hand.GOAL, reached) for form, reached in shipped.record().by_hand.items()}
"""Right answers out of ten: the goal, or what the file reached on the day that it was shipped."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    with serving(tmp_path_factory.mktemp("state"), sources=("stand-in",)) as one:
        yield one


def test_the_file_is_the_one_that_was_measured() -> None:
    record = shipped.record()
    assert record.digest == digests.of_file(shipped.FILE, "sha256")
    assert record.parameters == check(shipped.FILE, shipped.FOLDER / "tokenizer.json")
    embedded.verify(embedded.chat().files)


def test_a_file_that_is_not_its_tokenizers_is_not_shipped(tmp_path: Path) -> None:
    other = json.loads((shipped.FOLDER / "tokenizer.json").read_bytes())
    first, second, *_ = other["model"]["vocab"]
    vocabulary = other["model"]["vocab"]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (tmp_path / "tokenizer.json").write_text(json.dumps(other))
    with pytest.raises(ValueError, match="is not its tokenizer"):
        check(shipped.FILE, tmp_path / "tokenizer.json")


def test_it_is_small_enough_for_the_package() -> None:
    assert shipped.FILE.stat().st_size <= MOST_BYTES
    everything = sum(file.stat().st_size for file in embedded.FOLDER.rglob("*") if file.is_file())
    assert everything < 90_000_000


async def test_a_short_evaluation_reaches_what_it_reached() -> None:
    done = await evaluate(shipped.FILE, shipped.QUICK_CASES)
    reached = {(row.skill, row.measure): row.right for row in done.rows}
    kept = shipped.record().quick
    assert {(row.skill, row.measure): row.of for row in done.rows} == {(k.skill, k.measure): k.asked for k in kept}
    for row in kept:
        assert reached[row.skill, row.measure] >= row.right - max(1, NEAR * row.asked), row


@pytest.mark.parametrize("form", by_hand.bodies())
def test_passages_written_by_hand_are_answered_through_the_server(server: Local, form: str) -> None:
    found = 0
    for passage, body in zip(PASSAGES, by_hand.bodies()[form], strict=True):
        answer = server.run(MODEL, body).json()
        if answer["success"]:
            said = answer["result"]["response"]
            found += by_hand.right(form, passage, said if isinstance(said, str) else json.dumps(said))
    assert found >= NEEDED[form], f"{found} of 10; the goal is {by_hand.GOAL}"


def test_a_file_is_placed_with_a_manifest_that_loading_holds_it_to(tmp_path: Path) -> None:
    ship.place(shipped.FILE, shipped.FOLDER / "tokenizer.json", tmp_path)
    located = msgspec.structs.replace(embedded.chat().files, extra={embedded.MANIFEST: str(tmp_path / "manifest.json")})
    embedded.verify(located)
    with (tmp_path / "model.gguf").open("ab") as file:
        file.write(b"more")
    with pytest.raises(GroundfogError, match="digest differs"):
        embedded.verify(located)


@pytest.mark.parametrize(
    ("right", "options", "shipped_it"), [(0.59, [], False), (0.59, ["--anyway"], True), (0.61, [], True)]
)
def test_a_file_below_what_shipping_asks_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: float, options: list[str], shipped_it: bool
) -> None:
    row = Measure("context", "answers", round(right * 100), 100, 0.8, shipped.TO_SHIP["context", "answers"])
    record = msgspec.structs.replace(shipped.record(), evaluation=[row])
    monkeypatch.setattr(ship, "measure", lambda *_: record)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "placed")
    monkeypatch.setattr(shipped, "RECORD", tmp_path / "shipped.json")
    monkeypatch.setattr(docs, "DOCS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["ship", str(shipped.FILE), *options])
    assert ship.main() == (0 if shipped_it else 1)
    assert (tmp_path / "placed" / "model.gguf").exists() == (tmp_path / "shipped.json").exists() == shipped_it
    if shipped_it:
        assert shipped.record() == record
