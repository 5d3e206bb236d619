"""Muon for a model's matrices, of which each of several workers turns a part: it is a fifth of a step's work."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Matrices:
    """An optimizer of the matrices, which are alike on all workers before and after a step."""

    def __init__(self, matrices: list[nn.Parameter], rate: float, worker: int = 0, workers: int = 1) -> None:
        self.matrices = matrices
        self.worker, self.workers = worker, workers
        self.own = range(worker, len(matrices), workers)
        mine = [matrices[number] for number in self.own]
        self.optimizer = torch.optim.Muon(mine, lr=rate, momentum=0.95, weight_decay=0.01)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return self.optimizer.param_groups

    def step(self) -> None:
        self.optimizer.step()
        self._exchange([matrix.data for matrix in self.matrices])

    def zero_grad(self, *, set_to_none: bool = True) -> None:
        """Of all matrices, not only the own: every worker has the gradients of all."""
        assert set_to_none
        for matrix in self.matrices:
            matrix.grad = None

    def state_dict(self) -> dict[str, Any]:
        """That of one Muon for all of them, whatever the number of workers. Every worker has to call it."""
        momenta = [torch.zeros_like(matrix) for matrix in self.matrices]
        for number in self.own:
            state = self.optimizer.state.get(self.matrices[number])
            if state:
                momenta[number].copy_(state["momentum_buffer"])
        self._exchange(momenta)
        group = {**self.optimizer.state_dict()["param_groups"][0], "params": list(range(len(momenta)))}
        states = {number: {"momentum_buffer": momentum} for number, momentum in enumerate(momenta)}
        return {"state": states, "param_groups": [group]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        group = {**state["param_groups"][0], "params": list(range(len(self.own)))}
        mine = {place: state["state"][number] for place, number in enumerate(self.own) if number in state["state"]}
        self.optimizer.load_state_dict({"state": mine, "param_groups": [group]})

    @torch.no_grad()
    def _exchange(self, values: list[Tensor]) -> None:
        """Give every worker those of the others."""
        if self.workers == 1:
            return
        for worker in range(self.workers):
            part = values[worker :: self.workers]
            flat = torch.cat([value.flatten() for value in part])
            dist.broadcast(flat, worker)
            if worker != self.worker:
                for value, new in zip(part, torch.split(flat, [one.numel() for one in part]), strict=True):
                    value.copy_(new.view_as(value))
