"""Round the matrices of all-MiniLM-L6-v2 to int8 so that little is lost.

Two things are done beyond rounding to the nearest step:

- *Smoothing* (as in SmoothQuant, Xiao et al. 2022): a few channels of the layer-norm outputs are ten times larger than
  the rest. Each channel is divided by a constant before it is quantised, and its row of the matrix multiplied by it.
- *Error feedback* (as in GPTQ, Frantar et al. 2022): the error of each rounded row is spread over the rows that are not
  yet rounded, weighted by how the channels go together on calibration texts.

Calibration texts are prose of the model's card and seeded draws from its vocabulary, which holds words of many scripts.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

LAYERS, HIDDEN, HEADS, EPSILON = 6, 384, 12, 1e-12
LINEARS = {
    "qkv": [f"attention.self.{name}" for name in ("query", "key", "value")],
    "out": ["attention.output.dense"],
    "up": ["intermediate.dense"],
    "down": ["output.dense"],
}
SMOOTHED = {"qkv": 0.7, "up": 0.7}
"""How much of a channel's size moves from the activations to the matrix."""
DAMPING = 0.01
BLOCK = 128


@dataclasses.dataclass
class Linear:
    """One matrix [inputs, outputs]: original, or int8 with a scale per output (per row for the vocabulary)."""

    kind: str
    bias: np.ndarray | None = None
    original: np.ndarray | None = None
    int8: np.ndarray | None = None
    scale: np.ndarray | None = None
    smoothing: np.ndarray | None = None
    """What inputs are multiplied by before the matrix."""


def layers_of(tensors: dict[str, np.ndarray]) -> dict[str, Linear]:
    """The original matrices by name: `0.qkv`, …, and `vocabulary`."""
    linears = {"vocabulary": Linear("vocabulary", original=tensors["embeddings.word_embeddings.weight"])}
    for layer in range(LAYERS):
        for kind, parts in LINEARS.items():
            names = [f"encoder.layer.{layer}.{part}" for part in parts]
            matrix = np.concatenate([tensors[f"{name}.weight"] for name in names]).T
            bias = np.concatenate([tensors[f"{name}.bias"] for name in names])
            linears[f"{layer}.{kind}"] = Linear(kind, bias=bias, original=np.ascontiguousarray(matrix))
    return linears


def round_matrices(tensors: dict[str, np.ndarray], observed: dict[str, np.ndarray]) -> dict[str, Linear]:
    """`observed` are the calibration inputs of each matrix, [tokens, inputs]."""
    rounded = {}
    for name, linear in layers_of(tensors).items():
        assert linear.original is not None
        if name == "vocabulary":
            scale = np.abs(linear.original).max(1) / 127
            int8 = np.rint(linear.original / scale[:, None]).astype(np.int8)
            rounded[name] = Linear(linear.kind, int8=int8, scale=scale.astype(np.float32))
            continue
        inputs, matrix, smoothing = observed[name], linear.original, None
        if linear.kind in SMOOTHED:
            divisor = smoothing_divisor(inputs, matrix, SMOOTHED[linear.kind])
            inputs, matrix, smoothing = inputs / divisor, matrix * divisor[:, None], (1 / divisor).astype(np.float32)
        int8, scale = round_with_feedback(matrix, inputs)
        rounded[name] = Linear(linear.kind, linear.bias, None, int8, scale.astype(np.float32), smoothing)
    return rounded


def smoothing_divisor(inputs: np.ndarray, matrix: np.ndarray, share: float) -> np.ndarray:
    divisor = np.abs(inputs).max(0) ** share / np.abs(matrix).max(1) ** (1 - share)
    return divisor / np.exp(np.log(divisor).mean())


def round_with_feedback(matrix: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 [inputs, outputs] and the scale of each output."""
    left = matrix.astype(np.float64)
    scale = np.abs(left).max(0) / 127
    together = inputs.T.astype(np.float64) @ inputs
    together[np.diag_indices_from(together)] += DAMPING * together.diagonal().mean()
    spread = np.linalg.cholesky(np.linalg.inv(together)).T
    rounded = np.empty(left.shape, np.int8)
    for start in range(0, len(left), BLOCK):
        end = min(start + BLOCK, len(left))
        errors = np.empty((end - start, left.shape[1]))
        for row in range(start, end):
            steps = np.clip(np.rint(left[row] / scale), -127, 127)
            rounded[row] = steps
            errors[row - start] = (left[row] - steps * scale) / spread[row, row]
            left[row + 1 : end] -= np.outer(spread[row, row + 1 : end], errors[row - start])
        left[end:] -= spread[start:end, end:].T @ errors
    return rounded, scale


def calibrate(tensors: dict[str, np.ndarray], source: Path) -> dict[str, np.ndarray]:
    """Inputs of every matrix on the calibration texts."""
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    seen: dict[str, list[np.ndarray]] = {}
    for text in calibration_texts(source):
        for name, inputs in inputs_of(tensors, tokenizer.encode(text).ids):
            seen.setdefault(name, []).append(inputs)
    return {name: np.concatenate(parts) for name, parts in seen.items()}


def calibration_texts(source: Path) -> list[str]:
    seeded = random.Random(1)
    pieces = [piece for piece in (source / "vocab.txt").read_text(encoding="utf-8").split("\n")[999:] if piece]
    words = [piece for piece in pieces if not piece.startswith(("##", "["))]
    prose = [part.strip() for part in re.split(r"[\n.]", (source / "README.md").read_text(encoding="utf-8"))]
    texts = ["", *"?.,!aI0", "...", "-", "ok", "hello", *(part for part in prose if len(part) > 15)]
    for count in (1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40, 60, 100, 180) * 4:
        texts.append(" ".join(seeded.choices(words, k=count)))
    for count in (1, 2, 3, 5, 8, 12, 20, 40, 80, 150) * 4:
        drawn = seeded.choices(pieces, k=count)
        texts.append("".join(piece[2:] if piece.startswith("##") else f" {piece}" for piece in drawn))
    return texts


def inputs_of(tensors: dict[str, np.ndarray], ids: list[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Run one text through the encoder and hand out what each matrix multiplies; short texts weigh as much as long."""
    import torch
    from torch.nn import functional

    weight = {name: torch.from_numpy(tensors[name]) for name in tensors if tensors[name].dtype == np.float32}
    fairness = 4 / np.sqrt(len(ids))

    def dense(x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(x, weight[f"{name}.weight"], weight[f"{name}.bias"])

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.layer_norm(x, (HIDDEN,), weight[f"{name}.weight"], weight[f"{name}.bias"], EPSILON)

    x = weight["embeddings.word_embeddings.weight"][ids] + weight["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + weight["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        yield f"{layer}.qkv", x.numpy() * fairness
        query, key, value = (
            dense(x, f"{prefix}.{part}").view(len(ids), HEADS, -1).transpose(0, 1) for part in LINEARS["qkv"]
        )
        seen = functional.scaled_dot_product_attention(query, key, value).transpose(0, 1).reshape(len(ids), HIDDEN)
        yield f"{layer}.out", seen.numpy() * fairness
        x = norm(x + dense(seen, f"{prefix}.attention.output.dense"), f"{prefix}.attention.output.LayerNorm")
        yield f"{layer}.up", x.numpy() * fairness
        wide = functional.gelu(dense(x, f"{prefix}.intermediate.dense"))
        yield f"{layer}.down", wide.numpy() * fairness
        x = norm(x + dense(wide, f"{prefix}.output.dense"), f"{prefix}.output.LayerNorm")
