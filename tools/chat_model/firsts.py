"""Where a checkpoint is: `python -m tools.chat_model.firsts CHECKPOINT [CHECKPOINT …] [--mean FILE]`.

Prints the share of right first tokens of answers, and of the others, for training's dialogues and for evaluation's. The
first token says where to begin, which is what is learned last. Of several checkpoints the mean is looked at: what it
does better than each of them is lost to the noise of the learning rate. `--mean` writes it, to go on from.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from tools.chat_model.batches import encode
from tools.chat_model.model import ChatModel, Shape
from tools.chat_model.sample import Sample
from tools.chat_model.skills import SKILLS, made, recall
from tools.chat_model.words import Words

LONGEST = 800


def mean_of(paths: Sequence[Path]) -> dict[str, Any]:
    """The last checkpoint, with the mean of all their weights."""
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in paths]
    state: dict[str, Any] = states[-1]
    state["model"] = {name: torch.stack([one["model"][name] for one in states]).mean(0) for name in state["model"]}
    return state


@torch.no_grad()
def shares(model: ChatModel, tokenizer: Tokenizer, samples: Sequence[Sample]) -> tuple[float, float]:
    """Of right first tokens of answers, and of right tokens behind them, given the right ones before."""
    right, asked = [0, 0], [0, 0]
    for sample in samples:
        ids, learn = encode(tokenizer, sample)
        if len(ids) > LONGEST:
            continue
        tokens = torch.tensor([ids])
        said = model.logits(model.hidden(tokens[:, :-1])).argmax(-1)[0].tolist()
        for place in range(1, len(ids)):
            if learn[place]:
                kind = int(learn[place - 1])
                right[kind] += said[place - 1] == ids[place]
                asked[kind] += 1
    return right[0] / max(asked[0], 1), right[1] / max(asked[1], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="with tokenizer.json beside the first one")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--mean", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    state = mean_of(options.checkpoints)
    if options.mean:
        torch.save(state, options.mean)
    tokenizer = Tokenizer.from_file(str(options.checkpoints[0].with_name("tokenizer.json")))
    model = ChatModel(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    print(f"step {state['step']}, {state['seen'] / 1e6:.1f} M tokens")
    for name in ("recall", *SKILLS):
        line = f"{name:10}"
        for split in ("train", "eval"):
            words = Words(random.Random(name), "eval" if split == "eval" else "train")
            drawn = [recall.make(words) if name == "recall" else made(name, words) for _ in range(options.cases)]
            first, rest = shares(model, tokenizer, drawn)
            line += f" {split}: first {first:.3f}, others {rest:.3f} "
        print(line, flush=True)


if __name__ == "__main__":
    main()
