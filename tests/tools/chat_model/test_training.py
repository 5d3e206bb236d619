"""The same seed gives the same loss, and a checkpoint goes on where it stopped."""

from __future__ import annotations

import dataclasses
import random
import shutil
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from tools.chat_model import shipped
from tools.chat_model.batches import Batches
from tools.chat_model.begin import begin, deeper, read
from tools.chat_model.build import build
from tools.chat_model.evaluate import evaluate
from tools.chat_model.export import export
from tools.chat_model.firsts import mean_of, shares
from tools.chat_model.model import ChatModel, attention, fused_attention
from tools.chat_model.skills import SKILLS, made
from tools.chat_model.train import Options, Training
from tools.chat_model.words import Words

SMALL = Options(
    out=Path(),
    steps=4,
    decay=2,
    warmup=1,
    prompt_steps=2,
    ramp=1000,
    batch_tokens=1024,
    threads=1,
    layers=2,
    dim=64,
    ff=128,
)


@pytest.fixture
def options(tmp_path: Path, folder: Path, bpe: Tokenizer) -> Options:
    assert bpe.get_vocab_size() > 0
    return dataclasses.replace(SMALL, out=started(tmp_path / "first", folder))


def started(out: Path, folder: Path) -> Path:
    out.mkdir()
    shutil.copy(folder / "tokenizer.json", out)
    return out


def losses(training: Training) -> list[float]:
    """Loss of every step, to the last bit."""
    found = []
    one = training._one
    training._one = lambda *batch: found.append(one(*batch)) or found[-1]  # type: ignore[method-assign,func-returns-value]
    training.run()
    return found


def test_the_same_seed_gives_the_same_losses(options: Options, tmp_path: Path, folder: Path) -> None:
    again = dataclasses.replace(options, out=started(tmp_path / "again", folder))
    other = dataclasses.replace(options, out=started(tmp_path / "other", folder), seed=2)
    first = losses(Training(options))
    assert len(first) == 4
    assert first[-1] < first[0]
    assert losses(Training(again)) == first
    assert losses(Training(other)) != first


def test_a_checkpoint_goes_on_as_if_it_had_not_stopped(options: Options, tmp_path: Path, folder: Path) -> None:
    halves = dataclasses.replace(options, out=started(tmp_path / "halves", folder))
    whole = losses(Training(options))
    stopped = Training(halves)
    for _ in range(2):
        stopped._one(*stopped.batches.next())
    stopped.save()
    assert losses(Training(halves)) == whole[2:]


def test_lessons_beside_the_answers_are_learned_and_gone_on_with(
    options: Options, tmp_path: Path, folder: Path
) -> None:
    taught = dataclasses.replace(options, starts=0.2, starts_every=2, layers=4, steps=12, decay=1)
    halves = dataclasses.replace(taught, out=started(tmp_path / "halves", folder))
    training = Training(taught)
    lessons, whole = [], []
    for _ in range(12):
        training.started.zero_()
        whole.append(training._one(*training.batches.next()))
        lessons.append(training.started.tolist())
    assert [[one > 0 for one in asked[:2]] for asked in lessons] == [[step % 2 == 0] * 2 for step in range(12)]
    assert sum(one[2] for one in lessons[-3:]) < sum(one[2] for one in lessons[:3])
    stopped = Training(halves)
    for _ in range(6):
        stopped._one(*stopped.batches.next())
    stopped.save()
    assert losses(Training(halves)) == whole[6:]


def test_the_mean_of_checkpoints_can_be_looked_at_and_gone_on_from(options: Options, bpe: Tokenizer) -> None:
    training, paths = Training(options), [options.out / name for name in ("first.pt", "second.pt")]
    for path in paths:
        training._one(*training.batches.next())
        training.save()
        shutil.copy(options.out / "checkpoint.pt", path)
    first, second = (torch.load(path, weights_only=True)["model"]["norm"] for path in paths)
    mean = mean_of(paths)
    assert not torch.equal(first, second)
    torch.testing.assert_close(mean["model"]["norm"], (first + second) / 2)
    torch.save(mean, options.out / "checkpoint.pt")
    resumed = Training(options)
    assert resumed.step == 2
    words = Words(random.Random(1), "train")
    assert all(0 <= share <= 1 for share in shares(resumed.model, bpe, [made("tools", words) for _ in range(3)]))


def test_processes_that_draw_ahead_change_no_batch(bpe: Tokenizer) -> None:
    alone = Batches(bpe, 1, 4096, 512, 3000)
    helped = Batches(bpe, 1, 4096, 512, 3000, loaders=1)
    try:
        while alone.pool < 2:
            assert all(torch.equal(*pair) for pair in zip(alone.next(), helped.next(), strict=True))
    finally:
        helped.close()


def test_both_ways_of_attention_agree() -> None:
    torch.manual_seed(1)
    q, k, v = torch.randn(2, 4, 9, 8), torch.randn(2, 2, 9, 8), torch.randn(2, 2, 9, 8)
    mask = torch.full((9, 9), float("-inf")).triu(1)
    torch.testing.assert_close(attention(q, k, v, mask), fused_attention(q, k, v))


async def test_a_build_goes_from_nothing_to_an_evaluated_file(options: Options) -> None:
    file, loss = build(dataclasses.replace(options, steps=25))
    done = await evaluate(file, 1)
    assert loss > 0
    assert {row.skill for row in done.rows} == {*SKILLS, "all"}
    assert "| classify | labels | ≥ 80% |" in done.table()


def test_a_training_can_begin_from_exported_weights(options: Options, tmp_path: Path) -> None:
    first = Training(options)
    first.run()
    exported = tmp_path / "exported"
    export(options.out, exported / "model.gguf", "f32")
    shutil.copy(options.out / "tokenizer.json", exported)
    begin(exported, tmp_path / "second")
    second = Training(dataclasses.replace(options, out=tmp_path / "second"))
    weights = first.model.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in second.model.state_dict().items())
    assert (second.step, second.batches.pool) == (0, 1000)
    assert all(loss < 20 for loss in losses(second))


def test_the_shipped_file_can_be_trained_on(tmp_path: Path) -> None:
    begin(shipped.FOLDER, tmp_path)
    training = Training(Options(out=tmp_path, threads=1, batch_tokens=512, steps=1))
    assert sum(value.numel() for value in training.model.parameters()) == shipped.record().parameters
    # It has learned: an untrained model's loss is about 8.
    assert losses(training)[0] < 2


def test_more_layers_say_the_same_until_they_are_trained(tmp_path: Path) -> None:
    ids = torch.randint(1, 3000, (2, 40), generator=torch.manual_seed(1))
    shape, weights = read(shipped.FOLDER / "model.gguf")
    said = []
    for layers in (0, shape.layers + 3):
        grown, kept = deeper(shape, weights, layers)
        model = ChatModel(grown, torch.float32)
        model.load_state_dict(kept)
        said.append(model.hidden(ids))
    assert grown.layers == shape.layers + 3
    torch.testing.assert_close(said[0], said[1])


def test_a_training_takes_the_shape_of_its_checkpoint(tmp_path: Path) -> None:
    begin(shipped.FOLDER, tmp_path, layers=10)
    training = Training(dataclasses.replace(SMALL, out=tmp_path, steps=1, prompt_steps=0, ramp=0))
    assert training.model.shape.layers == 10
    training.run()
    assert all(float(block.o.detach().abs().max()) > 0 for block in training.model.blocks)
