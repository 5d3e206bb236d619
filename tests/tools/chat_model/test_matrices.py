"""Workers that share the matrices get what one alone gets."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor, nn

from tools.chat_model.matrices import Matrices

SIZES = ((8, 8), (4, 8), (8, 16), (6, 6), (8, 4))


def stepped(worker: int, workers: int, state: dict[str, Any] | None = None) -> tuple[list[Tensor], dict[str, Any]]:
    """Two steps with gradients that every worker draws alike; the matrices and the optimizer's state."""
    torch.manual_seed(1)
    matrices = [nn.Parameter(torch.randn(size)) for size in SIZES]
    optimizer = Matrices(matrices, 0.1, worker, workers)
    if state is not None:
        optimizer.load_state_dict(copy.deepcopy(state))
    for _ in range(2):
        for matrix in matrices:
            matrix.grad = torch.randn(matrix.shape)
        optimizer.step()
        optimizer.zero_grad()
    return [matrix.data for matrix in matrices], optimizer.state_dict()


def work(worker: int, folder: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=worker, world_size=2)
    first, state = stepped(worker, 2)
    second, _ = stepped(worker, 2, state)
    torch.save((first, state, second), f"{folder}/{worker}.pt")
    dist.destroy_process_group()


def test_two_workers_take_the_steps_of_one(tmp_path: Path) -> None:
    mp.spawn(work, (str(tmp_path),), nprocs=2)  # type: ignore[no-untyped-call]
    first, state = stepped(0, 1)
    second, _ = stepped(0, 1, state)
    for worker in range(2):
        shared = torch.load(tmp_path / f"{worker}.pt", weights_only=True)
        torch.testing.assert_close(shared[0], first)
        torch.testing.assert_close(shared[1]["state"], state["state"])
        torch.testing.assert_close(shared[2], second)
    assert not torch.equal(first[0], second[0]), "the state counts"
