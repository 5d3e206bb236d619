"""Write a checkpoint as GGUF: `python -m tools.chat_model.export DIR FILE`.

Matrices are Q8_0 (blocks of 32 bytes and a scale), norms are float32. The tokenizer and the chat template go with them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Literal

import gguf
import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from tools.chat_model.model import Shape
from tools.chat_model.sample import BOS, CALL, CALL_END, END, SPECIAL, START, STOP, TEMPLATE

NAME = "groundfog stand-in"
Precision = Literal["q8_0", "f16", "f32"]
FILE_TYPES: dict[int, Precision] = {0: "f32", 1: "f16", 7: "q8_0"}
"""The number that a file has in `general.file_type`."""
MATRICES = {
    "attention_norm": "attn_norm",
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "o": "attn_output",
    "ffn_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def export(folder: Path, target: Path, precision: Precision = "q8_0") -> Path:
    """Write `folder`'s checkpoint and tokenizer to `target` and give its path."""
    state = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return write(target, Shape(**state["shape"]), state["model"], tokenizer, precision)


def write(target: Path, shape: Shape, weights: dict[str, Tensor], tokenizer: Tokenizer, precision: Precision) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_name(NAME)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.dim)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ff)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.eps)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocab)
    writer.add_file_type({name: number for number, name in FILE_TYPES.items()}[precision])
    _add_tokenizer(writer, tokenizer)
    writer.add_chat_template(TEMPLATE)
    _add(writer, "token_embd.weight", weights["embedding"], precision)
    _add(writer, "output_norm.weight", weights["norm"], precision)
    for layer in range(shape.layers):
        for ours, theirs in MATRICES.items():
            tensor = weights[f"blocks.{layer}.{ours}"]
            if ours in ("q", "k"):
                tensor = paired(tensor, shape.head_dim)
            _add(writer, f"blk.{layer}.{theirs}.weight", tensor, precision)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def paired(weight: Tensor, size: int) -> Tensor:
    """Rows of each head in the order that llama.cpp turns: neighbours make a pair, not the head's two halves."""
    halves = weight.view(-1, 2, size // 2, weight.shape[1])
    return halves.transpose(1, 2).reshape(weight.shape)


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    model: dict[str, Any] = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    kinds = dict.fromkeys(SPECIAL, gguf.TokenType.CONTROL)
    kinds.update({CALL: gguf.TokenType.USER_DEFINED, CALL_END: gguf.TokenType.USER_DEFINED})
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(token, gguf.TokenType.NORMAL) for token in tokens])
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(tokens.index(BOS))
    writer.add_eos_token_id(tokens.index(STOP))
    writer.add_eot_token_id(tokens.index(STOP))
    writer.add_pad_token_id(tokens.index(END))
    writer.add_add_bos_token(False)
    if START not in tokens:
        raise ValueError("the tokenizer lacks the template's marks")


def _add(writer: gguf.GGUFWriter, name: str, tensor: Tensor, precision: Precision) -> None:
    values: npt.NDArray[np.float32] = tensor.float().contiguous().numpy()
    if tensor.ndim == 1 or precision == "f32":
        writer.add_tensor(name, values)
    elif precision == "f16":
        writer.add_tensor(name, values.astype(np.float16))
    else:
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--precision", choices=("q8_0", "f16", "f32"), default="q8_0")
    options = parser.parse_args()
    target = export(options.folder, options.target, options.precision)
    print(f"{target} {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
