"""Train: `python -m tools.chat_model.train --out DIR`. Goes on from the last checkpoint when there is one.

The learning rate is held after a warm-up and falls to nothing over the last `--decay` steps, so a run can be made
longer by resuming with more `--steps`. `torchrun` starts several workers that share the work; on two cores, two workers
with a thread each are faster than one with two. The products are in bf16, on CUDA where there is one.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime
import json
import os
import random
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from tokenizers import Tokenizer

from tools.chat_model import pointing
from tools.chat_model import tokenizer as bpe
from tools.chat_model.batches import Batches
from tools.chat_model.matrices import Matrices
from tools.chat_model.model import ChatModel, Shape
from tools.chat_model.sample import STOP, written
from tools.chat_model.skills import SKILLS, made
from tools.chat_model.starts import Starts
from tools.chat_model.words import Words

PROMPT_WEIGHT = 0.1
"""Weight of the loss on what others wrote, in the first phase: copying is learned from repetitions in it too."""


@dataclasses.dataclass
class Options:
    out: Path
    steps: int = 8000
    decay: int = 2500
    warmup: int = 60
    prompt_steps: int = 0
    ramp: int = 60_000
    batch_tokens: int = 3072
    rate: float = 0.015
    small_rate: float = 0.003
    seed: int = 1
    minutes: float = 1e9
    threads: int = 0
    loaders: int = 0
    check_every: int = 100
    compiled: int = 0
    starts: float = 0.0
    starts_every: int = 1
    look_every: int = 0
    layers: int = 6
    dim: int = 256
    ff: int = 640


def rate_at(step: int, options: Options) -> float:
    """Share of the full learning rate at a step."""
    left = options.steps - step
    return min(1.0, (step + 1) / options.warmup, max(0.0, left / options.decay))


class Training:
    def __init__(self, options: Options) -> None:
        options.out.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        if options.threads:
            torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        path = options.out / "tokenizer.json"
        self.tokenizer = Tokenizer.from_file(str(path)) if path.exists() else bpe.train(path, seed=options.seed)
        kept = self._kept()
        size = self.tokenizer.get_vocab_size()
        asked = Shape(vocab=size, dim=options.dim, layers=options.layers, ff=options.ff)
        shape = Shape(**kept["shape"]) if kept else asked
        self.model = ChatModel(shape)
        self.model.begin_alike(bpe.twins(self.tokenizer))
        self.model.to(self.device)
        # A fifth faster on a processor, after a minute of compiling; needs a C++ compiler.
        self.states = torch.compile(self.model.states, dynamic=True) if options.compiled else self.model.states
        self.starts = Starts(self.tokenizer, shape.dim, options.starts_every).to(self.device)
        self.worker, workers = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        self.batches = Batches(
            self.tokenizer,
            options.seed,
            options.batch_tokens,
            shape.context,
            options.ramp,
            self.worker,
            workers,
            options.loaders,
        )
        matrices = [value for name, value in self.model.named_parameters() if value.ndim == 2 and "blocks" in name]
        others = [value for name, value in self.model.named_parameters() if value.ndim != 2 or "blocks" not in name]
        self.optimizers: list[Matrices | torch.optim.Optimizer] = [
            Matrices(matrices, options.rate, self.worker, workers),
            torch.optim.AdamW(others, lr=options.small_rate, betas=(0.9, 0.98), weight_decay=0.0),
            torch.optim.AdamW(self.starts.parameters(), lr=options.small_rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self.rates = [options.rate, options.small_rate, options.small_rate]
        self.step = self.seen = 0
        self.started = torch.zeros(7, device=self.device)
        if kept:
            self._resume(kept)

    def run(self) -> float:
        """Train until `steps` or `minutes` are over; gives the last mean loss on answers."""
        options = self.options
        started = last = time.monotonic()
        seen, total, mean = 0, 0.0, float("nan")
        while self.step < options.steps and time.monotonic() - started < options.minutes * 60:
            ids, learn, points = (one.to(self.device) for one in self.batches.next())
            total += self._one(ids, learn, points)
            seen += ids.numel()
            if self.step % 25 == 0:
                mean, total = total / 25, 0.0
                speed = seen / (time.monotonic() - last)
                self.seen += seen * self.batches.parts
                last, seen = time.monotonic(), 0
                if not self.worker:
                    line = f"step {self.step} loss {mean:.4f} {speed:.0f} tokens/s {self.seen / 1e6:.2f} M"
                    lessons = [round(one / 25, 3) for one in self.started.tolist()]
                    print(f"{line} lessons {lessons}" if self.options.starts else line, flush=True)
                    self._note(mean)
                self.started.zero_()
            if self.step % options.check_every == 0:
                self.save()
            if self.options.look_every and self.step % self.options.look_every == 0:
                print(json.dumps(self.look()), flush=True)
        self.save()
        return mean

    def _one(self, ids: torch.Tensor, learn: torch.Tensor, points: torch.Tensor) -> float:
        share = rate_at(self.step, self.options)
        for optimizer, rate in zip(self.optimizers, self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * share
        targets, wanted = ids[:, 1:], learn[:, 1:]
        half, early, nearly, late, hidden = self.states(ids[:, :-1])
        loss = whole = F.cross_entropy(self.model.logits(hidden[wanted]), targets[wanted])
        if self.step < self.options.prompt_steps:
            others = ~wanted & (targets != 0)
            prompt = F.cross_entropy(self.model.logits(hidden[others]), targets[others])
            whole = loss + PROMPT_WEIGHT * prompt
        if self.options.starts:
            lessons = torch.cat(
                (
                    self.starts.loss((half, nearly, late), ids[:, :-1], points, self.model.embedding, self.step),
                    pointing.loss(self.model, (early, nearly, late), points),
                )
            )
            self.started += lessons.detach()
            whole = whole + self.options.starts * lessons.sum()
        torch.autograd.backward(whole)
        if self.batches.parts > 1:
            self._share()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def _share(self) -> None:
        """Give every worker the mean of all gradients."""
        trained = (*self.model.parameters(), *self.starts.parameters())
        gradients = [value.grad for value in trained if value.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self.batches.parts
        for gradient, mean in zip(gradients, torch.split(flat, [one.numel() for one in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def look(self, count: int = 20) -> dict[str, float]:
        """Share of evaluation dialogues answered word for word, greedily; a hint, not the evaluation."""
        rng = random.Random(99)
        stop = self.tokenizer.token_to_id(STOP)
        assert stop is not None
        shares: dict[str, float] = {}
        self.model.eval()
        for name in SKILLS:
            right = 0
            for _ in range(count):
                pieces = written(made(name, Words(rng, "eval")))
                prompt = [token for text, _ in pieces[:-1] for token in self.tokenizer.encode(text).ids]
                answer = self.tokenizer.decode(self.model.write(prompt, stop), skip_special_tokens=False)
                right += answer == pieces[-1][0].removesuffix(STOP)
            shares[name] = round(right / count, 3)
        self.model.train()
        return {"step": self.step, **shares}

    def save(self) -> None:
        optimizers = [optimizer.state_dict() for optimizer in self.optimizers]
        if self.worker:
            return
        state = {
            "step": self.step,
            "seen": self.seen,
            "place": (self.batches.pool, self.batches.used),
            "shape": dataclasses.asdict(self.model.shape),
            "model": self.model.state_dict(),
            "starts": self.starts.state_dict(),
            "optimizers": optimizers,
        }
        target = self.options.out / "checkpoint.pt"
        torch.save(state, target.with_suffix(".part"))
        target.with_suffix(".part").replace(target)

    def _kept(self) -> dict[str, Any] | None:
        """The last checkpoint, whose shape holds whatever the options say."""
        path = self.options.out / "checkpoint.pt"
        return torch.load(path, map_location=self.device, weights_only=True) if path.exists() else None

    def _resume(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        # A training that begins from exported weights (`begin`) has none yet.
        for optimizer, kept in zip(self.optimizers, state["optimizers"], strict=False):
            whole = optimizer.matrices if isinstance(optimizer, Matrices) else optimizer.param_groups[0]["params"]
            if len(kept["param_groups"][0]["params"]) == len(whole):
                optimizer.load_state_dict(kept)
        if "starts" in state:
            self.starts.load_state_dict(state["starts"], strict=False)
        self.step, self.seen = state["step"], state["seen"]
        self.batches.pool, self.batches.used = state["place"]
        print(f"resumed at step {self.step}", flush=True)

    def _note(self, loss: float) -> None:
        with (self.options.out / "loss.csv").open("a", newline="") as file:
            csv.writer(file).writerow([self.step, self.seen, f"{loss:.5f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for field in dataclasses.fields(Options):
        kind = {"Path": Path, "int": int, "float": float}[str(field.type)]
        required = field.default is dataclasses.MISSING
        default = None if required else field.default
        parser.add_argument("--" + field.name.replace("_", "-"), type=kind, default=default, required=required)
    options = Options(**vars(parser.parse_args()))
    if "WORLD_SIZE" in os.environ:
        # Long enough that a run on a shared machine may be stopped for a while and then go on.
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo", timeout=datetime.timedelta(hours=2))
    training = Training(options)
    count = sum(value.numel() for value in training.model.parameters())
    print(f"{count / 1e6:.2f} M parameters on {training.device}", flush=True)
    training.run()
    training.batches.close()


if __name__ == "__main__":
    main()
