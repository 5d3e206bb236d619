"""Begin a training from weights that were exported: `python -m tools.chat_model.begin FOLDER DIR [--layers N]`.

`FOLDER` has `model.gguf` and `tokenizer.json`, as `src/groundfog/weights/embedded/groundfog-chat` does. `DIR` then goes
on with `tools.chat_model.train`: past the ramp, with fresh optimizers. With more layers than the file has, the model
says at first what it said before.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from torch import Tensor

from tools.chat_model.export import MATRICES
from tools.chat_model.model import ChatModel, Shape

PAST_THE_RAMP = 1000
"""Number of the pool to go on from: nothing is drawn twice that the first pools of a run had."""


def begin(folder: Path, target: Path, layers: int = 0) -> Path:
    """Write `target/checkpoint.pt` and `target/tokenizer.json`; gives the checkpoint's path."""
    shape, weights = deeper(*read(folder / "model.gguf"), layers)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "tokenizer.json", target / "tokenizer.json")
    state = {"step": 0, "seen": 0, "place": (PAST_THE_RAMP, 0), "shape": dataclasses.asdict(shape)}
    torch.save({**state, "model": weights, "optimizers": []}, target / "checkpoint.pt")
    return target / "checkpoint.pt"


def read(file: Path) -> tuple[Shape, dict[str, Tensor]]:
    """The shape and the weights of a file that `export` wrote, in float32; Q8_0 has lost a little."""
    reader = gguf.GGUFReader(file)

    def fact(name: str) -> Any:
        return reader.fields[f"llama.{name}"].contents()

    shape = Shape(
        vocab=fact("vocab_size"),
        dim=fact("embedding_length"),
        layers=fact("block_count"),
        heads=fact("attention.head_count"),
        kv_heads=fact("attention.head_count_kv"),
        ff=fact("feed_forward_length"),
        context=fact("context_length"),
        rope_base=fact("rope.freq_base"),
        eps=fact("attention.layer_norm_rms_epsilon"),
    )
    found = {
        tensor.name: torch.from_numpy(np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), np.float32))
        for tensor in reader.tensors
    }
    weights = {"embedding": found["token_embd.weight"], "norm": found["output_norm.weight"]}
    for layer in range(shape.layers):
        for ours, theirs in MATRICES.items():
            tensor = found[f"blk.{layer}.{theirs}.weight"]
            weights[f"blocks.{layer}.{ours}"] = unpaired(tensor, shape.head_dim) if ours in ("q", "k") else tensor
    return shape, weights


def deeper(shape: Shape, weights: dict[str, Tensor], layers: int) -> tuple[Shape, dict[str, Tensor]]:
    """The same model with `layers` layers, if that is more: new ones between the others, which add nothing until they
    are trained."""
    more = max(0, layers - shape.layers)
    behind = [round((number + 1) * (shape.layers - 1) / more) for number in range(more)]
    grown = dataclasses.replace(shape, layers=shape.layers + more)
    fresh = ChatModel(grown).state_dict()
    for layer in range(shape.layers):
        moved = layer + sum(place <= layer for place in behind)
        for name in MATRICES:
            fresh[f"blocks.{moved}.{name}"] = weights[f"blocks.{layer}.{name}"]
    for number, place in enumerate(behind):
        for name in ("o", "down"):
            fresh[f"blocks.{place + number}.{name}"].zero_()
    return grown, fresh | {name: weights[name] for name in ("embedding", "norm")}


def unpaired(weight: Tensor, size: int) -> Tensor:
    """What `export.paired` did, undone."""
    pairs = weight.view(-1, size // 2, 2, weight.shape[1])
    return pairs.transpose(1, 2).reshape(weight.shape)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--layers", type=int, default=0)
    options = parser.parse_args()
    print(begin(options.folder, options.target, options.layers))


if __name__ == "__main__":
    main()
